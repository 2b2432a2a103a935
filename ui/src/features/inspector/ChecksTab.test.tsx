import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { newFake } from "../../ipc/fake/engine";
import { testIds } from "../../testids";
import { showOver } from "../../testing/page";
import { Inspector } from "./Inspector";

const show = (plan: string, task: string, fake = newFake(plan === "compare" ? "compare" : "normal")) =>
  showOver(fake, <Inspector plan={plan} task={task} tab="checks" view="graph" />);

const which = () => screen.findByTestId(testIds.whichAttempt) as Promise<HTMLSelectElement>;

test("of several attempts the one whose checks are shown is named, and each can be chosen", async () => {
  show("compare", "queue");
  const choice = await which();
  expect(choice.value).toBe("3");
  expect([...choice.options].map((o) => o.text)).toEqual([
    "1 · claude · Ready to compare",
    "2 · codex · Ready to compare",
    "3 · claude · Working",
  ]);
  // It has not come to its checks.
  expect(screen.queryByTestId(testIds.evidence("clippy"))).toBeNull();
  fireEvent.change(choice, { target: { value: "1" } });
  expect(screen.getByTestId(testIds.evidence("clippy")).dataset.passed).toBe("false");
  fireEvent.change(choice, { target: { value: "2" } });
  expect(screen.getByTestId(testIds.evidence("clippy")).dataset.passed).toBe("true");
  expect(screen.getByTestId(testIds.evidence("test")).textContent).toContain("passed");
});

test("an attempt that is over is chosen too, and not said to land", async () => {
  show("retry", "cli");
  const choice = await which();
  expect(choice.value).toBe("2");
  expect(screen.getByTestId(testIds.inspector).textContent).toContain("Checked when it lands");
  fireEvent.change(choice, { target: { value: "1" } });
  await waitFor(() => expect(screen.getByTestId(testIds.evidence("test")).dataset.passed).toBe("false"));
  expect(screen.getByTestId(testIds.inspector).textContent).toContain("this attempt does not land");
});

test("one attempt alone leaves nothing to choose", async () => {
  show("retry", "storage");
  await screen.findByText("At the head");
  expect(screen.queryByTestId(testIds.whichAttempt)).toBeNull();
});
