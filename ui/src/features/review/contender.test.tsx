// The review of one of several attempts: what is said and done there is about that one alone.

import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { TooltipProvider } from "../../components/Tooltip";
import type { Request } from "../../ipc/bindings/Request";
import { newCache } from "../../ipc/cache";
import { newFake } from "../../ipc/fake/engine";
import { transportOf } from "../../ipc/fake/transport";
import { setTransport } from "../../ipc/transport";
import { runAction } from "../../lib/actions";
import { currentRoute } from "../../lib/route";
import { testIds } from "../../testids";
import { Review } from "./Review";

const asked: Request[] = [];

beforeEach(() => {
  asked.length = 0;
  window.localStorage.clear();
  window.history.replaceState(null, "", "/?still");
});

function show(task: string, attempt: number) {
  const inner = transportOf(newFake("compare"));
  setTransport({
    ...inner,
    invoke: async (command, args) => {
      const request = args?.request as Request | undefined;
      if (request) asked.push(request);
      return inner.invoke(command, args);
    },
  });
  render(
    <QueryClientProvider client={newCache()}>
      <TooltipProvider>
        <Review plan="compare" task={task} attempt={attempt} />
      </TooltipProvider>
    </QueryClientProvider>,
  );
}

const sent = <T extends Request["type"]>(type: T) =>
  asked.filter((r): r is Extract<Request, { type: T }> => r.type === type);

test("an earlier one of several is still acted on, and everything names it", async () => {
  show("storage", 1);
  await screen.findByTestId(testIds.requirement("4"));
  expect(runAction("review.nextFinding")).toBe(true);
  await waitFor(() => expect(runAction("review.waive")).toBe(true));
  fireEvent.change(await screen.findByTestId(testIds.waiveReason), { target: { value: "Later." } });
  fireEvent.click(screen.getByTestId(testIds.waiveYes));
  await waitFor(() =>
    expect(sent("waive")).toEqual([
      { type: "waive", plan: "compare", task: "storage", attempt: 1, id: "4", reason: "Later." },
    ]),
  );
  fireEvent.click(screen.getByTestId(testIds.requestChanges));
  await waitFor(() => expect(sent("request_changes")).toMatchObject([{ task: "storage", attempt: 1 }]));
});

test("one of several is not approved but compared, and discarded alone", async () => {
  show("storage", 2);
  const approve = (await screen.findByTestId(testIds.approve)) as HTMLButtonElement;
  expect(approve.disabled).toBe(true);
  expect(screen.getByText(/One of several side by side: compare them/)).toBeTruthy();
  fireEvent.click(screen.getByTestId(testIds.discard));
  fireEvent.click(screen.getByTestId(testIds.confirmYes));
  await waitFor(() =>
    expect(sent("discard")).toEqual([{ type: "discard", plan: "compare", task: "storage", attempt: 2 }]),
  );
  fireEvent.click(screen.getByTestId(testIds.openCompare));
  expect(currentRoute()).toMatchObject({ at: "compare", task: "storage" });
});

test("the adopted one is approved as the task's, though another was tried after it", async () => {
  show("config", 1);
  const approve = (await screen.findByTestId(testIds.approve)) as HTMLButtonElement;
  await waitFor(() => expect(approve.disabled).toBe(false));
  fireEvent.click(approve);
  fireEvent.click(screen.getByTestId(testIds.confirmYes));
  await waitFor(() => expect(sent("approve")).toHaveLength(1));
  expect(sent("approve")[0]?.attempt).toBeUndefined();
});

test("one that was given up can be read and not acted on", async () => {
  show("config", 2);
  const approve = (await screen.findByTestId(testIds.approve)) as HTMLButtonElement;
  expect(approve.disabled).toBe(true);
  expect(screen.getByText("It was given up: it is kept to be looked at.")).toBeTruthy();
  expect(screen.getByText(/was adopted instead/)).toBeTruthy();
  expect(screen.queryByTestId(testIds.discard)).toBeNull();
});
