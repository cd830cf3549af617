/**
 * Puts src/boot.js into the page as a small blocking script of its own, hashed.
 *
 * It must run before the first paint, or a dark or right-to-left screen flashes; modules are deferred, and the
 * server's CSP allows no inline script.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { minify, type Plugin } from "vite";

const SOURCE = new URL("../src/boot.js", import.meta.url);
const SOURCE_URL = "/src/boot.js";

export function boot(): Plugin {
  let url = SOURCE_URL;
  let code = "";
  return {
    name: "wasl-boot",
    async buildStart() {
      if (this.environment.mode !== "build") return;
      code = (await minify("boot.js", await readFile(SOURCE, "utf8"))).code;
      url = `/assets/boot-${createHash("sha256").update(code).digest("hex").slice(0, 8)}.js`;
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: url.slice(1), source: code });
    },
    transformIndexHtml: {
      order: "post",
      handler: () => [{ tag: "script", attrs: { src: url }, injectTo: "head-prepend" }],
    },
  };
}
