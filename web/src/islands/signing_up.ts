// Small helps on forms of the account: the browser's time zone, and how good a password is. The server judges anew.
const WEAK = "Weak: longer is better. Three or four words make a good one.";
const FAIR = "Fair. A few more characters make it good.";
const GOOD = "Good.";

export function helpSigningUp(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-guess-zone]")) guessZone(box);
  for (const said of document.querySelectorAll<HTMLElement>("[data-strength]")) followPassword(said);
}

function guessZone(box: HTMLElement): void {
  const select = box.querySelector("select");
  if (!select || select.value) return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...select.options].some((option) => option.value === zone)) select.value = zone;
}

function followPassword(said: HTMLElement): void {
  const field = document.getElementById(said.dataset.strength ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  field.addEventListener("input", () => {
    said.hidden = !field.value;
    said.textContent = field.value ? judge(field.value) : "";
  });
}

function judge(password: string): string {
  const missing = [
    password.length < 8 && "at least 8 characters",
    !/\p{Ll}/u.test(password) && "a small letter",
    !/\p{Lu}/u.test(password) && "a capital letter",
    !/\p{Nd}/u.test(password) && "a digit",
  ].filter(Boolean);
  if (missing.length) return `Still needs ${missing.join(", ")}.`;
  const different = new Set(password.toLowerCase()).size;
  if (password.length >= 14 && different >= 9) return GOOD;
  return password.length >= 11 && different >= 7 ? FAIR : WEAK;
}
