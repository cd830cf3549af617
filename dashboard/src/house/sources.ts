/** Every source file of the dashboard, for the tests that read the code itself. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const ROOT = join(import.meta.dirname, "..");

export interface Source {
  /** Relative to src/. */
  path: string;
  code: string;
}

export function everySource(): Source[] {
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|js|css)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(ROOT, path), code: readFileSync(path, "utf8") }));
}
