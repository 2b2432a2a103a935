// Drives the page by mouse and key over its fake engine, as a person would: `npm run drive`.
// The real program has a test of its own; this one is quick and tells which gesture broke.
import assert from "node:assert/strict";
import { openPage } from "./browser.mjs";

const { page, go, close, complaints } = await openPage();
const id = (testId) => page.locator(`[data-testid="${testId}"]`);
const steps = [];
const step = (name, run) => steps.push([name, run]);

async function drawTask(title, x, y) {
  const canvas = await id("canvas").boundingBox();
  await page.mouse.dblclick(canvas.x + x, canvas.y + y);
  await id("node-draft-title").waitFor();
  await page.keyboard.type(title);
  await page.keyboard.press("Enter");
  await page.locator(".react-flow__node", { hasText: title }).waitFor();
}

async function connect(from, to) {
  await id(`node-${from}`).hover();
  const start = await id(`handle-out-${from}`).boundingBox();
  const end = await id(`handle-in-${to}`).boundingBox();
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
  await page.mouse.move(end.x, end.y, { steps: 4 });
  await page.mouse.up();
}

step("a repository is opened, trusted, and a plan begun", async () => {
  await go("empty", "/");
  await id("open-project").click();
  await id("project-path").fill("/home/you/work/new-api");
  await page.keyboard.press("Enter");
  await id("trust-dialog").getByText("pre-commit").waitFor();
  await id("trust-yes").click();
  await id("new-plan").first().click();
  await id("new-plan-title").fill("Retry support");
  await page.keyboard.press("Enter");
  await id("canvas").waitFor();
});

step("tasks are drawn by double-click and connected by drag", async () => {
  await drawTask("Model", 160, 240);
  await drawTask("Storage", 500, 160);
  await drawTask("Client", 500, 330);
  await connect("model", "storage");
  await id("edge-model-storage").waitFor({ state: "attached" });
  await connect("storage", "client");
  await id("edge-storage-client").waitFor({ state: "attached" });
});

step("a cycle is refused by name", async () => {
  await connect("client", "model");
  await id("cycle-note").getByText("model → storage → client → model").waitFor();
  assert.equal(await id("edge-client-model").count(), 0);
});

step("a drag to empty space makes a dependent", async () => {
  await id("node-client").hover();
  const start = await id("handle-out-client").boundingBox();
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  await page.mouse.move(start.x + 90, start.y + 130, { steps: 6 });
  await page.mouse.up();
  await id("node-draft-title").waitFor();
  await page.keyboard.type("Docs");
  await page.keyboard.press("Enter");
  await id("edge-client-docs").waitFor({ state: "attached" });
});

step("moving, undo and redo", async () => {
  const before = await id("node-docs").boundingBox();
  await page.mouse.move(before.x + 60, before.y + 50);
  await page.mouse.down();
  await page.mouse.move(before.x + 60, before.y + 120, { steps: 5 });
  await page.mouse.up();
  const near = (a, b) => Math.abs(a - b) < 3;
  // A drag begins after a few pixels, so where it ends is asked, not reckoned.
  const moved = (await id("node-docs").boundingBox()).y;
  assert.ok(moved > before.y + 40);
  await id("undo").and(page.locator(":enabled")).waitFor();
  await page.keyboard.press("z");
  await eventually(async () => near((await id("node-docs").boundingBox()).y, before.y));
  await page.keyboard.press("Shift+Z");
  await eventually(async () => near((await id("node-docs").boundingBox()).y, moved));
});

step("copy, paste, delete by key", async () => {
  await id("node-docs").click();
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Control+v");
  await id("node-docs-copy").waitFor();
  await eventually(async () => (await page.locator(".react-flow__node.selected").count()) === 1);
  await page.keyboard.press("Delete");
  await eventually(async () => (await id("node-docs-copy").count()) === 0);
  assert.equal(await id("node-docs").count(), 1);
});

step("rename in place and from the inspector", async () => {
  await id("node-title-docs").dblclick();
  await page.keyboard.type("Guide");
  await page.keyboard.press("Enter");
  await id("node-title-docs").getByText("Guide").waitFor();
  await id("node-docs").click();
  await id("inspector-title").fill("User guide");
  await page.keyboard.press("Enter");
  await id("node-title-docs").getByText("User guide").waitFor();
});

step("the arrow keys walk the graph", async () => {
  await id("node-model").click();
  await page.keyboard.press("ArrowRight");
  await eventually(() => page.url().includes("/graph/storage/"));
  await page.keyboard.press("ArrowLeft");
  await eventually(() => page.url().includes("/graph/model/"));
});

step("the outline is the same plan, by keyboard", async () => {
  await page.keyboard.press("2");
  await id("row-model").waitFor();
  assert.equal(await page.getByRole("row").count(), 5);
  await id("row-model").focus();
  await page.keyboard.press("ArrowDown");
  await eventually(() => page.evaluate(() => document.activeElement?.dataset.task === "storage"));
});

step("the text tells its problems by line", async () => {
  await page.keyboard.press("3");
  const area = id("plan-text");
  const text = await area.inputValue();
  await area.fill(text.replace('title = "Retry support"', 'title = "Retries"\nslots 4'));
  await id("plan-text-save").click();
  await id("plan-text-problem").getByText("line 3").waitFor();
  await area.fill(text.replace('title = "Retry support"', 'title = "Retries"'));
  await id("plan-text-save").click();
  await id("header").getByText("Retries").waitFor();
});

step("the palette finds commands and tasks", async () => {
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+Shift+P");
  await id("palette").waitFor();
  await page.keyboard.type("storage");
  await page.keyboard.press("Enter");
  await eventually(() => page.url().includes("/graph/storage/"));
});

step("a run goes from Run to landed", async () => {
  await go("empty", "/", { still: false });
  await id("try-demo").click();
  await id("node-seeds").waitFor();
  await id("run").click();
  await id("pause").waitFor();
  await id("node-seeds").and(page.locator("[data-stage='awaiting_approval']")).waitFor({ timeout: 40_000 });
  await eventually(async () => (await id("needs-you").innerText()).startsWith("1 needs you"));
  await page.keyboard.press("Control+.");
  await eventually(() => page.url().includes("/review/seeds/1"));
});

async function eventually(check, limit = 8000) {
  const end = Date.now() + limit;
  for (;;) {
    if (await check()) return;
    if (Date.now() > end) throw new Error(`never true: ${check}`);
    await page.waitForTimeout(50);
  }
}

step("two attempts are compared, taken from and chosen by keys alone", async () => {
  await go("compare", "/plan/compare/graph/storage/spec", { still: false });
  await id("contender-2").waitFor();
  await page.keyboard.press("c");
  await id("compare").waitFor();
  await page.keyboard.press("o");
  await id("verdict-4-A").getByText("Unmet").waitFor();
  await page.keyboard.press("o");
  await page.keyboard.press("j");
  await id("take-hunk-0").waitFor();
  await page.keyboard.press("]");
  await page.keyboard.press("t");
  await page.keyboard.press("k");
  await page.keyboard.press("Shift+T");
  await id("take-parts").getByText("Take 2 parts from B").waitFor();
  await page.keyboard.press("Control+Enter");
  await id("compare-side-A").getByText("Checking 1 of 2").waitFor();
  await id("take-parts").waitFor({ state: "detached" });
  await page.keyboard.press("b");
  await id("adopt-yes").waitFor();
  await page.keyboard.press("Enter");
  await id("compare-side-A").getByText("coppice/keep/compare/storage/1").waitFor();
  await page.keyboard.press("x");
  await id("compare-side-A").getByText("Adopted").waitFor();
  await page.keyboard.press("w");
  await id("review").waitFor();
});

let failed = 0;
for (const [name, run] of steps) {
  try {
    await run();
    process.stdout.write(`ok    ${name}\n`);
  } catch (error) {
    failed++;
    process.stdout.write(`FAIL  ${name}\n${error.stack}\n`);
    await page.screenshot({ path: `/tmp/drive-${failed}.png` });
  }
}
await close();
process.exitCode = failed || complaints() ? 1 : 0;
