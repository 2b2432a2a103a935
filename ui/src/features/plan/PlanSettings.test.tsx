import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { type Fake, newFake } from "../../ipc/fake/engine";
import { usePlan } from "../../ipc/queries";
import { testIds } from "../../testids";
import { sent, showOver } from "../../testing/page";
import { PlanSettings } from "./PlanSettings";

/** While there is a gate, edits wait behind it for their answer. */
let gate: Promise<void> | null = null;
let refused = 0;

beforeEach(() => {
  gate = null;
  refused = 0;
});

function Shown() {
  const { data } = usePlan("retry");
  return data ? <PlanSettings plan={data} /> : null;
}

async function show() {
  const shown = showOver(newFake("normal"), <Shown />, async ({ type }) => {
    if (type !== "edit_plan") return;
    await gate;
    if (refused-- > 0) throw { code: "refused", message: "Somebody else edits it.", hint: null };
  });
  await screen.findByTestId(testIds.field("agent-0-name"));
  return shown;
}

function closed(): () => void {
  let open = () => {};
  gate = new Promise((resolve) => {
    open = resolve;
  });
  return open;
}

const field = (id: string) => screen.getByTestId(testIds.field(id)) as HTMLInputElement;
const enter = (id: string, text: string) => {
  act(() => field(id).focus());
  fireEvent.change(field(id), { target: { value: text } });
  fireEvent.keyDown(field(id), { key: "Enter" });
};
const agents = (fake: Fake) => fake.state.plans.get("retry")?.view.agents ?? [];

test("renaming an agent leaves its row where it is, under its own hands", async () => {
  const { fake, again } = await show();
  const codex = field("agent-1-name");
  expect(codex.value).toBe("codex");
  enter("agent-1-name", "zed");
  await waitFor(() =>
    expect(agents(fake).map((a) => a.name)).toEqual(["claude", "rehearsal", "script", "zed"]),
  );
  await again();
  await waitFor(() => expect(field("agent-1-name").value).toBe("zed"));
  expect(field("agent-1-name")).toBe(codex);
  expect(field("agent-1-effort").value).toBe("high");
  // Whoever the plan names goes by the new name too.
  expect(fake.state.plans.get("retry")?.view.review?.agents).toEqual(["zed"]);
});

test("two quick edits of the agents both arrive, the second made from what the first left", async () => {
  const { fake, again } = await show();
  const open = closed();
  enter("agent-1-name", "zed");
  enter("agent-0-model", "sonnet");
  enter("agent-1-effort", "low");
  fireEvent.click(screen.getByTestId(testIds.addAgent));
  // What is under way is shown, and sent one at a time.
  expect(field("agent-1-name").value).toBe("zed");
  expect(field("agent-4-name").value).toBe("agent");
  await waitFor(() => expect(sent("edit_plan")).toHaveLength(1));
  gate = null;
  open();
  await waitFor(() => expect(sent("edit_plan")).toHaveLength(4));
  await waitFor(() => expect(agents(fake)).toHaveLength(5));
  const found = (name: string) => agents(fake).find((a) => a.name === name);
  expect(found("claude")).toMatchObject({ model: "sonnet" });
  expect(found("zed")).toMatchObject({ adapter: "codex", effort: "low" });
  expect(found("codex")).toBeUndefined();
  await again();
  await waitFor(() => expect(field("agent-0-model").value).toBe("sonnet"));
  expect([0, 1, 2, 3, 4].map((at) => field(`agent-${at}-name`).value)).toEqual([
    "claude",
    "zed",
    "rehearsal",
    "script",
    "agent",
  ]);
});

test("what was refused is not taken along by the next edit", async () => {
  const { fake } = await show();
  const open = closed();
  enter("agent-0-model", "sonnet");
  enter("agent-1-effort", "low");
  refused = 1;
  open();
  await waitFor(() => expect(agents(fake)[1]).toMatchObject({ effort: "low" }));
  expect(agents(fake)[0]?.model).toBe("opus");
  await waitFor(() => expect(field("agent-0-model").value).toBe("opus"));
});

test("two quick edits of the checks both arrive", async () => {
  const { fake } = await show();
  const open = closed();
  enter("check-0-command", "make test");
  enter("check-1-command", "make lint");
  open();
  await waitFor(() =>
    expect(fake.state.plans.get("retry")?.view.checks.map((c) => c.command)).toEqual([
      "make test",
      "make lint",
    ]),
  );
});
