// Builds web/dist: scripts and styles bundled, every name hashed, manifest.json saying which name is which.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile, rename } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { cutLand } from "./land.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "dist");
const fresh = path.join(here, `.dist-${process.pid}`);
const watch = process.argv.includes("--watch");

const COPIED = {
  "icons.svg": "src/icons.svg",
  "icon.svg": "src/icon.svg",
  "land-50m.json": "node_modules/world-atlas/land-50m.json",
};
const FONTS = {
  "hanken-grotesk.woff2": "hanken-grotesk-latin-wght-normal",
  "young-serif.woff2": "young-serif-latin-400-normal",
};

async function build() {
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: ["src/app.ts", "src/theme.ts", "src/map.ts", "src/search.ts", "src/app.css", "src/map.css"],
    outdir: fresh,
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022"],
    entryNames: "[name].[hash]",
    chunkNames: "chunk.[hash]",
    assetNames: "[name].[hash]",
    publicPath: "/assets",
    loader: { ".woff2": "file", ".woff": "empty", ".png": "file", ".svg": "file" },
    metafile: true,
    logLevel: "warning",
  });
  const manifest = {};
  for (const [file, info] of Object.entries(result.metafile.outputs)) {
    const name = path.basename(file);
    if (info.entryPoint) manifest[path.basename(info.entryPoint).replace(/\.ts$/, ".js")] = name;
    for (const [key, stem] of Object.entries(FONTS)) if (name.startsWith(`${stem}.`) && name.endsWith(".woff2")) manifest[key] = name;
  }
  for (const [name, from] of Object.entries(COPIED)) {
    const bytes = await readFile(path.join(here, from));
    const hashed = name.replace(/\.(\w+)$/, `.${createHash("sha256").update(bytes).digest("hex").slice(0, 10)}.$1`);
    await writeFile(path.join(fresh, hashed), bytes);
    manifest[name] = hashed;
  }
  manifest.land = await cutLand(path.join(here, "node_modules/world-atlas/land-10m.json"), fresh);
  await writeFile(path.join(fresh, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(out, { recursive: true, force: true });
  await rename(fresh, out).catch(async () => {
    await cp(fresh, out, { recursive: true });
    await rm(fresh, { recursive: true, force: true });
  });
  console.log(`built ${Object.keys(manifest).length} files into ${path.relative(process.cwd(), out) || out}`);
}

await build();
if (watch) {
  const { watch: follow } = await import("node:fs");
  let timer;
  follow(path.join(here, "src"), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => build().catch((fault) => console.error(fault.message)), 80);
  });
}
