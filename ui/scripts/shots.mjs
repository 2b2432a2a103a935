// Takes pictures of the page over its fake engine, for looking at: `npm run shots [-- folder]`.
// Every state in dark and light, at each size, into a folder outside the tree.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPage } from "./browser.mjs";

const places = [
  ["empty", "start", "/"],
  ["normal", "graph", "/plan/retry/graph/storage/spec"],
  ["normal", "overview", "/plan/retry/graph"],
  ["normal", "checks", "/plan/retry/graph/metrics/checks"],
  ["normal", "agent", "/plan/retry/graph/limits/agent"],
  ["normal", "scope", "/plan/retry/outline/client/scope"],
  ["normal", "history", "/plan/retry/outline/cli/history"],
  ["normal", "text", "/plan/retry/text"],
  ["normal", "settings", "/plan/retry/settings"],
  ["normal", "draft", "/plan/auth/graph"],
  ["normal", "inbox", "/inbox"],
  ["normal", "review", "/plan/retry/review/cli/2"],
  ["normal", "landing", "/plan/retry/landing"],
  ["normal", "timeline", "/plan/retry/timeline"],
  ["normal", "log", "/plan/retry/log"],
  ["normal", "trash", "/project/acme/trash"],
  ["normal", "keys", "/settings/keys"],
  ["normal", "doctor", "/settings/doctor"],
  ["normal", "project", "/project/web"],
  ["asking", "graph", "/plan/asking/graph/deps/spec"],
  ["asking", "inbox", "/inbox"],
  ["compare", "graph", "/plan/compare/graph/queue/spec"],
  ["compare", "outline", "/plan/compare/outline/client/spec"],
  ["compare", "agents", "/plan/compare/graph/api/agent"],
  ["compare", "inbox", "/inbox"],
  ["compare", "two", "/plan/compare/compare/storage/1/2"],
  ["compare", "three", "/plan/compare/compare/queue/1/2"],
  ["compare", "parts", "/plan/compare/compare/parts/1/3"],
  ["compare", "adopted", "/plan/compare/compare/config/1/2"],
  ["compare", "single", "/plan/compare/compare/single"],
  ["crowded", "graph", "/plan/crowd/graph"],
  ["crowded", "outline", "/plan/crowd/outline/t74/spec"],
  ["crowded", "review", "/plan/crowd/review/t79/1"],
];
const sizes = [
  [1440, 900],
  [1280, 800],
  [1024, 700],
];

const only = process.argv.slice(3);
const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), "coppice-shots-")));
const { page, go, close, complaints } = await openPage();
for (const [world, name, path] of places) {
  if (only.length && !only.includes(name)) continue;
  for (const theme of ["dark", "light"]) {
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      await go(world, path, { theme });
      await page.waitForTimeout(400);
      const file = join(folder, `${world}-${name}-${theme}-${width}.png`);
      await page.screenshot({ path: file });
      process.stdout.write(`${file}\n`);
    }
  }
}
await close();
process.exitCode = complaints() ? 1 : 0;
