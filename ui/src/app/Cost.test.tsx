import { QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { TooltipProvider } from "../components/Tooltip";
import type { Notice } from "../ipc/bindings/Notice";
import { newCache } from "../ipc/cache";
import { newFake } from "../ipc/fake/engine";
import { transportOf } from "../ipc/fake/transport";
import { noticeSink } from "../ipc/live";
import { setTransport } from "../ipc/transport";
import { testIds } from "../testids";
import { Cost } from "./Cost";

beforeEach(() => window.history.replaceState(null, "", "/?still"));

test("the plan's cost follows what agents tell, and is absent where no price is known", async () => {
  const fake = newFake("asking");
  setTransport(transportOf(fake));
  const runs = [...(fake.state.plans.get("asking")?.attempts.values() ?? [])].flat().flatMap((a) => a.runs);
  for (const run of runs) run.usage = null;
  const [first, second] = runs;
  if (!first || !second) throw new Error("the fake has no runs");
  first.usage = { model: "opus", input: 10, output: 5, cached: 0, cost: null };
  const client = newCache();
  const sink = noticeSink(client, (flush) => flush());
  fake.subscribe((notice: Notice) => act(() => sink(notice)));
  const { container } = render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Cost plan="asking" />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  await waitFor(() => expect(client.isFetching()).toBe(0));
  expect(container.textContent).toBe("");
  const tell = (cost: number) => {
    second.usage = { model: "opus", input: 10, output: 5, cached: 0, cost };
    fake.say("asking", { type: "usage", task: second.task, attempt: 1, run: second.id, ...second.usage });
  };
  tell(1.2);
  await waitFor(() => expect(screen.getByTestId(testIds.planCost).textContent).toBe("$1.20"));
  tell(3.2);
  await waitFor(() => expect(screen.getByTestId(testIds.planCost).textContent).toBe("$3.20"));
});
