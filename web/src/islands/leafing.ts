// Leafing through the pictures of a result: arrows for the mouse and the keyboard, a swipe on a phone. Which pictures
// there are is asked once for all cards, when somebody first turns to one; each is loaded when it may come next.
interface Picture {
  src: string;
  alt: string;
}

const MOST = 60;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function leafThrough(): void {
  if (!document.querySelector("[data-found]")) return;
  for (const kind of ["pointerover", "touchstart", "focusin"]) document.addEventListener(kind, onTurn, { passive: true });
  if (matchMedia("(hover: none)").matches) addEventListener("scroll", ahead, { passive: true });
}

/** A finger comes without warning: whoever scrolls through the list is ready to swipe. */
function ahead(): void {
  const bare = document.querySelector<HTMLElement>(".result[data-pin]:not([data-leaf])");
  if (bare) void prepare(bare);
}

/** Somebody points at a card, touches it, or reaches it by the keyboard. */
function onTurn(event: Event): void {
  const card = (event.target as Element | null)?.closest?.<HTMLElement>(".result[data-pin]");
  if (!card) return;
  if (card.dataset.leaf === undefined) void prepare(card);
  else second(card);
}

async function prepare(turned: HTMLElement): Promise<void> {
  const bare = [...document.querySelectorAll<HTMLElement>(".result[data-pin]:not([data-leaf])")];
  const at = Math.max(0, bare.indexOf(turned) - MOST / 2);
  const cards = bare.slice(at, at + MOST);
  for (const card of cards) card.dataset.leaf = "";
  const ids = cards.map((card) => `of=${card.dataset.pin ?? ""}`).sort();
  let known: Record<string, Picture[]>;
  try {
    const answer = await fetch(`/search/pictures?${ids.join("&")}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    known = (await answer.json()) as Record<string, Picture[]>;
  } catch {
    return; // the first picture is there
  }
  for (const card of cards) {
    const pictures = known[card.dataset.pin ?? ""] ?? [];
    if (pictures.length > 1) bind(card, pictures);
  }
  if (turned.matches(":hover, :focus-within")) second(turned);
}

/** The picture that may come next is loaded ahead. */
function second(card: HTMLElement): void {
  const next = card.querySelector<HTMLImageElement>(".leaf-one:nth-child(2) img");
  if (next) load(next);
}

function load(image: HTMLImageElement | null | undefined): void {
  if (!image?.dataset.src) return;
  image.src = image.dataset.src;
  delete image.dataset.src;
}

/** The picture becomes the first of a row that scrolls sideways. */
function bind(card: HTMLElement, pictures: Picture[]): void {
  const [photo, link] = [card.querySelector(".result-photo"), card.querySelector<HTMLAnchorElement>(".cover-link")];
  const first = photo?.querySelector("img");
  if (!photo || !first || !link) return;
  const track = document.createElement("span");
  track.className = "leaf-track";
  track.tabIndex = -1;
  for (const [place, picture] of pictures.entries()) {
    const one = document.createElement("a");
    one.className = "leaf-one";
    one.href = link.href;
    one.tabIndex = -1;
    one.append(place === 0 ? first : later(picture));
    track.append(one);
  }
  photo.append(track);
  card.querySelector(".result-text")?.after(tools(track, link.textContent ?? ""));
}

function later({ src, alt }: Picture): HTMLImageElement {
  const image = document.createElement("img");
  [image.width, image.height, image.alt] = [640, 480, alt];
  image.dataset.src = src;
  return image;
}

function tools(track: HTMLElement, title: string): HTMLElement {
  const all = document.createElement("div");
  all.className = "leaf-tools";
  const [back, on] = [arrow("back", `Picture before of ${title}`), arrow("arrow", `Next picture of ${title}`)];
  const dots = document.createElement("span");
  dots.className = "leaf-dots";
  dots.setAttribute("aria-hidden", "true");
  dots.append(...[...track.children].map(() => document.createElement("i")));
  const say = document.createElement("span");
  say.className = "visually-hidden";
  say.setAttribute("role", "status");
  let at = 0;
  const show = (): void => {
    [back.hidden, on.hidden] = [at === 0, at === track.children.length - 1];
    for (const [place, dot] of [...dots.children].entries()) dot.classList.toggle("on", place === at);
    for (const near of [at, at + 1]) load(track.children[near]?.querySelector("img"));
  };
  const go = (step: number, pressed?: HTMLElement): void => {
    const to = Math.min(Math.max(at + step, 0), track.children.length - 1);
    load(track.children[to]?.querySelector("img"));
    track.scrollTo({ left: to * track.clientWidth, behavior: calm.matches ? "instant" : "smooth" });
    at = to;
    show();
    if (pressed?.hidden) (pressed === on ? back : on).focus();
    say.textContent = `Picture ${at + 1} of ${track.children.length}`;
  };
  back.addEventListener("click", () => go(-1, back));
  on.addEventListener("click", () => go(1, on));
  all.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    go(step, event.target as HTMLElement);
  });
  let settled = 0;
  track.addEventListener("scroll", () => {
    clearTimeout(settled);
    load(track.children[Math.ceil(track.scrollLeft / track.clientWidth)]?.querySelector("img"));
    settled = window.setTimeout(() => {
      at = Math.round(track.scrollLeft / Math.max(track.clientWidth, 1));
      show();
    }, 90);
  });
  all.append(back, on, dots, say);
  [back.hidden, on.hidden] = [true, false];
  dots.firstElementChild?.classList.add("on");
  return all;
}

function arrow(icon: string, words: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `leaf-arrow leaf-${icon}`;
  button.setAttribute("aria-label", words);
  const sign = document.querySelector<SVGUseElement>("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "";
  button.innerHTML = `<svg class="icon" aria-hidden="true" focusable="false"><use href="${sign}#${icon}"></use></svg>`;
  return button;
}
