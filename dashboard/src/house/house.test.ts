/** The house rules that a reader should not have to check by eye. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { everySource } from "./sources.ts";

const DASHBOARD = join(import.meta.dirname, "../..");
const BUILD = join(DASHBOARD, "../src/wasl/dashboard_build");
const LINES_MAX = 400;
const FIRST_LOAD_KB_MAX = 150;
/** Classes that name a side; their logical twins turn with the language. */
const ONE_SIDED =
  /(?<=["'`\s:-])(-?(?:m[lr]|p[lr]|left|right|border-[lr]|rounded-(?:[lr]|tl|tr|bl|br)|scroll-m[lr]|scroll-p[lr])-[\w[\]./%]+|text-(?:left|right)|float-(?:left|right))(?=["'`\s])/g;

/** Each may import from those below it only; features meet in app. */
const FLOORS = [
  ["lib", "i18n", "ui", "api"],
  ["live"],
  ["content"],
  ["teaching"],
  ["inbox", "chat", "composer", "handover", "contact", "shell", "session", "knowledge", "assistant"],
];
const floorOf = (folder: string) => FLOORS.findIndex((floor) => floor.includes(folder));

const sources = everySource();
const product = sources.filter(({ path }) => !path.startsWith("house/") && !/\.test\./.test(path));

describe("the source", () => {
  it("names no side of the screen", () => {
    const found = product
      .filter(({ path }) => path.endsWith(".tsx"))
      .flatMap(({ path, code }) => [...code.matchAll(ONE_SIDED)].map(([name]) => `${path}: ${name}`));
    expect(found).toEqual([]);
  });

  it("would notice a side", () => {
    expect('className="ml-2 sm:pr-4 text-left -right-1"'.match(ONE_SIDED)).toHaveLength(4);
  });

  it("has short files that begin by saying what they are", () => {
    for (const { path, code } of product) {
      expect(code.split("\n").length, path).toBeLessThanOrEqual(LINES_MAX);
      if (/\.tsx?$/.test(path)) expect(code, path).toMatch(/^\/\*\*/);
    }
  });

  it("imports only downwards", () => {
    for (const { path, code } of product) {
      const folder = path.split("/")[0] as string;
      if (!path.includes("/")) continue;
      for (const [, target] of code.matchAll(/from "\.\.\/([\w-]+)\//g)) {
        if (target === folder) continue;
        const isFloorMate = floorOf(folder) === 0 && floorOf(target as string) === 0;
        expect(isFloorMate || floorOf(target as string) < floorOf(folder), `${path} imports ${target}`).toBe(true);
      }
    }
  });

  it("writes no HTML and no style sheet of its own while running", () => {
    for (const { path, code } of product) {
      expect(code, path).not.toMatch(/dangerouslySetInnerHTML|innerHTML|<style|insertRule|\beval\(/);
    }
  });
});

describe("the lock file", () => {
  it("holds versions and hashes, no download address", () => {
    const { packages } = JSON.parse(readFileSync(join(DASHBOARD, "package-lock.json"), "utf8"));
    for (const [path, entry] of Object.entries(packages as Record<string, Record<string, unknown>>)) {
      expect(entry.resolved, path).toBeUndefined();
      if (path && !entry.optional) expect(entry.integrity, path).toBeDefined();
    }
  });

  it("names the parts of every platform, or `npm ci` would refuse it", () => {
    const { packages } = JSON.parse(readFileSync(join(DASHBOARD, "package-lock.json"), "utf8"));
    for (const { optionalDependencies = {} } of Object.values(packages as Record<string, Record<string, object>>)) {
      for (const name of Object.keys(optionalDependencies))
        expect(packages, name).toHaveProperty([`node_modules/${name}`]);
    }
  });

  it("belongs to exact versions", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(DASHBOARD, "package.json"), "utf8"));
    for (const version of Object.values({ ...dependencies, ...devDependencies }))
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe.runIf(existsSync(join(BUILD, "index.html")))("the build", () => {
  const page = readFileSync(join(BUILD, "index.html"), "utf8");
  const assets = readdirSync(join(BUILD, "assets"));

  it("loads at most 150 KB of script first", () => {
    const loaded = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path as string);
    const bytes = loaded.reduce((sum, path) => sum + gzipSync(readFileSync(join(BUILD, path)), { level: 9 }).length, 0);
    expect(loaded.length).toBeGreaterThan(0);
    expect(bytes / 1024).toBeLessThanOrEqual(FIRST_LOAD_KB_MAX);
  });

  it("needs no inline script or style", () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  });

  it("carries compressed twins of all that is large", () => {
    for (const name of assets.filter((asset) => /^index-.*\.(js|css)$/.test(asset))) {
      expect(assets).toContain(`${name}.br`);
      expect(assets).toContain(`${name}.gz`);
    }
  });
});
