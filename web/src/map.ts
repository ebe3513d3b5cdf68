// Maps: where one place is, and the places that were found.
import * as L from "leaflet";
import { base, make } from "./islands/land";
import { showFound } from "./islands/found_map";
import { watchPhone } from "./islands/phone_map";

function place(box: HTMLElement): void {
  const at: L.LatLngTuple = [Number(box.dataset.lat), Number(box.dataset.lng)];
  const map = make(box);
  map.scrollWheelZoom.disable();
  map.setView(at, 11);
  base(map, box);
  L.circle(at, { radius: 900, className: "map-about" }).addTo(map);
}

for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) {
  if (box.dataset.map === "results") showFound(box);
  else place(box);
}
watchPhone();
