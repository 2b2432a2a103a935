import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { TooltipProvider } from "../../components/Tooltip";
import { useToasts } from "../../components/toast";
import type { Request } from "../../ipc/bindings/Request";
import { newCache } from "../../ipc/cache";
import { newFake } from "../../ipc/fake/engine";
import { transportOf } from "../../ipc/fake/transport";
import { keys } from "../../ipc/keys";
import { setTransport } from "../../ipc/transport";
import { runAction } from "../../lib/actions";
import { testIds } from "../../testids";
import { Review } from "./Review";

const asked: Request[] = [];
let refuse: { code: string; message: string; hint: null } | null = null;

beforeEach(() => {
  asked.length = 0;
  refuse = null;
  useToasts.setState({ toasts: [] });
  window.history.replaceState(null, "", "/?still");
});

function show() {
  const fake = newFake("normal");
  const inner = transportOf(fake);
  setTransport({
    ...inner,
    invoke: async (command, args) => {
      const request = args?.request as Request | undefined;
      if (request) asked.push(request);
      if (request?.type === "approve" && refuse) throw refuse;
      return inner.invoke(command, args);
    },
  });
  const client = newCache();
  render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Review plan="retry" task="cli" attempt={2} />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  return { client, fake };
}

const approvals = () => asked.filter((request) => request.type === "approve");

test("approving asks once, says what it does, and passes the head that was shown", async () => {
  const { fake } = show();
  const button = await screen.findByTestId(testIds.approve);
  fireEvent.click(button);
  expect(approvals()).toEqual([]);
  expect(screen.getByText(/Merge 3 commits onto main/)).toBeTruthy();
  fireEvent.click(screen.getByTestId(testIds.confirmYes));
  await waitFor(() => expect(approvals()).toHaveLength(1));
  const head = fake.state.plans.get("retry")?.attempts.get("cli")?.[0]?.head;
  expect(approvals()[0]).toMatchObject({ plan: "retry", task: "cli", head });
});

test("the key asks too, and Escape takes it back", async () => {
  show();
  await screen.findByTestId(testIds.approve);
  expect(runAction("review.approve")).toBe(true);
  const yes = await screen.findByTestId(testIds.confirmYes);
  fireEvent.keyDown(yes, { key: "Escape" });
  expect(screen.queryByTestId(testIds.confirmYes)).toBeNull();
  expect(approvals()).toEqual([]);
});

test("a head that moves while it is read has to be looked at before it can be approved", async () => {
  const { client, fake } = show();
  await screen.findByTestId(testIds.approve);
  const attempt = fake.state.plans.get("retry")?.attempts.get("cli")?.[0];
  if (attempt) attempt.head = "ffffffffffffffffffffffffffffffffffffffff";
  await client.invalidateQueries({ queryKey: [...keys.task("retry", "cli")] });
  await screen.findByText(/The head moved from/);
  expect((screen.getByTestId(testIds.approve) as HTMLButtonElement).disabled).toBe(true);
  fireEvent.click(screen.getByText("Review fffffff"));
  await waitFor(() =>
    expect((screen.getByTestId(testIds.approve) as HTMLButtonElement).disabled).toBe(false),
  );
});

test("a refusal because the head moved is said, and everything is read again", async () => {
  show();
  fireEvent.click(await screen.findByTestId(testIds.approve));
  refuse = { code: "moved", message: "The head moved to 9ab1234.", hint: null };
  const before = asked.filter((request) => request.type === "task").length;
  fireEvent.click(screen.getByTestId(testIds.confirmYes));
  await waitFor(() => expect(useToasts.getState().toasts[0]?.message).toBe("The head moved to 9ab1234."));
  await waitFor(() =>
    expect(asked.filter((request) => request.type === "task").length).toBeGreaterThan(before),
  );
});

test("what discards says what is kept before it is done", async () => {
  show();
  fireEvent.click(await screen.findByTestId(testIds.discard));
  expect(asked.some((request) => request.type === "discard")).toBe(false);
  expect(screen.getByTestId("confirm").textContent).toMatch(/keep ref/);
  fireEvent.click(screen.getByTestId(testIds.confirmYes));
  await waitFor(() => expect(asked.some((request) => request.type === "discard")).toBe(true));
});

test("evidence opens its log", async () => {
  show();
  fireEvent.click(await screen.findByTestId(testIds.evidence("test")));
  expect(await screen.findByTestId("log-drawer")).toBeTruthy();
  await waitFor(() => expect(asked.some((request) => request.type === "run_log")).toBe(true));
});
