// Runs before the page is painted, so that a chosen colour scheme never flashes.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage can be forbidden; the system's scheme is used then.
}
document.documentElement.classList.add("js");
export {};
