// Maps. The base map is the world's land from npm data, drawn offline; a tile server can be set instead.
import * as L from "leaflet";
import { feature } from "topojson-client";
import type { Topology } from "topojson-specification";

interface Pin {
  id: string;
  lat: number;
  lng: number;
  text: string;
  title: string;
  price: string;
  picture: string | null;
  href: string;
}

interface Area {
  bbox?: [number, number, number, number];
  lat?: number;
  lng?: number;
  km?: number;
}

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
let land: Promise<GeoJSON.GeoJsonObject> | undefined;

function colour(name: string): string {
  const probe = document.createElement("span");
  probe.className = `map-colour-${name}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function base(map: L.Map, box: HTMLElement): void {
  const { tiles, attribution } = box.dataset;
  if (tiles) {
    L.tileLayer(tiles, { attribution: attribution ?? "", maxZoom: 19 }).addTo(map);
    return;
  }
  const painter = L.canvas({ padding: 0.4, pane: "tilePane" });
  const lines = L.layerGroup().addTo(map);
  const graticule = (): void => {
    lines.clearLayers();
    const zoom = map.getZoom();
    const step = zoom < 3 ? 30 : zoom < 5 ? 10 : zoom < 7 ? 2 : zoom < 9 ? 0.5 : zoom < 11 ? 0.1 : zoom < 13 ? 0.05 : 0.01;
    const bounds = map.getBounds().pad(0.3);
    const style = { renderer: painter, color: colour("line"), weight: 1, interactive: false };
    for (let lat = Math.ceil(bounds.getSouth() / step) * step; lat <= bounds.getNorth(); lat += step)
      lines.addLayer(L.polyline([[lat, bounds.getWest()], [lat, bounds.getEast()]], style));
    for (let lng = Math.ceil(bounds.getWest() / step) * step; lng <= bounds.getEast(); lng += step)
      lines.addLayer(L.polyline([[bounds.getSouth(), lng], [bounds.getNorth(), lng]], style));
  };
  land ??= fetch(box.dataset.land ?? "")
    .then((answer) => answer.json())
    .then((world: Topology) => feature(world, world.objects.land) as GeoJSON.GeoJsonObject);
  void land.then((shape) => {
    const painted = L.geoJSON(shape, {
      interactive: false,
      style: () => ({ renderer: painter, fillColor: colour("land"), fillOpacity: 1, color: colour("coast"), weight: 1.2 }),
    } as L.GeoJSONOptions).addTo(map);
    graticule();
    map.on("moveend", graticule);
    const repaint = (): void => {
      painted.setStyle({ fillColor: colour("land"), color: colour("coast") });
      graticule();
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
    new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  });
}

function make(box: HTMLElement): L.Map {
  const map = L.map(box, {
    zoomControl: false,
    worldCopyJump: true,
    minZoom: 2,
    maxZoom: 17,
    zoomAnimation: !still,
    fadeAnimation: !still,
    attributionControl: Boolean(box.dataset.tiles && box.dataset.attribution),
  });
  L.control.zoom({ position: "bottomright" }).addTo(map);
  return map;
}

function place(box: HTMLElement): void {
  const at: L.LatLngTuple = [Number(box.dataset.lat), Number(box.dataset.lng)];
  const map = make(box);
  map.scrollWheelZoom.disable();
  map.setView(at, 11);
  base(map, box);
  L.circle(at, { radius: 900, className: "map-about" }).addTo(map);
}

function pinIcon(pin: Pin): L.DivIcon {
  const label = document.createElement("span");
  label.textContent = pin.text;
  return L.divIcon({ className: "pin", html: label, iconSize: undefined });
}

function popup(pin: Pin): HTMLElement {
  const card = document.createElement("a");
  card.href = pin.href;
  card.className = "pin-card";
  if (pin.picture) {
    const image = document.createElement("img");
    image.src = pin.picture;
    image.alt = "";
    card.append(image);
  }
  const title = document.createElement("strong");
  title.textContent = pin.title;
  const price = document.createElement("span");
  price.textContent = pin.price;
  card.append(title, price);
  return card;
}

function results(box: HTMLElement): void {
  const map = make(box);
  const pins = L.layerGroup().addTo(map);
  let quiet = true;

  const draw = (from: HTMLElement): Pin[] => {
    const list = JSON.parse(from.dataset.pins ?? "[]") as Pin[];
    pins.clearLayers();
    for (const pin of list) {
      const marker = L.marker([pin.lat, pin.lng], { icon: pinIcon(pin), title: pin.title, alt: `${pin.title}, ${pin.text}`, riseOnHover: true });
      marker.bindPopup(() => popup(pin), { closeButton: false, offset: [0, -16] });
      marker.addTo(pins);
      const card = document.querySelector<HTMLElement>(`.result[data-pin="${pin.id}"]`);
      marker.on("mouseover", () => card?.classList.add("lit")).on("mouseout", () => card?.classList.remove("lit"));
      card?.addEventListener("mouseenter", () => marker.getElement()?.classList.add("pin-lit"));
      card?.addEventListener("mouseleave", () => marker.getElement()?.classList.remove("pin-lit"));
    }
    return list;
  };
  const look = (from: HTMLElement): void => {
    const area = JSON.parse(from.dataset.area ?? "{}") as Area;
    const list = JSON.parse(from.dataset.pins ?? "[]") as Pin[];
    quiet = true;
    if (area.bbox) map.fitBounds([[area.bbox[0], area.bbox[1]], [area.bbox[2], area.bbox[3]]], { animate: false });
    else if (list.length) map.fitBounds(L.latLngBounds(list.map((pin) => [pin.lat, pin.lng])).pad(0.15), { maxZoom: 14, animate: false });
    else if (area.lat !== undefined && area.lng !== undefined) map.setView([area.lat, area.lng], 11, { animate: false });
    else map.setView([30, 8], 2, { animate: false });
    setTimeout(() => (quiet = false), 400);
  };

  draw(box);
  look(box);
  base(map, box);

  const follow = (): boolean => document.querySelector<HTMLInputElement>("[data-follow]")?.checked ?? false;
  let timer = 0;
  map.on("moveend", () => {
    if (quiet || !follow()) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      const form = document.querySelector<HTMLFormElement>("#filters");
      const field = form?.querySelector<HTMLInputElement>("[data-bbox]");
      if (!form || !field) return;
      const bounds = map.getBounds();
      const wrap = (lng: number): string => (bounds.getEast() - bounds.getWest() >= 360 ? lng : L.Util.wrapNum(lng, [-180, 180], true)).toFixed(4);
      const whole = bounds.getEast() - bounds.getWest() >= 360;
      field.value = [
        Math.max(-90, bounds.getSouth()).toFixed(4), whole ? "-180" : wrap(bounds.getWest()),
        Math.min(90, bounds.getNorth()).toFixed(4), whole ? "180" : wrap(bounds.getEast()),
      ].join(",");
      form.requestSubmit();
    }, 350);
  });

  // A swap brings a new list and a new map box: keep this map and take only the pins.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { detail } = event as CustomEvent<{ serverResponse: string; target: Element }>;
    if (detail.target.id !== "found") return;
    pins.clearLayers();
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    const fresh = document.querySelector<HTMLElement>("[data-map='results']");
    if (!fresh || fresh === box) return;
    const checked = follow();
    box.dataset.pins = fresh.dataset.pins;
    box.dataset.area = fresh.dataset.area;
    fresh.replaceWith(box);
    draw(box);
    const area = JSON.parse(box.dataset.area ?? "{}") as Area;
    if (!area.bbox) look(box);
    const again = document.querySelector<HTMLInputElement>("[data-follow]");
    if (again) again.checked = checked || again.checked;
  });
  const resized = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  resized.observe(box);
}

function phoneToggle(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>(".map-jump, .list-jump");
    if (!link) return;
    event.preventDefault();
    const found = document.querySelector<HTMLElement>("[data-found]");
    const shows = link.classList.contains("map-jump");
    found?.classList.toggle("show-map", shows);
    sessionStorage.setItem("show-map", shows ? "1" : "");
    (shows ? document.querySelector<HTMLElement>(".list-jump") : document.querySelector<HTMLElement>(".map-jump"))?.focus();
  });
  document.body.addEventListener("htmx:afterSwap", () => {
    if (sessionStorage.getItem("show-map")) document.querySelector("[data-found]")?.classList.add("show-map");
  });
  sessionStorage.removeItem("show-map");
}

for (const box of document.querySelectorAll<HTMLElement>("[data-map]")) {
  if (box.dataset.map === "results") results(box);
  else place(box);
}
phoneToggle();
