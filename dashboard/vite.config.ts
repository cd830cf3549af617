import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { boot } from "./build/boot.ts";
import { compress } from "./build/compress.ts";

const server = process.env.WASL_SERVER ?? "http://127.0.0.1:8000";

/** What is loaded first is one file; what is loaded later comes together where it is needed together. */
const CHUNKS = [
  { name: "first", tags: ["$initial" as const] },
  {
    name: "desk",
    test: /src[\\/](?:teaching|i18n[\\/]desk|api[\\/](?:assistant|knowledge)|lib[\\/]asking|ui[\\/](?:dialog|field|choice-chips)|composer[\\/](?:copilot|help))/,
  },
  { name: "office", test: /src[\\/](?:knowledge|assistant|i18n[\\/]office|ui[\\/](?:page-frame|bars|failed|loading))/ },
];

export default defineConfig({
  plugins: [react(), tailwindcss(), boot(), compress()],
  build: {
    outDir: new URL("../src/wasl/dashboard_build", import.meta.url).pathname,
    emptyOutDir: true,
    target: "es2023",
    // A data: URL in a style sheet or script would need a wider content security policy.
    assetsInlineLimit: 0,
    // The polyfill would be one more script for browsers that all know module preloading.
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { includeDependenciesRecursively: false, groups: CHUNKS } } },
  },
  server: { proxy: { "/api": { target: server }, "/docs": { target: server } } },
  test: { environment: "happy-dom", setupFiles: ["./src/house/test-setup.ts"], restoreMocks: true },
});
