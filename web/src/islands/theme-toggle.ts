// The button that turns the lights on and off.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

function isDark(): boolean {
  return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-theme-toggle]")) {
  const show = (): void => button.setAttribute("aria-pressed", String(isDark()));
  button.hidden = false;
  show();
  dark.addEventListener("change", show);
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Kept for this page only.
    }
    show();
  });
}
