// Suggestions under the place field: the combobox pattern, fed by the search API.
interface Suggestion {
  name: string;
  detail: string;
  kind: string;
  latitude: number;
  longitude: number;
  resource_id: string | null;
}

export function watchPlaces(): void {
  for (const input of document.querySelectorAll<HTMLInputElement>("input[data-places]:not([role])")) combine(input);
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
  let found: Suggestion[] = [];
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
  };
  const choose = (index: number): void => {
    const place = found[index];
    close();
    if (input.dataset.placesFill !== undefined) {
      input.value = place.name;
      input.dispatchEvent(new CustomEvent("places:chosen", { bubbles: true, detail: place }));
      return;
    }
    if (place.resource_id) {
      location.assign(`/stays/${place.resource_id}`);
      return;
    }
    input.value = place.detail ? `${place.name}, ${place.detail}` : place.name;
  };
  const show = (): void => {
    list.replaceChildren(
      ...found.map((place, index) => {
        const item = document.createElement("li");
        item.id = `${list.id}-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const name = document.createElement("span");
        name.textContent = place.name;
        const detail = document.createElement("small");
        detail.textContent = place.kind === "property" ? `A place in ${place.detail}` : place.detail;
        name.append(detail);
        item.append(name);
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(index);
        });
        return item;
      }),
    );
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    at = -1;
  };
  const ask = async (): Promise<void> => {
    asked?.abort();
    const text = input.value.trim();
    if (text.length < 2) {
      close();
      return;
    }
    asked = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.places ?? ""}?q=${encodeURIComponent(text)}`, { signal: asked.signal });
      if (!answer.ok) return;
      found = ((await answer.json()) as { items: Suggestion[] }).items;
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
    if (event.key === "ArrowDown") mark((at + 1) % found.length);
    else if (event.key === "ArrowUp") mark((at - 1 + found.length) % found.length);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && at >= 0) choose(at);
    else return;
    event.preventDefault();
  });
}
