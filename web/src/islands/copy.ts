// Buttons that copy a field. Without this the field is selected and copied by hand.
export function watchCopies(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const field = document.getElementById(button.dataset.copy ?? "");
    if (!(field instanceof HTMLInputElement)) continue;
    field.addEventListener("focus", () => field.select());
    button.addEventListener("click", () => {
      const said = button.closest(".field")?.querySelector<HTMLElement>("[data-copied]");
      void navigator.clipboard.writeText(field.value).then(
        () => said && (said.textContent = "Copied."),
        () => field.select(),
      );
    });
  }
}
