// The base map: the world's land from npm data, drawn offline; a tile server can be set instead.
import * as L from "leaflet";
import { feature } from "topojson-client";
import type { Topology } from "topojson-specification";

export const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
let land: Promise<GeoJSON.GeoJsonObject> | undefined;

function colour(name: string): string {
  const probe = document.createElement("span");
  probe.className = `map-colour-${name}`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

interface Shapes extends GeoJSON.GeoJsonObject {
  features: { geometry: { coordinates: [number, number][][][] } }[];
}

/** Land that crosses the date line is drawn past it, and once more on the other side of the map. */
function unwrapped(shapes: Shapes): GeoJSON.GeoJsonObject {
  for (const { geometry } of shapes.features) {
    const across: [number, number][][][] = [];
    for (const rings of geometry.coordinates) {
      let crosses = false;
      for (const ring of rings) {
        for (let at = 1; at < ring.length; at += 1) {
          const turn = 360 * Math.round((ring[at - 1][0] - ring[at][0]) / 360);
          if (turn) crosses = true;
          ring[at][0] += turn;
        }
        const [first, last] = [ring[0], ring[ring.length - 1]];
        if (Math.abs(last[0] - first[0]) > 180) ring.push([last[0], -90], [first[0], -90]);
      }
      if (!crosses) continue;
      const middle = rings[0].reduce((sum, [lng]) => sum + lng, 0) / rings[0].length;
      across.push(rings.map((ring) => ring.map(([lng, lat]) => [lng + (middle > 0 ? -360 : 360), lat])));
    }
    geometry.coordinates.push(...across);
  }
  return shapes;
}

const CELL = 5;
const NEAR = 6;

/** One cell of the land near by: its area, and its coast without the edges the cut made. */
function decode(lists: number[][], west: number, south: number): { rings: L.LatLngTuple[][]; coast: L.LatLngTuple[][] } {
  const rings: L.LatLngTuple[][] = [];
  const coast: L.LatLngTuple[][] = [];
  const end = CELL * 10_000;
  for (const list of lists) {
    const ring: L.LatLngTuple[] = [];
    const grid: [number, number][] = [];
    let [x, y] = [0, 0];
    for (let at = 0; at < list.length; at += 2) {
      x += list[at];
      y += list[at + 1];
      grid.push([x, y]);
      ring.push([south + y / 10_000, west + x / 10_000]);
    }
    rings.push(ring);
    let line: L.LatLngTuple[] = [ring[0]];
    for (let at = 1; at <= ring.length; at += 1) {
      const [one, two] = [grid[at - 1], grid[at % ring.length]];
      const cut = (one[0] === two[0] && (one[0] === 0 || one[0] === end)) || (one[1] === two[1] && (one[1] === 0 || one[1] === end));
      if (cut) {
        if (line.length > 1) coast.push(line);
        line = [];
      }
      line.push(ring[at % ring.length]);
    }
    if (line.length > 1) coast.push(line);
  }
  return { rings, coast };
}

export function base(map: L.Map, box: HTMLElement): void {
  const { tiles, attribution } = box.dataset;
  if (tiles) {
    L.tileLayer(tiles, { attribution: attribution ?? "", maxZoom: 19 }).addTo(map);
    return;
  }
  const painter = L.canvas({ padding: 0.4, pane: "tilePane" });
  const far = L.layerGroup();
  const near = L.layerGroup();
  const lines = L.layerGroup().addTo(map);
  const names = L.layerGroup().addTo(map);
  const wanted = new Map<string, boolean>();
  let cells: Promise<Set<string>> | undefined;

  const landStyle = (): L.PathOptions => ({ renderer: painter, interactive: false, fillColor: colour("land"), fillOpacity: 1, color: colour("land"), weight: 1 });
  const coastStyle = (): L.PathOptions => ({ renderer: painter, interactive: false, color: colour("coast"), weight: 1.4 });

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
  const loadCells = async (): Promise<void> => {
    const root = box.dataset.cells ?? "";
    cells ??= fetch(`${root}/cells.json`).then(async (answer) => new Set((await answer.json()) as string[]));
    const known = await cells;
    const bounds = map.getBounds().pad(0.2);
    for (let west = Math.floor(bounds.getWest() / CELL) * CELL; west < bounds.getEast(); west += CELL)
      for (let south = Math.floor(bounds.getSouth() / CELL) * CELL; south < bounds.getNorth(); south += CELL) {
        const key = `${((((west + 180) % 360) + 360) % 360) - 180}_${south}`;
        const drawn = `${west}_${south}`;
        if (!known.has(key) || wanted.has(drawn)) continue;
        wanted.set(drawn, true);
        void fetch(`${root}/${key}.json`).then(async (answer) => {
          const { rings, coast } = decode((await answer.json()) as number[][], west, south);
          near.addLayer(L.polygon(rings, landStyle()));
          near.addLayer(L.polyline(coast, coastStyle()));
          graticule();
        });
      }
  };
  let asked = "";
  const label = async (): Promise<void> => {
    const zoom = map.getZoom();
    const bounds = map.getBounds();
    if (zoom < 4) {
      names.clearLayers();
      return;
    }
    const wrap = (lng: number): string => L.Util.wrapNum(lng, [-180, 180], true).toFixed(2);
    const part = [bounds.getSouth().toFixed(2), wrap(bounds.getWest()), bounds.getNorth().toFixed(2), wrap(bounds.getEast())].join(",");
    if (part === asked) return;
    asked = part;
    const answer = await fetch(`/search/labels?bbox=${part}`);
    if (!answer.ok || asked !== part) return;
    names.clearLayers();
    const frame = map.getContainer().getBoundingClientRect();
    const priced = [...map.getContainer().querySelectorAll<HTMLElement>(".pin:not(.pin-dot) span")].map((pin) => pin.getBoundingClientRect());
    const taken = priced.map((rect) => L.point((rect.left + rect.right) / 2 - frame.left, (rect.top + rect.bottom) / 2 - frame.top));
    for (const city of (await answer.json()) as { name: string; lat: number; lng: number }[]) {
      const lng = city.lng + 360 * Math.round((map.getCenter().lng - city.lng) / 360);
      const at = map.latLngToContainerPoint([city.lat, lng]);
      if (taken.some((other) => Math.abs(other.x - at.x) < 120 && Math.abs(other.y - at.y) < 30)) continue;
      taken.push(at);
      const text = document.createElement("span");
      text.textContent = city.name;
      const icon = L.divIcon({ className: "map-name", html: text, iconSize: undefined });
      names.addLayer(L.marker([city.lat, lng], { icon, interactive: false, keyboard: false, zIndexOffset: -1000 }));
    }
  };
  const settle = (): void => {
    if (map.getZoom() >= NEAR) {
      far.remove();
      near.addTo(map);
      void loadCells();
    } else {
      near.remove();
      far.addTo(map);
      land ??= fetch(box.dataset.land ?? "")
        .then((answer) => answer.json())
        .then((world: Topology) => unwrapped(feature(world, world.objects.land) as unknown as Shapes));
      void land.then((shape) => {
        if (far.getLayers().length === 0)
          far.addLayer(L.geoJSON(shape, { style: () => ({ ...landStyle(), color: colour("coast") }) } as L.GeoJSONOptions));
        graticule();
      });
    }
    graticule();
    void label();
  };
  const repaint = (): void => {
    for (const group of [far, near])
      group.eachLayer((layer) => {
        if (layer instanceof L.Polygon) layer.setStyle(landStyle());
        else if (layer instanceof L.Polyline) layer.setStyle(coastStyle());
        else if (layer instanceof L.GeoJSON) layer.setStyle({ ...landStyle(), color: colour("coast") });
      });
    graticule();
  };
  map.on("moveend", settle);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  settle();
}

export function make(box: HTMLElement): L.Map {
  const map = L.map(box, {
    zoomControl: false,
    worldCopyJump: true,
    minZoom: 1,
    maxZoom: 17,
    zoomAnimation: !still,
    fadeAnimation: !still,
    attributionControl: Boolean(box.dataset.tiles && box.dataset.attribution),
  });
  const small = matchMedia("(max-width: 60rem)").matches; // a large map may reach below the window
  L.control.zoom({ position: small ? "bottomright" : "topleft" }).addTo(map);
  L.control.scale({ position: "bottomleft", imperial: false }).addTo(map);
  return map;
}
