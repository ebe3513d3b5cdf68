// On a phone list and map take turns. The map is a step of the history: Back closes it, Forward opens it again, and a
// search made on it is a further step. `map` in the state counts the steps since it was opened. Who closes it by hand
// leaves all of these steps: what the map shows is then the step after the list it was opened over.
interface Kept {
  map?: number;
}

const small = matchMedia("(max-width: 60rem)");
const section = (): HTMLElement | null => document.getElementById("map");
const kept = (): Kept => (history.state as Kept | null) ?? {};
const isOpen = (): boolean => document.documentElement.classList.contains("map-open");

export function watchPhone(): void {
  if (!document.querySelector("[data-found]") || !section()) return;
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest(".map-jump, .list-jump");
    if (!link) return;
    event.preventDefault();
    if (link.matches(".map-jump")) open();
    else close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) close();
  });
  document.addEventListener("found:changed", () => {
    dress();
    if (isOpen()) hush(true);
  });
  addEventListener("popstate", () => document.documentElement.classList.contains("map-closing") || follow());
  small.addEventListener("change", follow);
  dress();
  follow();
}

function open(): void {
  history.pushState({ map: 1 }, "");
  follow();
}

/** Back to the list: a step back, or where the map was searched meanwhile, the list of what it shows. */
function close(): void {
  const steps = kept().map ?? 0;
  if (steps < 2) {
    history.back();
    return;
  }
  const address = location.href;
  const root = document.documentElement;
  root.classList.add("map-closing"); // results.ts: this step back asks for nothing
  addEventListener(
    "popstate",
    () => {
      root.classList.remove("map-closing");
      if (address !== location.href) history.pushState({}, "", address);
      follow();
      document.querySelector("[data-found]")?.scrollIntoView({ behavior: "instant" });
    },
    { once: true },
  );
  history.go(-steps);
}

/** As the history says. */
function follow(): void {
  const on = Boolean(kept().map) && small.matches;
  if (on === isOpen()) return;
  document.querySelector("[data-found]")?.classList.toggle("show-map", on);
  document.documentElement.classList.toggle("map-open", on);
  const map = section();
  if (on) {
    map?.setAttribute("role", "dialog");
    map?.setAttribute("aria-modal", "true");
  } else for (const name of ["role", "aria-modal"]) map?.removeAttribute(name);
  hush(on);
  document.querySelector<HTMLElement>(on ? ".list-jump" : ".map-jump")?.focus({ preventScroll: true });
}

/** What lies beneath the map is out of reach; what is said aloud is not. */
function hush(on: boolean): void {
  for (let part = section(); part && part !== document.body; part = part.parentElement) {
    for (const beside of part.parentElement?.children ?? []) {
      if (beside !== part && !beside.matches("script, link, [data-say]")) beside.toggleAttribute("inert", on);
    }
  }
}

function dress(): void {
  document.querySelector(".map-jump")?.setAttribute("aria-haspopup", "dialog");
}
