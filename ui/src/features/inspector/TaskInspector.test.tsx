import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { newFake } from "../../ipc/fake/engine";
import { runAction } from "../../lib/actions";
import type { InspectorTab } from "../../lib/route";
import { testIds } from "../../testids";
import { asked, showOver } from "../../testing/page";
import { Inspector } from "./Inspector";

let refuse: { code: string; message: string; hint: string | null } | null = null;

beforeEach(() => {
  refuse = null;
});

function show(task: string, tab: InspectorTab = "spec", fake = newFake("asking"), plan = "asking") {
  const page = <Inspector plan={plan} task={task} tab={tab} view="graph" />;
  return showOver(fake, page, ({ type }) => {
    if (refuse && (type === "answer" || type === "message")) throw refuse;
  });
}

const sent = () => asked.filter((r) => r.type === "answer" || r.type === "message");

test("a permission is answered once, beside what is asked, and a refusal is said there", async () => {
  show("deps");
  expect(await screen.findAllByTestId(testIds.action("allow"))).toHaveLength(1);
  expect(screen.getByTestId(testIds.inspector).textContent).toContain("npm install left-pad");
  expect(screen.queryByTestId(testIds.messageAgent)).toBeNull();
  refuse = { code: "refused", message: "It was answered in the terminal.", hint: null };
  expect(runAction("task.allow")).toBe(true);
  expect((await screen.findByRole("alert")).textContent).toBe("It was answered in the terminal.");
  refuse = null;
  expect(runAction("task.deny")).toBe(true);
  await waitFor(() => expect(sent().at(-1)).toMatchObject({ answer: { answer: "deny", message: "" } }));
});

test("a command that asks for permission is shown sign by sign", async () => {
  const fake = newFake("asking");
  const task = fake.state.plans.get("asking")?.view.tasks.find((t) => t.id === "deps");
  if (task?.stage.reason)
    task.stage.reason.text = "The agent asks for permission: Bash: echo `rm -r x`\u202e";
  show("deps", "spec", fake);
  const inspector = await screen.findByTestId(testIds.inspector);
  await waitFor(() => expect(inspector.textContent).toContain("Bash: echo `rm -r x`"));
  expect(inspector.querySelector("[data-label]")).toBeTruthy();
});

test("a question is answered here too, and its words outlive a look elsewhere", async () => {
  const first = show("batch");
  fireEvent.change(await screen.findByTestId(testIds.answerText), { target: { value: "Send noth" } });
  first.unmount();
  show("batch");
  const line = (await screen.findByTestId(testIds.answerText)) as HTMLInputElement;
  expect(line.value).toBe("Send noth");
  fireEvent.change(line, { target: { value: "Send nothing." } });
  fireEvent.submit(line);
  await waitFor(() => expect(sent()).toMatchObject([{ answer: { answer: "text", text: "Send nothing." } }]));
});

test("an agent at work is sent a message", async () => {
  show("log");
  fireEvent.click(await screen.findByTestId(testIds.messageAgent));
  const line = await screen.findByTestId(testIds.answerText);
  fireEvent.change(line, { target: { value: "Keep the old field names." } });
  fireEvent.submit(line);
  await waitFor(() =>
    expect(sent()).toEqual([
      { type: "message", plan: "asking", task: "log", text: "Keep the old field names." },
    ]),
  );
  await waitFor(() => expect(screen.queryByTestId(testIds.answerText)).toBeNull());
});

test("a command reads no messages", async () => {
  show("smoke");
  await screen.findByTestId(testIds.action("end_run"));
  expect(screen.queryByTestId(testIds.messageAgent)).toBeNull();
});

test("usage stands beside each run, and summed for the attempt and the task", async () => {
  const fake = newFake("asking");
  const [attempt] = fake.state.plans.get("asking")?.attempts.get("cache") ?? [];
  if (!attempt) throw new Error("the fake has no attempt of cache");
  const [agent, setup] = attempt.runs;
  if (!agent || !setup) throw new Error("the attempt has no runs");
  agent.usage = { model: "opus", input: 1000, output: 500, cached: 500, cost: 0.25 };
  setup.usage = { model: "opus", input: 100, output: 0, cached: 0, cost: 0.05 };
  const page = show("cache", "agent", fake);
  expect((await screen.findByTestId(testIds.usage(agent.id))).textContent).toBe("2.0k tokens · $0.25");
  expect(screen.getByTestId(testIds.usage("attempt-1")).textContent).toBe("2.1k tokens · $0.30");
  page.unmount();
  fake.state.plans
    .get("asking")
    ?.attempts.get("cache")
    ?.push({ ...attempt, number: 0, runs: [{ ...setup, id: "earlier" }] });
  show("cache", "history", fake);
  expect((await screen.findByTestId(testIds.usage("task"))).textContent).toBe("2.2k tokens · $0.35");
  expect(screen.getByTestId(testIds.usage("attempt-1")).textContent).toBe("2.1k tokens · $0.30");
  expect(screen.getByTestId(testIds.usage("earlier")).textContent).toBe("100 tokens · $0.05");
});

test("what a review shows first is read while the task is read, once somebody is to decide", async () => {
  const read = () => asked.filter((r) => r.type === "changed_files" || r.type === "file_diff");
  show("queue", "spec", newFake("normal"), "retry");
  await screen.findByTestId(testIds.openReview);
  await waitFor(() => expect(read()).toHaveLength(2));
  const [list, first] = read();
  expect(list).toMatchObject({ type: "changed_files", task: "queue", scope: "branch" });
  // In the order in which the review lists them.
  expect(first).toMatchObject({ type: "file_diff", path: "crates/queue/src/legacy.rs" });
});

test("of a task that works on, nothing is read ahead", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  try {
    show("client", "spec", newFake("normal"), "retry");
    await screen.findByTestId(testIds.inspector);
    await waitFor(() => expect(asked.some((r) => r.type === "task")).toBe(true));
    // Longer than a person's look that counts.
    await vi.advanceTimersByTimeAsync(2000);
    expect(asked.some((r) => r.type === "changed_files")).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});
