// Picking days in the host's calendar: press the first free day, then the last; the form below takes them.
export function watchTape(): void {
  const tape = document.querySelector<HTMLTableElement>("[data-tape]");
  const form = document.querySelector<HTMLFormElement>("[data-block-form]");
  if (!tape || !form) return;
  const today = new Date().toISOString().slice(0, 10);
  let first: HTMLElement | undefined;
  const cells = (resource: string): HTMLElement[] =>
    [...tape.querySelectorAll<HTMLElement>("td[data-day]")].filter((cell) => cell.dataset.resource === resource);
  for (const cell of tape.querySelectorAll<HTMLElement>("td[data-day]"))
    if ((cell.dataset.day ?? "") >= today) cell.dataset.pickable = "";
  const set = (name: string, value: string): void => {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
  };
  tape.addEventListener("click", (event) => {
    const cell = (event.target as Element).closest<HTMLElement>("td[data-pickable]");
    if (!cell) return;
    const day = cell.dataset.day ?? "";
    const resource = cell.dataset.resource ?? "";
    const again = !first || first.dataset.resource !== resource || day < (first.dataset.day ?? "");
    if (again) first = cell;
    const from = first?.dataset.day ?? day;
    for (const picked of tape.querySelectorAll(".picked")) picked.classList.remove("picked");
    for (const each of cells(resource)) {
      const its = each.dataset.day ?? "";
      each.classList.toggle("picked", its >= from && its <= day);
    }
    const after = new Date(`${day}T12:00:00Z`);
    after.setUTCDate(after.getUTCDate() + 1);
    set("resource_id", resource);
    set("arrival", from);
    set("departure", after.toISOString().slice(0, 10));
    if (!again) {
      first = undefined;
      form.scrollIntoView({ behavior: "smooth", block: "nearest" });
      form.querySelector<HTMLElement>("[name=note]")?.focus({ preventScroll: true });
    }
  });
}
