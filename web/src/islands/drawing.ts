// Drawing an area on the map with a finger or a mouse; the keyboard has the map itself and the filters.
import * as L from "leaflet";

const MOST_CORNERS = 40;

/** Takes every n-th corner, so that few are left. */
function thin(line: L.LatLng[]): L.LatLng[] {
  const step = Math.max(1, Math.ceil(line.length / MOST_CORNERS));
  return line.filter((_, at) => at % step === 0);
}

export function watchDrawing(map: L.Map, drawn: (corners: string) => void): void {
  const button = document.querySelector<HTMLButtonElement>("[data-draw]");
  if (!button) return;
  const box = map.getContainer();
  let line: L.LatLng[] | undefined;
  let trace: L.Polyline | undefined;

  const arm = (on: boolean): void => {
    button.setAttribute("aria-pressed", String(on));
    const words = button.querySelector("span");
    if (words) words.textContent = on ? "Draw around it" : "Draw an area";
    box.classList.toggle("map-drawing", on);
    for (const way of [map.dragging, map.touchZoom, map.doubleClickZoom, map.scrollWheelZoom]) on ? way.disable() : way.enable();
    trace?.remove();
    line = trace = undefined;
  };
  const at = (event: PointerEvent): L.LatLng => map.mouseEventToLatLng(event).wrap();

  button.addEventListener("click", () => arm(button.getAttribute("aria-pressed") !== "true"));
  box.parentElement?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.classList.contains("map-drawing")) return;
    event.stopPropagation(); // the map itself stays open
    arm(false);
    button.focus();
  });
  box.addEventListener("pointerdown", (event) => {
    if (!box.classList.contains("map-drawing") || event.button !== 0) return;
    box.setPointerCapture(event.pointerId);
    line = [at(event)];
    trace = L.polyline(line, { className: "map-shape", interactive: false }).addTo(map);
  });
  box.addEventListener("pointermove", (event) => {
    if (!line) return;
    line.push(at(event));
    trace?.setLatLngs(line);
  });
  box.addEventListener("pointerup", () => {
    if (!line) return;
    const corners = thin(line).map(({ lat, lng }) => `${lat.toFixed(4)},${lng.toFixed(4)}`);
    arm(false);
    if (new Set(corners).size >= 3) drawn(corners.join(";"));
  });
}
