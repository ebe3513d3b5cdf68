// The map beside the list of results: prices where the places are, numbers where there are many, and both move together.
import * as L from "leaflet";
import { watchDrawing } from "./drawing";
import { base, make } from "./land";

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

interface Cluster {
  lat: number;
  lng: number;
  count: number;
  from: string;
  box: [number, number, number, number];
  id: string;
  href: string;
}

interface Area {
  bbox?: [number, number, number, number];
  shape?: L.LatLngTuple[];
  lat?: number;
  lng?: number;
}

const SETTLED = 400;
const list = (): HTMLElement | null => document.getElementById("found-list");
const read = <T>(name: "pins" | "clusters" | "area", nothing: T): T => JSON.parse(list()?.dataset[name] ?? "null") as T | null ?? nothing;

function labelled(className: string, text: string): L.DivIcon {
  const label = document.createElement("span");
  label.textContent = text;
  return L.divIcon({ className, html: label, iconSize: undefined });
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

/** A marker that says the same to a screen reader as to the eye. */
function add(group: L.LayerGroup, at: L.LatLngTuple, icon: L.DivIcon, words: string): L.Marker {
  const marker = L.marker(at, { icon, riseOnHover: true }).addTo(group);
  marker.getElement()?.setAttribute("aria-label", words);
  return marker;
}

/** By the mouse, a finger or the keyboard. */
function press(marker: L.Marker, act: () => void): void {
  marker.on("click", act);
  marker.getElement()?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act();
  });
}

class FoundMap {
  private map: L.Map;
  private pins: L.LayerGroup;
  private shape: L.LayerGroup;
  private byId = new Map<string, L.Marker>();
  private quiet = true;
  private timer = 0;
  private width: number;

  constructor(private box: HTMLElement) {
    this.map = make(box);
    this.pins = L.layerGroup().addTo(this.map);
    this.shape = L.layerGroup().addTo(this.map);
    this.width = box.clientWidth;
    this.look();
    this.draw();
    base(this.map, box);
    this.map.on("zoomend", () => this.tidy());
    this.map.on("moveend", () => this.moved());
    document.addEventListener("found:changed", (event) => this.changed((event as CustomEvent<string>).detail));
    this.point();
    new ResizeObserver(() => this.resized()).observe(box);
    document.querySelector("[data-here]")?.addEventListener("click", () => this.searchHere());
    watchDrawing(this.map, (corners) => document.dispatchEvent(new CustomEvent("map:drawn", { detail: corners })));
  }

  private draw(): void {
    this.pins.clearLayers();
    this.shape.clearLayers();
    this.byId.clear();
    const near = (lng: number): number => lng + 360 * Math.round((this.map.getCenter().lng - lng) / 360);
    const pins = new Map(read<Pin[]>("pins", []).map((pin) => [pin.id, pin]));
    const clusters = read<Cluster[]>("clusters", []);
    for (const each of clusters) this.bubble(each, near(each.lng), pins);
    const whole = clusters.length === 0;
    for (const pin of whole ? pins.values() : []) this.pin(pin, near(pin.lng));
    for (const pin of whole ? [] : pins.values()) this.within(pin, clusters);
    const corners = read<Area>("area", {}).shape;
    if (corners) L.polygon(corners, { className: "map-shape", interactive: false }).addTo(this.shape);
    this.tidy();
  }

  private pin(pin: Pin, lng: number): void {
    const marker = add(this.pins, [pin.lat, lng], labelled("pin", pin.text), `${pin.title}, ${pin.price}`);
    marker.bindPopup(() => popup(pin), { closeButton: false, offset: [0, -16] });
    marker.on("mouseover", () => this.light(pin.id, true)).on("mouseout", () => this.light(pin.id, false));
    marker.getElement()?.addEventListener("focus", () => this.light(pin.id, true));
    marker.getElement()?.addEventListener("blur", () => this.light(pin.id, false));
    this.byId.set(pin.id, marker);
  }

  private bubble(each: Cluster, lng: number, pins: Map<string, Pin>): void {
    const known = pins.get(each.id);
    if (known) {
      this.pin(known, lng);
      return;
    }
    if (each.count === 1) {
      const marker = add(this.pins, [each.lat, lng], labelled("pin pin-other", each.from), `A place from ${each.from}`);
      press(marker, () => each.href && location.assign(each.href));
      return;
    }
    const size = each.count < 10 ? "few" : each.count < 100 ? "some" : "many";
    const words = `${each.count} places from ${each.from}: zoom in`;
    const marker = add(this.pins, [each.lat, lng], labelled(`bubble bubble-${size}`, each.count.toLocaleString("en")), words);
    marker.bindTooltip(`from ${each.from}`, { direction: "top", offset: [0, -14] });
    const [south, west, north, east] = each.box;
    const shift = lng - each.lng;
    const zoom = (): void => {
      const bounds = L.latLngBounds([south, west + shift], [north, (east < west ? east + 360 : east) + shift]).pad(0.2);
      if (this.map.getBoundsZoom(bounds) > this.map.getZoom()) this.map.fitBounds(bounds, { maxZoom: 16 });
      else this.map.setView([each.lat, lng], this.map.getZoom() + 2);
    };
    press(marker, zoom);
  }

  /** A place of the list that lies in a bubble lights that. */
  private within(pin: Pin, clusters: Cluster[]): void {
    if (this.byId.has(pin.id)) return;
    const at = clusters.findIndex(({ box: [south, west, north, east] }) => pin.lat >= south && pin.lat <= north && pin.lng >= west && pin.lng <= east);
    const marker = this.pins.getLayers()[at];
    if (marker instanceof L.Marker) this.byId.set(pin.id, marker);
  }

  private light(id: string, on: boolean): void {
    document.querySelector(`.result[data-pin="${id}"]`)?.classList.toggle("lit", on);
  }

  /** A card that is pointed at or reached by the keyboard lights its pin. */
  private point(): void {
    let lit: Element | null | undefined;
    const show = (event: Event): void => {
      const id = (event.target as Element).closest<HTMLElement>(".result[data-pin]")?.dataset.pin;
      const element = id ? this.byId.get(id)?.getElement() : undefined;
      if (element === lit) return;
      lit?.classList.remove("pin-lit");
      element?.classList.add("pin-lit");
      lit = element;
    };
    for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, show);
  }

  private look(): void {
    const area = read<Area>("area", {});
    const spots = [...read<Pin[]>("pins", []), ...read<Cluster[]>("clusters", [])].map(({ lat, lng }): L.LatLngTuple => [lat, lng]);
    this.hush();
    if (area.bbox) {
      const [south, west, north, east] = area.bbox;
      this.map.fitBounds([[south, west], [north, east < west ? east + 360 : east]], { animate: false });
    } else if (area.shape) this.map.fitBounds(L.latLngBounds(area.shape).pad(0.1), { animate: false });
    else if (spots.length) this.map.fitBounds(L.latLngBounds(spots).pad(0.15), { maxZoom: 14, animate: false });
    else if (area.lat !== undefined && area.lng !== undefined) this.map.setView([area.lat, area.lng], 11, { animate: false });
    else this.map.setView([30, 8], 2, { animate: false });
  }

  /** What moves the map now is not the visitor. */
  private hush(): void {
    this.quiet = true;
    setTimeout(() => (this.quiet = false), SETTLED);
  }

  // Where labels would cover each other only the best one keeps its price; the others are dots until pointed at.
  private tidy(): void {
    const taken: L.Point[] = [];
    this.pins.eachLayer((layer) => {
      if (!(layer instanceof L.Marker)) return;
      const at = this.map.latLngToContainerPoint(layer.getLatLng());
      const element = layer.getElement();
      const crowded = taken.some((other) => Math.abs(other.x - at.x) < 62 && Math.abs(other.y - at.y) < 30);
      if (!crowded) taken.push(at);
      element?.classList.toggle("pin-dot", crowded && element.classList.contains("pin"));
    });
  }

  private changed(from: string): void {
    this.hideHere();
    const { bbox } = read<Area>("area", {});
    if (from === "history" || (from !== "more" && !bbox)) this.look();
    this.draw();
  }

  private moved(): void {
    if (this.quiet || this.box.clientWidth === 0) return;
    const follows = document.querySelector<HTMLInputElement>("[data-follow]")?.checked ?? false;
    clearTimeout(this.timer);
    if (follows) this.timer = window.setTimeout(() => this.searchHere(), 300);
    else document.querySelector("[data-here]")?.removeAttribute("hidden");
  }

  private hideHere(): void {
    document.querySelector("[data-here]")?.setAttribute("hidden", "");
  }

  private searchHere(): void {
    this.hideHere();
    const bounds = this.map.getBounds();
    const whole = bounds.getEast() - bounds.getWest() >= 360;
    const wrap = (lng: number): string => L.Util.wrapNum(lng, [-180, 180], true).toFixed(4);
    const [west, east] = whole ? ["-180", "180"] : [wrap(bounds.getWest()), wrap(bounds.getEast())];
    const [south, north] = [Math.max(-90, bounds.getSouth()), Math.min(90, bounds.getNorth())].map((lat) => lat.toFixed(4));
    document.dispatchEvent(new CustomEvent("map:moved", { detail: [south, west, north, east].join(",") }));
  }

  // On a phone the map is hidden at first: it takes its bearings when it gets a size, and that is no search.
  private resized(): void {
    const before = this.width;
    this.width = this.box.clientWidth;
    if (this.width === 0) return;
    this.hush();
    this.map.invalidateSize({ animate: false });
    if (before === 0) this.look();
    this.draw();
  }
}

export function showFound(box: HTMLElement): void {
  new FoundMap(box);
}
