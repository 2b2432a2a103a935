import { QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { TooltipProvider } from "../../../components/Tooltip";
import { newCache } from "../../../ipc/cache";
import { newFake } from "../../../ipc/fake/engine";
import { transportOf } from "../../../ipc/fake/transport";
import { usePlan } from "../../../ipc/queries";
import { setTransport } from "../../../ipc/transport";
import { useRoute } from "../../../lib/route";
import { Outline } from "./Outline";

// The rows are virtual: jsdom measures nothing, so the list is given a height.
beforeEach(() => {
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(900);
});

function Shown({ id }: { id: string }) {
  const { data: plan } = usePlan(id);
  const route = useRoute();
  const task = route.at === "plan" ? route.task : null;
  return plan ? <Outline plan={plan} task={task} tab="spec" filter="" /> : null;
}

function show(id: "retry" | "compare" = "retry") {
  const fake = newFake(id === "compare" ? "compare" : "normal");
  setTransport(transportOf(fake));
  window.location.hash = `#/plan/${id}/outline`;
  render(
    <QueryClientProvider client={newCache()}>
      <TooltipProvider>
        <Shown id={id} />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  return fake;
}

const row = (name: RegExp) => screen.findByRole("row", { name });

test("a screen reader hears each task's level, place and state", async () => {
  show();
  const client = await row(/^HTTP client/);
  expect(client.getAttribute("aria-level")).toBe("2");
  expect(client.getAttribute("aria-posinset")).toBe("1");
  expect(client.getAttribute("aria-expanded")).toBe("true");
  expect(client.getAttribute("aria-label")).toContain("Needs you");
});

test("the arrow keys walk, close and open the tree", async () => {
  show();
  const user = userEvent.setup();
  (await row(/^Retry model/)).focus();
  await user.keyboard("{ArrowDown}");
  await vi.waitFor(() => expect(document.activeElement?.getAttribute("data-task")).toBe("client"));
  expect(window.location.hash).toContain("/outline/client/");
  await user.keyboard("{ArrowLeft}");
  expect(screen.queryByRole("row", { name: /^Public API/ })).toBeNull();
  await user.keyboard("{ArrowRight}");
  expect(await row(/^Public API/)).toBeTruthy();
  await user.keyboard("{ArrowLeft}{ArrowLeft}");
  await vi.waitFor(() => expect(document.activeElement?.getAttribute("data-task")).toBe("model"));
});

test("only one row is in the tab order", async () => {
  show();
  await row(/^Retry model/);
  const reachable = screen.getAllByRole("row").filter((r) => r.tabIndex === 0);
  expect(reachable).toHaveLength(1);
});

test("several at one task are told each by itself, with who they are", async () => {
  show("compare");
  const queue = await row(/^Durable queue/);
  expect(queue.getAttribute("aria-label")).toBe(
    "Durable queue. Working. claude 1: Ready to compare, codex: Ready to compare, claude 3: Working.",
  );
  // The word has the colour of the task's own stage, so it is the task's own.
  expect(queue.querySelector('[role="gridcell"].work')?.textContent).toBe("Working");
  expect(queue.textContent).toContain("claude ×2 + codex");
  // What was adopted is one attempt again; what waits says who will try it.
  expect((await row(/^Config keys/)).textContent).not.toContain("codex");
  expect((await row(/^Public API/)).textContent).toContain("claude + codex");
});
