import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { TooltipProvider } from "../../components/Tooltip";
import { newCache } from "../../ipc/cache";
import { newFake } from "../../ipc/fake/engine";
import { transportOf } from "../../ipc/fake/transport";
import { setTransport } from "../../ipc/transport";
import { testIds } from "../../testids";
import { draftsKey } from "./drafts";
import { Review } from "./Review";

/** How often a row painted a line, and how often the diff itself was rendered. */
const painted = vi.hoisted(() => ({ lines: 0, diffs: 0 }));

vi.mock(import("../../components/diff/LineText"), async (original) => {
  const real = await original();
  const LineText = ((props: React.ComponentProps<typeof real.LineText>) => {
    painted.lines++;
    return <real.LineText {...props} />;
  }) as unknown as typeof real.LineText;
  return { ...real, LineText };
});
vi.mock(import("../../components/diff/useSyntax"), async (original) => {
  const real = await original();
  return {
    ...real,
    useSyntax: (...from: Parameters<typeof real.useSyntax>) => {
      painted.diffs++;
      return real.useSyntax(...from);
    },
  };
});

const key = draftsKey("retry", "queue", 1);
const stored = () => window.localStorage.getItem(key) ?? "";

beforeEach(() => {
  window.localStorage.clear();
  window.history.replaceState(null, "", "/?still");
});

/** Opens a comment on the ninth line of the file that most of the review is about. */
async function open() {
  setTransport(transportOf(newFake("normal")));
  const page = render(
    <QueryClientProvider client={newCache()}>
      <TooltipProvider>
        <Review plan="retry" task="queue" attempt={1} />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  const place = testIds.place("crates/queue/src/retry.rs:4");
  await waitFor(() => expect(screen.getAllByTestId(place)[0]?.querySelector("svg")).toBeNull());
  fireEvent.click(screen.getAllByTestId(place)[0] as HTMLElement);
  const line = await waitFor(() => {
    const cells = [...document.querySelectorAll<HTMLElement>("[data-gutter]")];
    const found = cells.find((cell) => cell.textContent === "9");
    if (!found) throw new Error("the line is not shown");
    return found;
  });
  fireEvent.click(line);
  const text = (await screen.findByTestId(testIds.commentText)) as HTMLTextAreaElement;
  return { page, text };
}

function type(text: HTMLTextAreaElement, words: string) {
  for (let n = 1; n <= words.length; n++) fireEvent.change(text, { target: { value: words.slice(0, n) } });
}

test("a keystroke in a comment paints no line of the diff, nor the diff", async () => {
  const { text } = await open();
  expect(painted.lines).toBeGreaterThan(5);
  expect(painted.diffs).toBeGreaterThan(0);
  const before = { ...painted };
  type(text, "Name the unit.");
  expect(text.value).toBe("Name the unit.");
  expect(painted).toEqual(before);
  // Told once it rests, still without a painted line: rows know that they are the same.
  fireEvent.blur(text);
  await waitFor(() => expect(painted.diffs).toBeGreaterThan(before.diffs));
  expect(painted.lines).toBe(before.lines);
});

test("letters that rest are stored and counted while the comment is open", async () => {
  const { text } = await open();
  type(text, "Name the unit.");
  expect(stored()).toBe("");
  await waitFor(() => expect(stored()).toContain("Name the unit."), { timeout: 2000 });
  expect(screen.getByTestId(testIds.requestChanges).textContent).toContain("Request changes (1)");
  expect(text.value).toBe("Name the unit.");
  expect(document.activeElement).toBe(text);
});

test("a window that goes, and a review that is left, keep the last letter", async () => {
  const first = await open();
  type(first.text, "Name it");
  fireEvent(window, new Event("pagehide"));
  expect(stored()).toContain('"Name it"');
  type(first.text, "Name it!");
  first.page.unmount();
  expect(stored()).toContain('"Name it!"');
});
