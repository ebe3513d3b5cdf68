// Days of the availability calendar fill the dates of the price box; the links they are work without this.
interface Htmx {
  ajax(verb: "get", path: string, target: string): Promise<void>;
}

export function watchCalendar(htmx: Htmx): void {
  const form = document.querySelector<HTMLFormElement>("[data-price-form]");
  if (!form) return;
  const arrival = form.elements.namedItem("arrival") as HTMLInputElement;
  const departure = form.elements.namedItem("departure") as HTMLInputElement;

  const address = (): URL => {
    const url = new URL(location.href);
    url.search = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)])).toString();
    for (const [name, value] of [...url.searchParams]) if (!value) url.searchParams.delete(name);
    return url;
  };

  const refresh = async (month?: string): Promise<void> => {
    const url = address();
    history.replaceState(null, "", url.pathname + url.search);
    if (month) url.searchParams.set("month", month);
    await htmx.ajax("get", `${url.pathname}/calendar${url.search}`, "#calendar");
  };

  document.addEventListener("click", (event) => {
    const day = (event.target as Element).closest<HTMLAnchorElement>("[data-pick]");
    if (!day?.dataset.day || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const month = new URL(day.href).searchParams.get("month") ?? undefined;
    const leaving = day.dataset.pick === "departure";
    if (leaving) departure.value = day.dataset.day;
    else {
      arrival.value = day.dataset.day;
      departure.value = "";
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
    void refresh(month).then(() => {
      const same = document.querySelector<HTMLElement>(`[data-day="${day.dataset.day ?? ""}"]`);
      same?.focus({ preventScroll: true });
    });
    if (leaving && matchMedia("(max-width: 60rem)").matches) form.closest("aside")?.scrollIntoView({ behavior: "smooth" });
  });

  form.addEventListener("change", (event) => {
    if (event.target === arrival && departure.value && departure.value <= arrival.value) departure.value = "";
    if (event.target === arrival || event.target === departure) void refresh();
  });
}
