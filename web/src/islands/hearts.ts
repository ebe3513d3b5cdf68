// A heart answers at once, and all hearts of the same place on a page agree: a place may stand on two shelves. What was
// done is told for some seconds at the foot of the window; a press that did not arrive is taken back.
const SHOWN = 6000;
let timer = 0;

export function watchHearts(): void {
  const form = document.querySelector("form.heart");
  if (!form) return;
  const told = document.createElement("div");
  told.className = "heart-told";
  told.setAttribute("role", "status");
  document.body.append(told);
  const say = (words: string): void => tell(told, words);
  document.body.addEventListener("htmx:beforeRequest", (event) => turn(heartOf(event)));
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (heartOf(event)) (event as CustomEvent<{ isError: boolean }>).detail.isError = false; // it is told below
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const heart = heartOf(event);
    const { status } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr;
    if (status >= 200 && status < 300) return;
    turn(heart);
    if (heart) say("That did not reach us. Please try again, or load the page anew.");
  });
  document.body.addEventListener("htmx:load", (event) => {
    const heart = heartOf(event);
    if (!heart) return;
    for (const each of twins(heart)) show(each, isOn(heart));
    const said = heart.querySelector("[data-said]")?.textContent ?? "";
    if (said) say(said);
  });
}

function heartOf(event: Event): HTMLFormElement | null {
  const element = (event as CustomEvent<{ elt: Element }>).detail.elt;
  return element instanceof HTMLFormElement && element.matches(".heart") ? element : null;
}

const pressOf = (heart: HTMLFormElement): HTMLButtonElement | null => heart.querySelector("button");
const isOn = (heart: HTMLFormElement): boolean => pressOf(heart)?.getAttribute("aria-pressed") === "true";
const placeOf = (heart: HTMLFormElement): string | undefined => heart.querySelector<HTMLInputElement>("[name=resource_id]")?.value;

function twins(heart: HTMLFormElement): HTMLFormElement[] {
  return [...document.querySelectorAll<HTMLFormElement>("form.heart")].filter((each) => placeOf(each) === placeOf(heart));
}

function turn(heart: HTMLFormElement | null): void {
  if (!heart) return;
  const on = !isOn(heart);
  for (const each of twins(heart)) show(each, on);
}

function show(heart: HTMLFormElement, on: boolean): void {
  const press = pressOf(heart);
  if (!press) return;
  press.value = on ? "" : "yes";
  press.setAttribute("aria-pressed", String(on));
  const words = press.querySelector("span");
  if (words) words.textContent = on ? "Saved" : "Save";
}

function tell(told: HTMLElement, words: string): void {
  const lists = document.createElement("a");
  lists.href = "/wishlists";
  lists.textContent = "Your lists";
  const line = document.createElement("p");
  line.append(words, " ", lists);
  told.replaceChildren(line);
  clearTimeout(timer);
  timer = window.setTimeout(() => told.matches(":hover, :focus-within") || told.replaceChildren(), SHOWN);
}
