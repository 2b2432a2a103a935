// A browser on the page over its fake engine, served by Vite; both end with `close`.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export async function openPage() {
  const port = 5190 + (process.pid % 400);
  const address = `http://127.0.0.1:${port}`;
  const vite = spawn(
    "node_modules/.bin/vite",
    ["--port", String(port), "--strictPort", "--logLevel", "error"],
    {
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  const profile = await mkdtemp(join(tmpdir(), "coppice-chromium-"));
  for (let i = 0; i < 300; i++) {
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
    viewport: { width: 1440, height: 900 },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  let complaints = 0;
  const complain = (text) => {
    complaints++;
    process.stderr.write(`page: ${text}\n`);
  };
  page.on("pageerror", (error) => complain(error.message));
  page.on("console", (message) => message.type() === "error" && complain(message.text()));
  return {
    page,
    complaints: () => complaints,
    /** Loads a world of the fake fresh; `still` stops its clockwork. */
    go: async (world, path, { theme = "dark", still = true } = {}) => {
      await page.goto("about:blank");
      await page.goto(`${address}/?fake=${world}${still ? "&still" : ""}&theme=${theme}#${path}`);
      await page.waitForLoadState("networkidle");
      // The fake and the packages are served cold the first time.
      await page.locator("[data-testid='needs-you']").waitFor({ timeout: 60_000 });
      await page
        .locator(
          "[data-testid='rail'], [data-testid='try-demo'], [data-testid='review'], [data-testid='compare']",
        )
        .first()
        .waitFor();
    },
    close: async () => {
      await browser.close();
      vite.kill();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
