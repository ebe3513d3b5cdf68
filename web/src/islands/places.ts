// Suggestions under the place field: the combobox pattern, fed by the search API.
interface Suggestion {
  name: string;
  detail: string;
  kind: string;
  latitude: number;
  longitude: number;
  resource_id: string | null;
  matches: [number, number][];
}

const WHAT: Record<string, string> = { airport: "Airport", region: "Region", country: "Country", neighbourhood: "Neighbourhood" };

export function watchPlaces(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("input[data-places]:not([role])")) combine(input);
}

// The name with what was typed in bold; marks are counted in characters, not in UTF-16.
function marked(place: Suggestion): HTMLElement {
  const name = document.createElement("span");
  name.dir = "auto";
  const letters = [...place.name];
  let from = 0;
  for (const [start, end] of place.matches) {
    const typed = document.createElement("mark");
    typed.textContent = letters.slice(start, end).join("");
    name.append(letters.slice(from, start).join(""), typed);
    from = end;
  }
  name.append(letters.slice(from).join(""));
  return name;
}

function where(place: Suggestion): string {
  if (place.kind === "property") return `A place in ${place.detail}`;
  const what = WHAT[place.kind];
  if (place.kind === "country") return what ?? "";
  return what ? `${what} in ${place.detail}` : place.detail;
}

function combine(input: HTMLInputElement): void {
  const list = document.createElement("ul");
  list.className = "places";
  list.id = `${input.id}-list`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Places");
  list.hidden = true;
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  const fills = input.dataset.placesFill !== undefined;
  let found: Suggestion[] = [];
  let words: string | null = null; // to compare with descriptions, offered below the places
  let at = -1;
  let asked: AbortController | undefined;
  let timer = 0;

  const close = (): void => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index: number): void => {
    at = index;
    [...list.children].forEach((item, position) => item.setAttribute("aria-selected", String(position === at)));
    if (at >= 0) input.setAttribute("aria-activedescendant", `${list.id}-${at}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const choose = (index: number): void => {
    const place = found[index];
    close();
    if (!place) {
      input.form?.requestSubmit();
      return;
    }
    if (fills) {
      input.value = place.name;
      input.dispatchEvent(new CustomEvent("places:chosen", { bubbles: true, detail: place }));
      return;
    }
    if (place.resource_id) {
      location.assign(`/stays/${place.resource_id}`);
      return;
    }
    input.value = place.detail && place.kind !== "country" ? `${place.name}, ${place.detail}` : place.name;
  };
  const show = (): void => {
    list.replaceChildren(
      ...found.map((place, index) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const name = marked(place);
        const detail = document.createElement("small");
        detail.textContent = where(place);
        name.append(detail);
        item.append(name);
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(index);
        });
        return item;
      }),
    );
    if (words) list.append(asWords(words, found.length));
    list.hidden = list.children.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    at = -1;
    input.removeAttribute("aria-activedescendant");
  };
  const asWords = (text: string, index: number): HTMLElement => {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.textContent = `Search descriptions for “${text}”`;
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(index);
    });
    return item;
  };
  const ask = async (): Promise<void> => {
    asked?.abort();
    const text = input.value.trim().slice(0, 120);
    if (text.length < 2 && !(text.charCodeAt(0) > 127)) {
      close();
      return;
    }
    asked = new AbortController();
    const wanted = new URLSearchParams({ q: text });
    if (fills) for (const kind of ["city", "airport"]) wanted.append("kinds", kind);
    try {
      const answer = await fetch(`${input.dataset.places ?? ""}?${wanted}`, { signal: asked.signal });
      if (!answer.ok) return;
      const said = (await answer.json()) as { items: Suggestion[]; descriptions: string | null };
      found = said.items;
      words = fills ? null : said.descriptions;
      if (document.activeElement === input) show();
    } catch {
      // Typing on is what aborts; a network fault leaves the field as plain text.
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), 120);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark((at + 1) % list.children.length);
    else if (event.key === "ArrowUp") mark(at <= 0 ? list.children.length - 1 : at - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && at >= 0) choose(at);
    else return;
    event.preventDefault();
  });
}
