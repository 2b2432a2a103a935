import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { TooltipProvider } from "../../components/Tooltip";
import type { Request } from "../../ipc/bindings/Request";
import { newCache } from "../../ipc/cache";
import { type Fake, newFake } from "../../ipc/fake/engine";
import { transportOf } from "../../ipc/fake/transport";
import { usePlan } from "../../ipc/queries";
import { setTransport } from "../../ipc/transport";
import { testIds } from "../../testids";
import { PlanSettings } from "./PlanSettings";

const asked: Request[] = [];
/** While there is a gate, edits wait behind it for their answer. */
let gate: Promise<void> | null = null;
let refused = 0;

beforeEach(() => {
  asked.length = 0;
  gate = null;
  refused = 0;
  window.history.replaceState(null, "", "/?still");
});

function Shown() {
  const { data } = usePlan("retry");
  return data ? <PlanSettings plan={data} /> : null;
}

async function show(): Promise<{ fake: Fake; client: QueryClient }> {
  const fake = newFake("normal");
  const inner = transportOf(fake);
  setTransport({
    ...inner,
    invoke: async (command, args) => {
      const request = args?.request as Request | undefined;
      if (request) asked.push(request);
      if (request?.type === "edit_plan") {
        await gate;
        if (refused > 0) {
          refused--;
          throw { code: "refused", message: "Somebody else edits it.", hint: null };
        }
      }
      return inner.invoke(command, args);
    },
  });
  const client = newCache();
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Shown />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  await screen.findByTestId(testIds.field("agent-0-name"));
  return { fake, client };
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
const edits = () => asked.filter((r) => r.type === "edit_plan");

test("renaming an agent leaves its row where it is, under its own hands", async () => {
  const { fake, client } = await show();
  const codex = field("agent-1-name");
  expect(codex.value).toBe("codex");
  enter("agent-1-name", "zed");
  await waitFor(() =>
    expect(agents(fake).map((a) => a.name)).toEqual(["claude", "rehearsal", "script", "zed"]),
  );
  await act(() => client.invalidateQueries());
  await waitFor(() => expect(field("agent-1-name").value).toBe("zed"));
  expect(field("agent-1-name")).toBe(codex);
  expect(field("agent-1-effort").value).toBe("high");
  // Whoever the plan names goes by the new name too.
  expect(fake.state.plans.get("retry")?.view.review?.agents).toEqual(["zed"]);
});

test("two quick edits of the agents both arrive, the second made from what the first left", async () => {
  const { fake, client } = await show();
  const open = closed();
  enter("agent-1-name", "zed");
  enter("agent-0-model", "sonnet");
  enter("agent-1-effort", "low");
  fireEvent.click(screen.getByTestId(testIds.addAgent));
  // What is under way is shown, and sent one at a time.
  expect(field("agent-1-name").value).toBe("zed");
  expect(field("agent-4-name").value).toBe("agent");
  await waitFor(() => expect(edits()).toHaveLength(1));
  gate = null;
  open();
  await waitFor(() => expect(edits()).toHaveLength(4));
  await waitFor(() => expect(agents(fake)).toHaveLength(5));
  const found = (name: string) => agents(fake).find((a) => a.name === name);
  expect(found("claude")).toMatchObject({ model: "sonnet" });
  expect(found("zed")).toMatchObject({ adapter: "codex", effort: "low" });
  expect(found("codex")).toBeUndefined();
  await act(() => client.invalidateQueries());
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
