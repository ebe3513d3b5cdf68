// Two thumbs over the histogram of prices: they write into the fields, which are what is sent.
export function watchPrices(): void {
  document.addEventListener("input", (event) => {
    const thumb = event.target as HTMLInputElement;
    if (thumb.matches("[data-thumb]")) move(thumb);
  });
  document.addEventListener("found:changed", dress);
  dress();
}

function dress(): void {
  for (const thumb of document.querySelectorAll<HTMLInputElement>("[data-thumb]")) say(thumb);
}

/** A thumb stops where the other one stands; at its own end it asks for nothing. */
function move(thumb: HTMLInputElement): void {
  const all = thumb.closest<HTMLElement>("[data-prices]");
  const low = all?.querySelector<HTMLInputElement>("[data-thumb=price_min]");
  const high = all?.querySelector<HTMLInputElement>("[data-thumb=price_max]");
  if (!all || !low || !high) return;
  if (Number(low.value) > Number(high.value)) thumb.value = thumb === low ? high.value : low.value;
  for (const each of [low, high]) {
    const field = all.querySelector<HTMLInputElement>(`input[name=${each.dataset.thumb ?? ""}]`);
    if (field && each === thumb) field.value = atEnd(each) ? "" : each.value;
  }
  say(thumb);
}

function atEnd(thumb: HTMLInputElement): boolean {
  return thumb.value === (thumb.dataset.thumb === "price_min" ? thumb.min : thumb.max);
}

function say(thumb: HTMLInputElement): void {
  const slider = thumb.closest<HTMLElement>(".slider");
  const words = `${slider?.dataset.before ?? ""}${Number(thumb.value).toLocaleString("en")}${slider?.dataset.after ?? ""}`;
  const text = atEnd(thumb) && thumb.dataset.thumb === "price_max" ? `${words}+` : words;
  thumb.setAttribute("aria-valuetext", atEnd(thumb) ? `${text}, no limit` : text);
  const end = thumb.closest("[data-prices]")?.querySelector(`[data-end=${thumb.dataset.thumb ?? ""}]`);
  if (end) end.textContent = text;
  const name = thumb.dataset.thumb === "price_min" ? "low" : "high";
  const share = (Number(thumb.value) - Number(thumb.min)) / (Number(thumb.max) - Number(thumb.min));
  slider?.style.setProperty(`--${name}`, `${100 * share}%`);
}
