import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { newFake, type World } from "../../ipc/fake/engine";
import { runAction } from "../../lib/actions";
import { useDesk } from "../../lib/desk";
import { currentRoute } from "../../lib/route";
import { testIds } from "../../testids";
import { asked, showOver } from "../../testing/page";
import { Inbox } from "./Inbox";

let refuse: { code: string; message: string; hint: string | null } | null = null;

beforeEach(() => {
  refuse = null;
  window.history.replaceState(null, "", "/?still#/inbox");
});

function show(world: World = "asking") {
  return showOver(newFake(world), <Inbox />, ({ type }) => {
    if (refuse && (type === "answer" || type === "message")) throw refuse;
  }).fake;
}

const sent = () => asked.filter((r) => r.type === "answer" || r.type === "message");

/** The item of a task, chosen, once its answers are there. */
async function item(task: string): Promise<HTMLElement> {
  const row = await screen.findByTestId(testIds.inboxItem(`asking-${task}-1-needs_you`));
  fireEvent.click(row);
  return row;
}

const press = (n: number) => act(() => void runAction(`inbox.answer-${n}`));

test("a permission is given by one key", async () => {
  show();
  const row = await item("deps");
  expect(row.textContent).toContain("npm install left-pad --save-exact");
  await within(row).findByTestId(testIds.action("allow"));
  press(1);
  await waitFor(() =>
    expect(sent()).toEqual([{ type: "answer", plan: "asking", task: "deps", answer: { answer: "allow" } }]),
  );
});

test("a denial needs no words", async () => {
  show();
  const row = await item("deps");
  await within(row).findByTestId(testIds.action("deny"));
  press(2);
  await waitFor(() => expect(sent()).toMatchObject([{ answer: { answer: "deny", message: "" } }]));
});

test("a denial may say why, and keys keep their places meanwhile", async () => {
  show();
  const row = await item("deps");
  await within(row).findByTestId(testIds.denyWithWords);
  press(3);
  const line = await within(row).findByTestId(testIds.answerText);
  expect(document.activeElement).toBe(line);
  fireEvent.change(line, { target: { value: "Use the vendored one." } });
  fireEvent.submit(line);
  await waitFor(() =>
    expect(sent()).toMatchObject([{ answer: { answer: "deny", message: "Use the vendored one." } }]),
  );
});

test("a question is answered with a line, and what is refused stays to be sent again", async () => {
  const fake = show();
  const row = await item("batch");
  await within(row).findByTestId(testIds.answerText);
  press(1);
  const line = within(row).getByTestId(testIds.answerText) as HTMLInputElement;
  expect(document.activeElement).toBe(line);
  expect((within(row).getByTestId(testIds.answerSend) as HTMLButtonElement).disabled).toBe(true);
  fireEvent.change(line, { target: { value: "Send nothing." } });
  refuse = { code: "refused", message: "Its terminal is busy.", hint: "Try again." };
  fireEvent.submit(line);
  expect((await within(row).findByRole("alert")).textContent).toBe("Its terminal is busy. Try again.");
  expect(line.value).toBe("Send nothing.");
  refuse = null;
  fireEvent.submit(line);
  await waitFor(() => expect(line.value).toBe(""));
  expect(sent().at(-1)).toEqual({
    type: "answer",
    plan: "asking",
    task: "batch",
    answer: { answer: "text", text: "Send nothing." },
  });
  expect(fake.state.plans.get("asking")?.view.tasks.find((t) => t.id === "batch")?.stage.kind).toBe(
    "implementing",
  );
});

test("an agent that rests is sent a message, and its terminal is shown", async () => {
  show();
  const row = await item("cache");
  const line = await within(row).findByTestId(testIds.answerText);
  fireEvent.change(line, { target: { value: "Commit what you have." } });
  fireEvent.submit(line);
  await waitFor(() =>
    expect(sent()).toEqual([
      { type: "message", plan: "asking", task: "cache", text: "Commit what you have." },
    ]),
  );
  const before = useDesk.getState().shownRunAsked;
  await waitFor(() =>
    expect((within(row).getByTestId(testIds.answerTerminal) as HTMLButtonElement).disabled).toBe(false),
  );
  press(2);
  expect(useDesk.getState().shownRunAsked).toBe(before + 1);
  expect(useDesk.getState().shownRun).toBe("asking-cache-1-claude");
  expect(currentRoute()).toMatchObject({ at: "plan", plan: "asking", task: "cache" });
});

test("what a person has to decide is decided in the review", async () => {
  show();
  for (const task of ["limits", "audit"]) {
    const row = await item(task);
    await waitFor(() =>
      expect(
        within(row).getByTestId(testIds.inboxAnswer(`asking-${task}-1-needs_you`, "open")).textContent,
      ).toContain("Review"),
    );
    window.location.hash = "#/inbox";
    act(() => void runAction("inbox.open"));
    await waitFor(() => expect(currentRoute()).toMatchObject({ at: "review", plan: "asking", task }));
  }
});

test("what is ready to compare is compared, and one of several is answered by its attempt", async () => {
  show("compare");
  const ready = await screen.findByTestId(testIds.inboxItem("compare-storage-2-ready_to_compare"));
  expect(ready.textContent).toContain("Two attempts are ready to compare.");
  fireEvent.click(ready);
  const open = await within(ready).findByTestId(
    testIds.inboxAnswer("compare-storage-2-ready_to_compare", "open"),
  );
  await waitFor(() => expect(open.textContent).toContain("Compare"));
  press(1);
  await waitFor(() => expect(currentRoute()).toMatchObject({ at: "compare", task: "storage", pair: null }));
  const asking = screen.getByTestId(testIds.inboxItem("compare-client-2-needs_you"));
  fireEvent.click(asking);
  await within(asking).findByTestId(testIds.action("allow"));
  press(1);
  await waitFor(() =>
    expect(sent()).toEqual([
      { type: "answer", plan: "compare", task: "client", attempt: 1, answer: { answer: "allow" } },
    ]),
  );
});
