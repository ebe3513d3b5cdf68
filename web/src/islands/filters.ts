// Results come anew when a filter changes: boxes that were open stay open, and empty parts leave the address.
export function watchFilters(): void {
  if (!document.querySelector("[data-found]")) return;
  let open = false;
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { detail } = event as CustomEvent<{ elt: Element; formData: FormData }>;
    if (detail.elt.id !== "filters") return;
    for (const [name, value] of [...detail.formData]) if (value === "") detail.formData.delete(name);
    if (detail.formData.get("currency") === "EUR") detail.formData.delete("currency");
  });
  document.body.addEventListener("htmx:beforeSwap", () => {
    open = document.querySelector<HTMLDetailsElement>("[data-keep-open]")?.open ?? false;
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    const box = document.querySelector<HTMLDetailsElement>("[data-keep-open]");
    if (box && open) box.open = true;
  });
}
