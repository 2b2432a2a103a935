// Takes pictures of the page over its fake engine, for looking at: `npm run shots [-- folder]`.
// Every state in dark and light, at both sizes, into a folder outside the tree.
import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

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
  ["crowded", "graph", "/plan/crowd/graph"],
  ["crowded", "outline", "/plan/crowd/outline/t74/spec"],
];
const sizes = [
  [1440, 900],
  [1280, 800],
];

const only = process.argv.slice(3);
const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), "coppice-shots-")));
const port = 5190 + (process.pid % 100);
const vite = spawn(
  "node_modules/.bin/vite",
  ["--port", String(port), "--strictPort", "--logLevel", "error"],
  {
    stdio: ["ignore", "inherit", "inherit"],
  },
);
const profile = await mkdtemp(join(tmpdir(), "coppice-chromium-"));
const address = `http://127.0.0.1:${port}`;
for (let i = 0; i < 100; i++) {
  const up = await fetch(address).then(
    () => true,
    () => false,
  );
  if (up) break;
  await new Promise((resolve) => setTimeout(resolve, 100));
}

const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
let complaints = 0;
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => {
    complaints++;
    process.stderr.write(`page: ${error.message}\n`);
  });
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    complaints++;
    process.stderr.write(`console: ${message.text()}\n`);
  });
  for (const [world, name, path] of places) {
    if (only.length && !only.includes(name)) continue;
    for (const theme of ["dark", "light"]) {
      for (const [width, height] of sizes) {
        if (theme === "light" && width !== 1440) continue;
        await page.setViewportSize({ width, height });
        await page.goto("about:blank");
        await page.goto(`${address}/?fake=${world}&still&theme=${theme}#${path}`);
        await page.waitForLoadState("networkidle");
        await page.waitForTimeout(500);
        const file = join(folder, `${world}-${name}-${theme}-${width}.png`);
        await page.screenshot({ path: file });
        process.stdout.write(`${file}\n`);
      }
    }
  }
} finally {
  await browser.close();
  vite.kill();
}
process.exitCode = complaints ? 1 : 0;
