import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { newFake } from "../../ipc/fake/engine";
import { runAction } from "../../lib/actions";
import { useDesk } from "../../lib/desk";
import { currentRoute, type InspectorTab } from "../../lib/route";
import { testIds } from "../../testids";
import { sent, showOver } from "../../testing/page";
import { Inspector } from "./Inspector";

function show(task: string, tab: InspectorTab = "spec") {
  return showOver(newFake("compare"), <Inspector plan="compare" task={task} tab={tab} view="graph" />);
}

test("each of several stands with its agent, its stage and its size", async () => {
  show("queue");
  const first = await screen.findByTestId(testIds.contender(1));
  expect(first.textContent).toContain("claude 1Ready to compare");
  expect(first.textContent).toContain("5 files · +20 −2");
  expect(screen.getByTestId(testIds.contender(2)).textContent).toContain("codexReady to compare");
  expect(screen.getByTestId(testIds.contender(3)).textContent).toContain("claude 3Working");
});

test("one's own terminal and review are opened from its own row", async () => {
  const { fake } = show("queue");
  fireEvent.click(await screen.findByTestId(testIds.contenderTerminal(3)));
  const runs = fake.state.plans.get("compare")?.attempts.get("queue")?.[0]?.runs ?? [];
  expect(runs.map((r) => r.id)).toContain(useDesk.getState().shownRun);
  fireEvent.click(screen.getByTestId(testIds.contenderReview(1)));
  expect(currentRoute()).toMatchObject({ at: "review", task: "queue", attempt: 1 });
});

test("a permission is given to the one that asks", async () => {
  show("client");
  const asking = await screen.findByTestId(testIds.contender(1));
  expect(asking.textContent).toContain("cargo add backon");
  expect(screen.getAllByTestId(testIds.action("allow"))).toHaveLength(1);
  expect(runAction("task.allow")).toBe(true);
  await waitFor(() =>
    expect(sent("answer")).toEqual([
      { type: "answer", plan: "compare", task: "client", attempt: 1, answer: { answer: "allow" } },
    ]),
  );
});

test("a message goes to the one at work that it was written to", async () => {
  show("client");
  const other = await screen.findByTestId(testIds.contender(2));
  fireEvent.click(within(other).getByText("Message agent…"));
  const line = await screen.findByTestId(testIds.answerText);
  fireEvent.change(line, { target: { value: "Keep the old names." } });
  fireEvent.submit(line);
  await waitFor(() => expect(sent("message")).toMatchObject([{ task: "client", attempt: 2 }]));
});

test("one of them is discarded alone, after asking once", async () => {
  show("storage");
  fireEvent.click(await screen.findByTestId(testIds.contenderAction(2, "discard")));
  expect(sent("discard")).toEqual([]);
  expect(screen.getByTestId(testIds.confirm).textContent).toContain("attempt 2 of codex");
  fireEvent.click(screen.getByTestId(testIds.confirmYes));
  await waitFor(() =>
    expect(sent("discard")).toEqual([{ type: "discard", plan: "compare", task: "storage", attempt: 2 }]),
  );
});

test("what ends the task names no attempt", async () => {
  show("storage");
  fireEvent.click(await screen.findByTestId(testIds.action("cancel")));
  fireEvent.click(screen.getByTestId(testIds.confirmYes));
  await waitFor(() => expect(sent("cancel")).toEqual([{ type: "cancel", plan: "compare", task: "storage" }]));
});

test("comparing is one press or one key away", async () => {
  show("storage");
  fireEvent.click(await screen.findByTestId(testIds.openCompare));
  expect(currentRoute()).toEqual({ at: "compare", plan: "compare", task: "storage", pair: null });
  window.history.replaceState(null, "", "/?still#/");
  expect(runAction("task.compare")).toBe(true);
  expect(currentRoute()).toMatchObject({ at: "compare" });
});

test("another agent is tried beside the only one", async () => {
  show("single");
  fireEvent.keyDown(await screen.findByTestId(testIds.tryBeside), { key: "Enter" });
  fireEvent.click(await screen.findByTestId(testIds.tryBesideAgent("codex")));
  await waitFor(() => expect(sent("try_beside")).toMatchObject([{ task: "single", agent: "codex" }]));
});

test("after adopting, the adopted attempt is the task's, though a later one was tried beside it", async () => {
  show("config");
  await screen.findByTestId(testIds.openReview);
  fireEvent.click(screen.getByTestId(testIds.openReview));
  expect(currentRoute()).toMatchObject({ at: "review", task: "config", attempt: 1 });
  expect(screen.queryByTestId(testIds.tryBeside)).toBeNull();
  fireEvent.click(screen.getByTestId(testIds.openCompare));
  expect(currentRoute()).toMatchObject({ at: "compare", task: "config" });
});

test("agents are chosen side by side, and the last one left is the task's own", async () => {
  const { client } = show("api", "agent");
  const field = await screen.findByTestId(testIds.sideAgents);
  expect(field.textContent).toContain("claude");
  expect(screen.queryByTestId(testIds.field("agent"))).toBeNull();
  fireEvent.keyDown(screen.getByTestId(testIds.sideAgentAdd), { key: "Enter" });
  fireEvent.click(await screen.findByTestId(testIds.tryBesideAgent("claude")));
  await waitFor(() =>
    expect(sent("edit_plan").at(-1)?.edit).toEqual({
      type: "update_task",
      task: "api",
      patch: { attempts: ["claude", "codex", "claude"] },
    }),
  );
  await client.invalidateQueries();
  fireEvent.click(await screen.findByTestId(testIds.sideAgentDrop(2)));
  await waitFor(() =>
    expect(sent("edit_plan").at(-1)?.edit).toMatchObject({ patch: { attempts: ["claude", "codex"] } }),
  );
  await client.invalidateQueries();
  await waitFor(() => expect(screen.queryByTestId(testIds.sideAgentDrop(2))).toBeNull());
  fireEvent.click(screen.getByTestId(testIds.sideAgentDrop(0)));
  await waitFor(() =>
    expect(sent("edit_plan").at(-1)?.edit).toMatchObject({ patch: { attempts: [], agent: "codex" } }),
  );
});

test("two quick changes of who tries it both arrive", async () => {
  const { fake } = show("api", "agent");
  fireEvent.click(await screen.findByTestId(testIds.sideAgentDrop(0)));
  fireEvent.keyDown(screen.getByTestId(testIds.sideAgentAdd), { key: "Enter" });
  fireEvent.click(await screen.findByTestId(testIds.tryBesideAgent("opus")));
  await waitFor(() => expect(sent("edit_plan")).toHaveLength(2));
  await waitFor(() =>
    expect(fake.state.plans.get("compare")?.view.tasks.find((t) => t.id === "api")?.attempts).toEqual([
      "codex",
      "opus",
    ]),
  );
});
