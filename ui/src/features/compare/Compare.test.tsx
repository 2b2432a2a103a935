import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { useToasts } from "../../components/toast";
import { finishJudging } from "../../ipc/fake/compare/acts";
import { type Fake, newFake } from "../../ipc/fake/engine";
import { keys } from "../../ipc/keys";
import { usePassing } from "../../ipc/live";
import { runAction } from "../../lib/actions";
import { useDesk } from "../../lib/desk";
import { currentRoute, useRoute } from "../../lib/route";
import { testIds } from "../../testids";
import { asked, sent, showOver } from "../../testing/page";
import { Compare } from "./Compare";
import { useCollections } from "./collection";

beforeEach(() => {
  useToasts.setState({ toasts: [] });
  useCollections.setState({ all: {} });
  usePassing.setState({ warnings: {} });
  // A list that has no height shows nothing.
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(900);
});

/** As the window shows it: the route decides which two. */
function Routed() {
  const route = useRoute();
  if (route.at !== "compare") return null;
  return <Compare plan={route.plan} task={route.task} pair={route.pair} />;
}

function show(path: string, fake = newFake("compare")) {
  window.history.replaceState(null, "", `/?still#/plan/compare/compare/${path}`);
  return showOver(fake, <Routed />);
}

const attempt = (fake: Fake, task: string, number: number) => {
  const found = fake.state.plans
    .get("compare")
    ?.attempts.get(task)
    ?.find((a) => a.number === number);
  if (!found) throw new Error(`${task} has no attempt ${number}`);
  return found;
};
const press = (id: string) => act(() => void runAction(`compare.${id}`));
const retry = "crates/storage/src/retry.rs";
const queue = "crates/storage/src/queue.rs";

test("both are measured, and the better value is told to those who see no mark", async () => {
  show("storage/1/2");
  const met = await screen.findByTestId(testIds.compareFact("requirements", "B"));
  expect(met.textContent).toContain("4 of 4");
  expect(within(met).getByText("(better)")).toBeTruthy();
  const other = screen.getByTestId(testIds.compareFact("requirements", "A"));
  expect(other.textContent).toBe("3 of 4unmet: 4");
  expect(screen.getByTestId(testIds.compareSide("A")).textContent).toContain("attempt 1 claude");
});

test("adopting asks once, says what ends and what is kept, and then is shown as done", async () => {
  const { fake, again } = show("storage/1/2");
  fireEvent.click(await screen.findByTestId(testIds.adopt("B")));
  expect(sent("adopt")).toEqual([]);
  expect(screen.getByText(/Attempt 1 of claude ends; its work stays under a keep ref/)).toBeTruthy();
  fireEvent.change(screen.getByTestId(testIds.adoptReason), {
    target: { value: "Its tests need no sleep." },
  });
  fireEvent.submit(screen.getByTestId(testIds.adoptReason));
  await waitFor(() =>
    expect(sent("adopt")).toEqual([
      { type: "adopt", plan: "compare", task: "storage", attempt: 2, reason: "Its tests need no sleep." },
    ]),
  );
  await again();
  const loser = screen.getByTestId(testIds.compareSide("A"));
  await waitFor(() =>
    expect(loser.textContent).toContain("Attempt 2 (codex) was adopted instead: Its tests need no sleep."),
  );
  expect(loser.textContent).toContain("Given up");
  expect(loser.textContent).toContain("coppice/keep/compare/storage/1");
  expect(screen.getByTestId(testIds.compareSide("B")).textContent).toContain("Adopted");
  expect(screen.queryByTestId(testIds.adopt("A"))).toBeNull();
  expect(attempt(fake, "storage", 2).adopted).toBe(true);
});

test("the keys ask too, and Escape takes it back", async () => {
  show("storage/1/2");
  await screen.findByTestId(testIds.adopt("A"));
  press("adopt-a");
  const yes = await screen.findByTestId(testIds.adoptYes);
  expect(document.activeElement).toBe(yes);
  fireEvent.keyDown(yes, { key: "Escape" });
  expect(screen.queryByTestId(testIds.adoptYes)).toBeNull();
  expect(sent("adopt")).toEqual([]);
});

test("files and hunks are collected and sent as one request, with both heads and the hunk's own numbers", async () => {
  const { fake, again } = show("storage/1/2");
  const heads = [1, 2].map((n) => attempt(fake, "storage", n).head);
  fireEvent.click(await screen.findByTestId(testIds.compareFile(retry)));
  fireEvent.click(await screen.findByTestId(testIds.takeHunk(1)));
  fireEvent.click(screen.getByTestId(testIds.takeHunk(0)));
  fireEvent.click(screen.getByTestId(testIds.compareFile(queue)));
  press("take-file");
  const take = await screen.findByTestId(testIds.takeParts);
  expect(take.textContent).toContain("Take 3 parts from B");
  expect(screen.getByText(/goes through its gates again/)).toBeTruthy();
  const [hunks] = asked.filter((r) => r.type === "file_between" && r.path === retry);
  expect(hunks).toMatchObject({ a: 1, b: 2, context: 3 });
  fireEvent.click(take);
  await waitFor(() => expect(sent("take")).toHaveLength(1));
  const [request] = sent("take");
  expect(request).toMatchObject({ attempt: 1, head: heads[0], from: 2, from_head: heads[1] });
  expect(request?.parts).toEqual([
    { path: queue, hunks: [] },
    {
      path: retry,
      hunks: [
        { old_start: 1, old_lines: 7, new_start: 1, new_lines: 7 },
        { old_start: 10, old_lines: 8, new_start: 10, new_lines: 8 },
      ],
    },
  ]);
  // They stay in sight until they are there.
  expect(await screen.findByText(/being brought into A/)).toBeTruthy();
  expect(screen.getByTestId(testIds.takeParts)).toBeTruthy();
  await again();
  await waitFor(() => expect(screen.queryByTestId(testIds.takeParts)).toBeNull());
  expect(useToasts.getState().toasts.map((t) => t.message)).toEqual([
    "Took 3 parts into attempt 1. It goes through its gates again.",
  ]);
  expect(screen.queryByTestId(testIds.takeDropped)).toBeNull();
  // What was taken is the same in both now.
  await waitFor(() => expect(screen.getByTestId(testIds.compareFile(queue)).dataset.mark).toBe("same"));
  expect(screen.getByTestId(testIds.compareSide("A")).textContent).toContain("Checking 1 of 2");
});

test("a key takes the hunk that the cursor is at, and leaves it out again", async () => {
  show("storage/1/2");
  fireEvent.click(await screen.findByTestId(testIds.compareFile(retry)));
  await screen.findByTestId(testIds.takeHunk(1));
  press("take-hunk");
  expect(screen.getByTestId(testIds.takeHunk(0)).textContent).toBe("Collected");
  expect((await screen.findByTestId(testIds.takeParts)).textContent).toContain("Take 1 hunk from B");
  press("take-hunk");
  expect(screen.queryByTestId(testIds.takeParts)).toBeNull();
});

test("a refusal is said in words, and what was collected stays", async () => {
  const { fake } = show("storage/1/2");
  fake.state.plans.get("compare")?.contests.get("storage")?.dirty.set(1, "src/retry.rs");
  fireEvent.click(await screen.findByTestId(testIds.compareFile(queue)));
  fireEvent.click(screen.getByTestId(testIds.takeFile));
  fireEvent.click(await screen.findByTestId(testIds.takeParts));
  const problem = await screen.findByTestId(testIds.takeProblem);
  expect(problem.textContent).toContain("Attempt 1 holds uncommitted changes: src/retry.rs.");
  expect(problem.textContent).toContain("Commit them or put them away first.");
  expect(screen.getByTestId(testIds.takeParts)).toBeTruthy();
});

test("parts are dropped in sight when a head moves", async () => {
  const { fake, client } = show("storage/1/2");
  fireEvent.click(await screen.findByTestId(testIds.compareFile(queue)));
  fireEvent.click(screen.getByTestId(testIds.takeFile));
  await screen.findByTestId(testIds.takeParts);
  attempt(fake, "storage", 2).head = "f".repeat(40);
  await act(() => client.invalidateQueries({ queryKey: [...keys.task("compare", "storage")] }));
  const dropped = await screen.findByTestId(testIds.takeDropped);
  expect(dropped.textContent).toContain("1 collected part was dropped: the head of B moved from");
  expect(dropped.textContent).toContain("to fffffff");
  expect(screen.queryByTestId(testIds.takeParts)).toBeNull();
  expect(screen.getByTestId(testIds.takeFile).textContent).toContain("Take file");
});

test("a head that moved unseen is refused by the engine, and both are read again", async () => {
  const { fake } = show("storage/1/2");
  fireEvent.click(await screen.findByTestId(testIds.compareFile(queue)));
  fireEvent.click(screen.getByTestId(testIds.takeFile));
  const take = await screen.findByTestId(testIds.takeParts);
  attempt(fake, "storage", 1).head = "e".repeat(40);
  const before = sent("compare").length;
  fireEvent.click(take);
  await waitFor(() => expect(sent("compare").length).toBeGreaterThan(before));
  expect((await screen.findByTestId(testIds.takeDropped)).textContent).toContain("the head of A moved from");
});

test("what stands in the way after the engine agreed is said, and nothing is adopted", async () => {
  const { fake } = show("storage/1/2");
  // It agrees, and then the head does not move.
  const answer = fake.answer;
  fake.answer = (request) => (request.type === "take" ? { type: "done" } : answer(request));
  fireEvent.click(await screen.findByTestId(testIds.compareFile(queue)));
  fireEvent.click(screen.getByTestId(testIds.takeFile));
  fireEvent.click(screen.getByTestId(testIds.adopt("A")));
  fireEvent.click(screen.getByTestId(testIds.adoptYes));
  await screen.findByText(/as soon as the parts are in it/);
  const message = "Nothing was taken into attempt 1: its worktree holds uncommitted changes to src/a.rs.";
  act(() => usePassing.setState({ warnings: { "compare\nstorage": { seq: 7, message } } }));
  expect((await screen.findByTestId(testIds.takeProblem)).textContent).toContain(message);
  expect(screen.getByTestId(testIds.takeParts)).toBeTruthy();
  expect(sent("adopt")).toEqual([]);
});

test("what was collected for the one that is given up is gone", async () => {
  show("storage/1/2");
  fireEvent.click(await screen.findByTestId(testIds.compareFile(queue)));
  fireEvent.click(screen.getByTestId(testIds.takeFile));
  fireEvent.click(screen.getByTestId(testIds.adopt("B")));
  expect(screen.getByText(/What was collected for A is dropped/)).toBeTruthy();
  fireEvent.click(screen.getByTestId(testIds.adoptYes));
  await waitFor(() => expect(sent("adopt")).toHaveLength(1));
  await waitFor(() => expect(screen.queryByTestId(testIds.takeParts)).toBeNull());
});

test("adopting the one that receives waits until what was collected for it is there", async () => {
  const { again } = show("storage/1/2");
  fireEvent.click(await screen.findByTestId(testIds.compareFile(queue)));
  fireEvent.click(screen.getByTestId(testIds.takeFile));
  await waitFor(() =>
    expect(screen.getByTestId(testIds.adopt("A")).textContent).toContain("with 1 file from B"),
  );
  fireEvent.click(screen.getByTestId(testIds.adopt("A")));
  fireEvent.click(screen.getByTestId(testIds.adoptYes));
  expect(await screen.findByText(/as soon as the parts are in it/)).toBeTruthy();
  expect(sent("adopt")).toEqual([]);
  await again();
  await waitFor(() => expect(sent("adopt")).toHaveLength(1));
  const order = asked.map((r) => r.type).filter((type) => type === "take" || type === "adopt");
  expect(order).toEqual(["take", "adopt"]);
});

test("nothing is adopted when what was collected for it is refused", async () => {
  const { fake } = show("storage/1/2");
  fake.state.plans.get("compare")?.contests.get("storage")?.dirty.set(1, "src/retry.rs");
  fireEvent.click(await screen.findByTestId(testIds.compareFile(queue)));
  fireEvent.click(screen.getByTestId(testIds.takeFile));
  fireEvent.click(screen.getByTestId(testIds.adopt("A")));
  fireEvent.click(screen.getByTestId(testIds.adoptYes));
  await screen.findByTestId(testIds.takeProblem);
  expect(sent("adopt")).toEqual([]);
});

test("swapping changes which of them receives", async () => {
  show("storage/1/2");
  fireEvent.click(await screen.findByTestId(testIds.compareSwap));
  expect(currentRoute()).toMatchObject({ at: "compare", pair: [2, 1] });
  await waitFor(() =>
    expect(screen.getByTestId(testIds.compareSide("A")).textContent).toContain("attempt 2 codex"),
  );
  fireEvent.click(screen.getByTestId(testIds.compareFile(queue)));
  fireEvent.click(screen.getByTestId(testIds.takeFile));
  fireEvent.click(await screen.findByTestId(testIds.takeParts));
  await waitFor(() => expect(sent("take")[0]).toMatchObject({ attempt: 2, from: 1 }));
});

test("a given-up attempt receives nothing, but the adopted one still takes from it", async () => {
  show("config/2/1");
  fireEvent.click(await screen.findByTestId(testIds.compareFile(queue)));
  expect((screen.getByTestId(testIds.takeFile) as HTMLButtonElement).disabled).toBe(true);
  expect(screen.getByText(/A was given up: Attempt 1 \(claude\) was adopted instead/)).toBeTruthy();
  press("swap");
  await waitFor(() =>
    expect((screen.getByTestId(testIds.takeFile) as HTMLButtonElement).disabled).toBe(false),
  );
  fireEvent.click(screen.getByTestId(testIds.takeFile));
  fireEvent.click(await screen.findByTestId(testIds.takeParts));
  await waitFor(() => expect(sent("take")[0]).toMatchObject({ attempt: 1, from: 2 }));
});

test("of three, two are picked; one that is picked twice changes places", async () => {
  show("parts");
  const pick = (await screen.findByTestId(testIds.comparePick("B"))) as HTMLSelectElement;
  expect([...pick.options].map((o) => o.value)).toEqual(["1", "2", "3"]);
  fireEvent.change(pick, { target: { value: "3" } });
  await waitFor(() => expect(currentRoute()).toMatchObject({ pair: [1, 3] }));
  await waitFor(() => expect(sent("compare").at(-1)).toMatchObject({ a: 1, b: 3 }));
  fireEvent.change(screen.getByTestId(testIds.comparePick("A")), { target: { value: "3" } });
  await waitFor(() => expect(currentRoute()).toMatchObject({ pair: [3, 1] }));
});

test("the three diffs are the three questions that are asked", async () => {
  show("storage/1/2");
  fireEvent.click(await screen.findByTestId(testIds.compareFile(queue)));
  await waitFor(() => expect(sent("file_between").some((r) => r.path === queue)).toBe(true));
  press("diff-a");
  await waitFor(() =>
    expect(sent("file_diff").at(-1)).toMatchObject({ attempt: 1, scope: "branch", path: queue }),
  );
  expect(screen.queryByTestId(testIds.takeFile)).toBeNull();
  press("next-diff");
  await waitFor(() => expect(sent("file_diff").at(-1)).toMatchObject({ attempt: 2, path: queue }));
});

test("files are filtered by who changed them", async () => {
  show("storage/1/2");
  fireEvent.click(await screen.findByTestId(testIds.compareMark("b")));
  expect(screen.getByTestId(testIds.compareMark("b")).textContent).toBe("B 4");
  expect(screen.getByTestId(testIds.compareMark("b")).getAttribute("aria-pressed")).toBe("true");
  // The file that is shown is one of those that are left.
  await waitFor(() =>
    expect(sent("file_between").some((r) => r.path.endsWith("benches/backoff.rs"))).toBe(true),
  );
});

test("each requirement has both verdicts, and its evidence leads into that side's diff", async () => {
  show("storage/1/2");
  await screen.findByTestId(testIds.compareSide("A"));
  press("verdicts");
  const unmet = screen.getByTestId(testIds.compareRequirement("4", "A"));
  expect(unmet.textContent).toContain("Unmet");
  expect(screen.getByTestId(testIds.compareRequirement("4", "B")).textContent).toContain("Met");
  fireEvent.click(within(unmet).getByRole("button"));
  await waitFor(() => expect(sent("file_diff").at(-1)).toMatchObject({ attempt: 1, path: queue }));
});

test("a judge is asked for these two, and what it says stands there as advice", async () => {
  const { fake, again } = show("queue/1/2");
  await screen.findByTestId(testIds.judge);
  press("judge");
  await waitFor(() =>
    expect(sent("judge")).toEqual([
      { type: "judge", plan: "compare", task: "queue", a: 1, b: 2, agent: null },
    ]),
  );
  await again();
  await waitFor(() => expect(screen.getByTestId(testIds.judge).textContent).toBe("A judge reads now…"));
  const plan = fake.state.plans.get("compare");
  if (plan) finishJudging(fake, plan, "queue");
  await again();
  expect((await screen.findByTestId(testIds.judgement(0))).textContent).toContain("preferred B both times");
  expect(screen.getByTestId(testIds.adopt("A"))).toBeTruthy();
});

test("advice that is void is struck, with why", async () => {
  show("storage/1/2");
  await screen.findByTestId(testIds.judgement(0));
  fireEvent.click(screen.getByRole("button", { name: "Advice" }));
  const old = screen.getByTestId(testIds.judgement(1));
  expect(old.querySelector("s")?.textContent).toContain("settled on neither");
  expect(old.textContent).toContain("Void: The head of attempt 1 moved since.");
  expect(screen.getByTestId(testIds.judgement(0)).querySelector("s")).toBeNull();
});

test("the newest terminal and the review of each are one press away", async () => {
  const { fake } = show("storage/1/2");
  fireEvent.click(await screen.findByTestId(testIds.compareTerminal("B")));
  const newest = [...attempt(fake, "storage", 2).runs].sort((x, y) => y.started_ms - x.started_ms)[0];
  expect(useDesk.getState().shownRun).toBe(newest?.id);
  expect(currentRoute()).toMatchObject({ at: "plan", task: "storage" });
});

test("one attempt alone offers a second beside it", async () => {
  show("single");
  const button = await screen.findByTestId(testIds.tryBeside);
  expect(screen.getByText("Only one attempt at Retry model")).toBeTruthy();
  fireEvent.keyDown(button, { key: "Enter" });
  fireEvent.click(await screen.findByTestId(testIds.tryBesideAgent("codex")));
  await waitFor(() =>
    expect(sent("try_beside")).toEqual([
      { type: "try_beside", plan: "compare", task: "single", agent: "codex" },
    ]),
  );
});

test("what nobody has tried says how several are chosen", async () => {
  show("api");
  expect(await screen.findByText("Nobody has tried Public API yet")).toBeTruthy();
  expect(screen.queryByTestId(testIds.tryBeside)).toBeNull();
});
