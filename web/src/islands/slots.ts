// Choosing a time. Everything is links and forms that work without this; this adds the visitor's own clock, moves the
// price into view, says what was chosen, and fills in where to.
import { watchPlaces } from "./places";

const minute = 60_000;

function offsetOf(zone: string | undefined, at: Date): number {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  }).formatToParts(at);
  const part = (name: string): number => Number(parts.find((each) => each.type === name)?.value ?? 0);
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
  return Math.round((wall - Math.floor(at.getTime() / minute) * minute) / minute);
}

function inWords(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  const spoken = hours ? `${hours} hour${hours === 1 ? "" : "s"}` : "";
  return [spoken, rest ? `${rest} minutes` : ""].filter(Boolean).join(" ");
}

// Says how the clock there differs from the visitor's, and what each time is on theirs.
function sayZone(): void {
  for (const said of document.querySelectorAll<HTMLElement>("[data-zone]")) {
    const at = said.dataset.zoneAt ? new Date(said.dataset.zoneAt) : new Date();
    let ahead: number;
    try {
      ahead = offsetOf(said.dataset.zone, at) - offsetOf(undefined, at);
    } catch {
      continue; // a zone this browser does not know
    }
    if (!ahead) continue;
    const there = said.dataset.zoneName ?? "";
    said.textContent = ` In ${there} it is ${inWords(Math.abs(ahead))} ${ahead > 0 ? "later" : "earlier"} than where you are.`;
    const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", weekday: "short", hourCycle: "h23" });
    for (const slot of document.querySelectorAll<HTMLElement>("[data-starts]"))
      slot.title = `${clock.format(new Date(slot.dataset.starts ?? ""))} where you are`;
  }
}

function afterSwap(target: HTMLElement): void {
  sayZone();
  watchWhere();
  const box = document.getElementById("chosen") ?? (target.id === "price" ? target : null);
  const when = box?.querySelector(".chosen-when")?.textContent?.trim().replace(/\s+/g, " ");
  const total = box?.querySelector(".price-total dd")?.textContent?.trim();
  const say = document.querySelector<HTMLElement>("[data-times-say]");
  if (say) say.textContent = when && total ? `${when}: ${total}.` : "";
  if (when) box?.scrollIntoView({ block: "nearest" });
}

// Where a professional is to come: from the list of towns, or from where the visitor is.
function watchWhere(): void {
  const box = document.querySelector<HTMLElement>("[data-where]:not([data-watched])");
  if (!box) return;
  box.dataset.watched = "yes";
  watchPlaces();
  const here = box.querySelector<HTMLButtonElement>("[data-here]");
  const say = box.querySelector<HTMLElement>("[data-where-say]");
  const fill = (latitude: number, longitude: number): void => {
    (box.querySelector("#latitude") as HTMLInputElement).value = latitude.toFixed(5);
    const field = box.querySelector("#longitude") as HTMLInputElement;
    field.value = longitude.toFixed(5);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  box.addEventListener("places:chosen", (event) => {
    const place = (event as CustomEvent<{ latitude: number; longitude: number }>).detail;
    fill(place.latitude, place.longitude);
  });
  if (!here || !("geolocation" in navigator)) return;
  here.hidden = false;
  here.addEventListener("click", () => {
    if (say) say.textContent = "Looking where you are…";
    navigator.geolocation.getCurrentPosition(
      (found) => {
        if (say) say.textContent = "";
        fill(found.coords.latitude, found.coords.longitude);
      },
      () => {
        if (say) say.textContent = "Your browser does not say where you are. Choose a town, or enter the coordinates.";
      },
      { timeout: 10_000 },
    );
  });
}

export function watchTimes(): void {
  if (!document.querySelector("#times, #departures")) return;
  sayZone();
  watchWhere();
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const target = (event as CustomEvent<{ target: HTMLElement }>).detail.target;
    if (["times", "price", "departures"].includes(target.id)) afterSwap(target);
  });
}
