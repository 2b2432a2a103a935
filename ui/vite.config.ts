import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The page is loaded from the program itself: no remote content, relative paths, one origin.
export default defineConfig({
  plugins: [react()],
  base: "./",
  clearScreen: false,
  server: { port: 5173, strictPort: false, host: "127.0.0.1" },
  build: {
    // What WebKitGTK 2.40, WebView2 and macOS 13 understand.
    target: ["es2022", "safari16.4", "chrome111"],
    outDir: "dist",
    emptyOutDir: true,
    // Fonts stay files: `data:` URLs would need a hole in the content policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
  },
  worker: { format: "es" },
  test: {
    restoreMocks: true,
    // A deadline for what hangs, not a measure: a busy machine is many times slower.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    css: { modules: { classNameStrategy: "non-scoped" } },
    // A document is slow to make: only tests of components (.tsx) get one.
    projects: [
      { extends: true, test: { name: "pure", environment: "node", include: ["src/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "page",
          environment: "jsdom",
          include: ["src/**/*.test.tsx"],
          setupFiles: ["src/testing/setup.ts"],
        },
      },
    ],
  },
});
