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

function Shown() {
  const { data: plan } = usePlan("retry");
  const route = useRoute();
  const task = route.at === "plan" ? route.task : null;
  return plan ? <Outline plan={plan} task={task} tab="spec" filter="" /> : null;
}

function show() {
  const fake = newFake("normal");
  setTransport(transportOf(fake));
  window.location.hash = "#/plan/retry/outline";
  render(
    <QueryClientProvider client={newCache()}>
      <TooltipProvider>
        <Shown />
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
