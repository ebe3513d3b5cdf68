// A search goes on without leaving the page: what is asked is an address, its page is fetched, and the list in it takes
// the place of the list here. Every address is in the history, so that back and forward are right.
import { watchPlaces } from "./places";

type From = "bar" | "filters" | "link" | "map" | "history";
interface Kept {
  y?: number;
  map?: number; // phone_map.ts
}

let asked: AbortController | undefined;
let shown = "";
let timer = 0;

const here = (): string => location.pathname + location.search;
const part = (selector: string): HTMLElement | null => document.querySelector<HTMLElement>(selector);

export function followResults(): void {
  if (!part("[data-found]")) return;
  const plain = part("#found-list")?.dataset.address; // without what a form sends though it goes without saying
  if (plain && plain !== here() && !location.hash) history.replaceState(history.state, "", plain);
  shown = here();
  document.addEventListener("change", onChange);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("click", onClick);
  document.addEventListener("map:moved", (event) => ask("bbox", (event as CustomEvent<string>).detail));
  document.addEventListener("map:drawn", (event) => ask("polygon", (event as CustomEvent<string>).detail));
  addEventListener("popstate", (event) => {
    if (document.documentElement.classList.contains("map-closing")) return; // phone_map.ts
    if (here() !== shown) void go(here(), "history", (event.state as Kept | null)?.y);
  });
}

/** The address a form stands for, without what is empty or goes without saying. */
function addressOf(form: HTMLFormElement): string {
  const usual: Record<string, string> = { currency: "EUR", children: "0", infants: "0", pets: "0" };
  const pairs = [...new FormData(form)].filter(([name, value]) => value !== "" && value !== usual[name]);
  const query = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return query ? `/search?${query}` : "/search";
}

function onChange(event: Event): void {
  const form = (event.target as Element).closest<HTMLFormElement>("#filters");
  if (!form) return;
  clearTimeout(timer);
  timer = window.setTimeout(() => void go(addressOf(form), "filters"), 120);
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.id !== "filters" && !form.matches("[data-search-bar]")) return;
  event.preventDefault();
  clearTimeout(timer);
  void go(addressOf(form), form.id === "filters" ? "filters" : "bar");
}

function onClick(event: MouseEvent): void {
  const target = event.target as Element;
  if (target.closest("[data-close]")) {
    const box = part("#filter-box") as HTMLDetailsElement;
    box.open = false;
    box.querySelector("summary")?.focus();
    return;
  }
  if (target.closest("[data-unfold]")) {
    const bar = part("#bar");
    bar?.classList.add("unfolded"); // a phone shows the search in short
    bar?.focus();
    return;
  }
  const link = target.closest<HTMLAnchorElement>("a[data-same], a[data-more]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  if (link.dataset.more) void append(link);
  else void go(link.pathname + link.search, "link", link.dataset.same === "top" ? 0 : undefined);
}

/** Search where the map shows, or within what was drawn on it. */
function ask(name: "bbox" | "polygon", value: string): void {
  const form = part("#filters") as HTMLFormElement | null;
  if (!form) return;
  for (const field of form.querySelectorAll<HTMLInputElement>("[data-bbox], [data-polygon]")) field.value = field.name === name ? value : "";
  void go(addressOf(form), "map");
}

async function load(address: string): Promise<Document | undefined> {
  asked?.abort();
  const mine = (asked = new AbortController());
  part("[data-found]")?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine.signal.aborted) return undefined;
    if (page.getElementById("found-list")) return page;
    location.assign(address);
  } catch {
    if (!mine.signal.aborted) location.assign(address); // the browser says what is wrong with the network
  } finally {
    if (asked === mine) part("[data-found]")?.removeAttribute("aria-busy");
  }
  return undefined;
}

async function go(address: string, from: From, y?: number): Promise<void> {
  const page = await load(address);
  if (!page) return;
  if (from !== "history" && address !== here()) {
    const state = (history.state as Kept | null) ?? {};
    history.replaceState({ ...state, y: scrollY }, "");
    history.pushState(state.map ? { map: state.map + 1 } : {}, "", address);
  }
  shown = here();
  document.title = page.title;
  swap("#title", page);
  const bar = from === "map" || from === "filters" ? "[data-kept]" : "#bar";
  swap(bar, page);
  swap("#found-list", page);
  watchPlaces();
  announce(from);
  if (y !== undefined) scrollTo({ top: y, behavior: "instant" });
  else if (from === "map") toTop();
}

/** A part of the page as the other page has it; what was open stays open, and the focus stays where it was. */
function swap(selector: string, page: Document): void {
  const [old, fresh] = [part(selector), page.querySelector<HTMLElement>(selector)];
  if (!old || !fresh) return;
  for (const box of old.querySelectorAll<HTMLDetailsElement>("[data-keep-open]")) {
    const same = fresh.querySelector<HTMLDetailsElement>(`#${box.id}`);
    if (same && box.open) same.open = true;
  }
  const held = old.contains(document.activeElement) ? (document.activeElement as HTMLElement) : undefined;
  const again = held && twin(held, fresh);
  old.replaceWith(fresh);
  if (held) (again ?? fresh.querySelector<HTMLElement>(held.matches(".chosen a") ? ".chosen a, summary" : "[tabindex]") ?? fresh).focus({ preventScroll: true });
}

function twin(held: HTMLElement, fresh: HTMLElement): HTMLElement | null {
  if (held.id) return fresh.querySelector(`#${CSS.escape(held.id)}`);
  if (held.dataset.thumb) return fresh.querySelector(`[data-thumb=${held.dataset.thumb}]`);
  if (held.tagName === "SUMMARY") return fresh.querySelector(`#${held.parentElement?.id ?? ""} > summary`);
  const { name, value, type } = held as HTMLInputElement;
  if (!name) return null;
  const exact = type === "checkbox" || type === "radio" ? `[value="${CSS.escape(value)}"]` : "";
  return fresh.querySelector(`[name="${name}"]${exact}`);
}

/** How many there are, or what is wrong with what was asked; the field it is said of is reached at once. */
function announce(from: From): void {
  const say = part("[data-say]");
  const form = from === "bar" ? "#bar" : "#filters";
  const wrong = part(`${form} .field-error`)?.textContent?.trim();
  if (from === "bar" && wrong) part("#bar [aria-invalid]")?.focus({ preventScroll: true });
  if (say) say.textContent = wrong ?? part("[data-total]")?.textContent?.trim() ?? "";
  document.dispatchEvent(new CustomEvent("found:changed", { detail: from }));
}

function toTop(): void {
  const top = part("[data-found]")?.getBoundingClientRect().top ?? 0;
  if (top < 0) scrollBy({ top: top - 90, behavior: "instant" });
}

/** More places under those that are there; the address then holds them all. */
async function append(link: HTMLAnchorElement): Promise<void> {
  const longer = link.dataset.more ?? "";
  const page = await load(link.pathname + link.search);
  const [list, more] = [part("#results"), page?.querySelectorAll<HTMLElement>("#results > li")];
  const [old, fresh] = [part("#found-list"), page?.getElementById("found-list")];
  if (!page || !list || !more || !old || !fresh) return;
  const before = list.children.length;
  list.append(...more);
  const pins = [old, fresh].flatMap((each) => JSON.parse(each.dataset.pins ?? "[]") as unknown[]);
  old.dataset.pins = JSON.stringify(pins);
  history.replaceState(history.state, "", longer);
  shown = here();
  next(page, longer);
  const say = part("[data-say]");
  if (say) say.textContent = `${list.children.length} places shown`;
  list.children[before]?.querySelector<HTMLElement>("a.cover-link")?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("found:changed", { detail: "more" }));
}

/** The link to what comes after; once the list is long it leads to a page of its own. */
function next(page: Document, longer: string): void {
  const [nav, fresh] = [part("#more"), page.querySelector<HTMLAnchorElement>("#more a[rel=next]")];
  nav?.querySelector("a[rel=next]")?.remove();
  if (!nav || !fresh) return;
  const now = Number(new URLSearchParams(longer.split("?")[1]).get("shown"));
  const most = Number(nav.dataset.most);
  const step = Number(nav.dataset.step);
  delete fresh.dataset.same;
  if (now + step <= most) {
    const address = new URL(longer, location.href);
    address.searchParams.set("shown", String(now + step));
    fresh.dataset.more = address.pathname + address.search;
  } else fresh.dataset.same = "top";
  nav.append(fresh);
}
