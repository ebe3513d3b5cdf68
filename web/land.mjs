// Cuts the world's land (1:10 million) into cells of 5°, so that a map near a coast loads only what it shows.
// A cell is a list of rings; a ring is x, y and then steps, in ten-thousandths of a degree from the cell's corner.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { feature } from "topojson-client";

const SIZE = 5;
const SCALE = 10_000;

/** What of a ring lies on the kept side of x = at (axis 0) or y = at (axis 1): Sutherland and Hodgman, 1974. */
function clip(ring, axis, at, above) {
  const kept = [];
  let before = ring[ring.length - 1];
  const inside = (point) => (above ? point[axis] >= at : point[axis] <= at);
  for (const point of ring) {
    if (inside(point) !== inside(before)) {
      const part = (at - before[axis]) / (point[axis] - before[axis]);
      const other = before[1 - axis] + part * (point[1 - axis] - before[1 - axis]);
      kept.push(axis === 0 ? [at, other] : [other, at]);
    }
    if (inside(point)) kept.push(point);
    before = point;
  }
  return kept;
}

function band(rings, axis, low, high) {
  const result = [];
  for (const ring of rings) {
    let least = Infinity;
    let most = -Infinity;
    for (const point of ring) {
      if (point[axis] < least) least = point[axis];
      if (point[axis] > most) most = point[axis];
    }
    if (most <= low || least >= high) continue;
    if (least >= low && most <= high) {
      result.push(ring);
      continue;
    }
    const lower = clip(ring, axis, low, true);
    const both = lower.length > 2 ? clip(lower, axis, high, false) : [];
    if (both.length > 2) result.push(both);
  }
  return result;
}

function packed(rings, west, south) {
  const lists = [];
  for (const ring of rings) {
    const list = [];
    let [x, y] = [0, 0];
    for (const point of ring) {
      const [nx, ny] = [Math.round((point[0] - west) * SCALE), Math.round((point[1] - south) * SCALE)];
      if (list.length && nx === x && ny === y) continue;
      list.push(nx - x, ny - y);
      [x, y] = [nx, ny];
    }
    if (list.length >= 6) lists.push(list);
  }
  return lists;
}

/** Writes the cells below `folder` and answers the name of their directory, which changes with their content. */
export async function cutLand(source, folder) {
  const bytes = await readFile(source);
  const world = JSON.parse(bytes);
  const code = await readFile(new URL(import.meta.url));
  const name = `land.${createHash("sha256").update(bytes).update(code).digest("hex").slice(0, 10)}`;
  await mkdir(path.join(folder, name), { recursive: true });
  const shape = feature(world, world.objects.land);
  const polygons = shape.type === "FeatureCollection" ? shape.features.flatMap((each) => each.geometry.coordinates) : shape.geometry.coordinates;
  const rings = polygons.flat().map((ring) => ring.slice(0, -1));
  const cells = [];
  for (let west = -180; west < 180; west += SIZE) {
    const column = band(rings, 0, west, west + SIZE);
    for (let south = -90; south < 90; south += SIZE) {
      const lists = packed(band(column, 1, south, south + SIZE), west, south);
      if (!lists.length) continue;
      const key = `${west}_${south}`;
      cells.push(key);
      await writeFile(path.join(folder, name, `${key}.json`), JSON.stringify(lists));
    }
  }
  await writeFile(path.join(folder, name, "cells.json"), JSON.stringify(cells));
  return name;
}
