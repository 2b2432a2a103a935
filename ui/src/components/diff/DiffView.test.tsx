import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { createRef } from "react";
import { expect, test, vi } from "vitest";
import { type FakeDiff, told } from "../../ipc/fake/lines";
import { allLines, type DiffLine, placed } from "../../lib/fileDiff";
import { type DiffHandle, DiffView } from "./DiffView";

const line = (kind: DiffLine["kind"], old: number | null, now: number | null, text: string): DiffLine => ({
  kind,
  old,
  new: now,
  text,
});

const facts = { path: "notes.txt", old_path: null, binary: false, too_large: null, lossy: false };

const small: FakeDiff = {
  ...facts,
  old_lines: 12,
  new_lines: 12,
  hunks: [
    {
      old_start: 9,
      old_lines: 3,
      new_start: 9,
      new_lines: 3,
      lines: [
        line("context", 9, 9, "before"),
        line("removed", 10, null, "let total = old;"),
        line("added", null, 10, "let total = new\u202e;"),
        line("context", 11, 11, "after"),
      ],
    },
  ],
};
const diff = placed(told(small));

const whole = placed(
  told({
    ...facts,
    old_lines: 12,
    new_lines: 12,
    hunks: [
      {
        old_start: 1,
        old_lines: 12,
        new_start: 1,
        new_lines: 12,
        lines: Array.from({ length: 12 }, (_, i) => line("context", i + 1, i + 1, `line ${i + 1}`)),
      },
    ],
  }),
);

const texts = () => screen.getAllByRole("row").map((row) => row.textContent);

test("split shows both sides of a change in one row, with the changed words", () => {
  const { container } = render(<DiffView diff={diff} layout="split" />);
  expect(texts()).toEqual([
    "8 unchanged lines above",
    "9before9before",
    "10let total = old;10let total = new\u202e;",
    "11after11after",
    "1 unchanged line below",
  ]);
  const words = [...container.querySelectorAll("[class*=word]")].map((word) => word.textContent);
  expect(words.join("|")).toBe("old|new|\u202e");
});

test("unified shows removed, then added, each with its number", () => {
  render(<DiffView diff={diff} layout="unified" />);
  expect(texts().slice(2, 4)).toEqual(["10let total = old;", "10let total = new\u202e;"]);
});

test("a character that reorders text is named", () => {
  render(<DiffView diff={diff} layout="unified" />);
  expect(screen.getByLabelText("right-to-left override, U+202E")).toBeTruthy();
});

test("a folded region unfolds with lines that are read then", async () => {
  const wider = vi.fn(async () => whole);
  render(<DiffView diff={diff} layout="unified" wider={wider} />);
  const above = screen.getByText("8 unchanged lines above").closest("[role=row]") as HTMLElement;
  fireEvent.click(within(above).getByText("Show all"));
  await waitFor(() => expect(texts()[0]).toBe("11line 1"));
  expect(wider).toHaveBeenCalledTimes(1);
  expect(texts()).toContain("88line 8");
});

test("a note hangs below its line", () => {
  const notes = [{ id: "n1", side: "new" as const, line: 10, body: "Name the unit." }];
  render(<DiffView diff={diff} layout="split" notes={notes} />);
  expect(texts()[3]).toBe("Name the unit.");
});

test("only the rows in view exist", () => {
  const many: DiffLine[] = Array.from({ length: 100_000 }, (_, i) => line("added", null, i + 1, `row ${i}`));
  const hunk = { old_start: 0, old_lines: 0, new_start: 1, new_lines: 100_000, lines: many };
  const long = placed(told({ ...facts, old_lines: 0, new_lines: 100_000, hunks: [hunk] }));
  render(<DiffView diff={long} layout="unified" />);
  expect(screen.getByRole("table").getAttribute("aria-rowcount")).toBe("100000");
  expect(screen.getAllByRole("row").length).toBeLessThan(100);
});

test("its handle goes to changes and says when there is none", () => {
  const handle = createRef<DiffHandle>();
  render(<DiffView diff={whole} layout="unified" handle={handle} />);
  expect(handle.current?.change(1)).toBe(false);
});

test("a note whose height is known takes just that room before it is seen", () => {
  const height = (notes: { height?: number }) => {
    const note = { id: "n", side: "new", line: 3, body: "note", ...notes } as const;
    const { container, unmount } = render(<DiffView diff={whole} layout="split" notes={[note]} />);
    const rows = container.querySelector<HTMLElement>("[data-note]")?.parentElement?.style.height;
    unmount();
    return Number.parseInt(rows ?? "", 10);
  };
  expect(height({ height: 38 })).toBe(12 * 20 + 38);
  expect(height({})).toBeGreaterThan(12 * 20 + 38);
});

test("lines that came without their texts are read when they are in sight, and not before", async () => {
  const many = Array.from({ length: 9000 }, (_, i) => line("added", null, i + 1, `row ${i}`));
  const hunk = { old_start: 0, old_lines: 0, new_start: 1, new_lines: 9000, lines: many };
  const long = placed(told({ ...facts, old_lines: 0, new_lines: 9000, hunks: [hunk] }));
  const read = vi.fn(async (index: number) => {
    const from = Math.floor(index / 1000) * 1000;
    allLines(long)
      .slice(from, from + 1000)
      .forEach((one, i) => {
        one.text = `row ${from + i}`;
      });
  });
  const handle = createRef<DiffHandle>();
  render(<DiffView diff={long} layout="unified" handle={handle} read={read} />);
  expect(texts()[0]).toBe("1row 0");
  expect(read).not.toHaveBeenCalled();
  act(() => void handle.current?.line({ side: "new", line: 7301 }));
  fireEvent.scroll(screen.getByRole("table"));
  await waitFor(() => expect(texts()).toContain("7301row 7300"));
  expect(read).toHaveBeenCalledTimes(1);
  // What is quoted is read too.
  expect(await act(async () => handle.current?.texts(4999, 5001))).toEqual([
    "row 4998",
    "row 4999",
    "row 5000",
  ]);
  expect(read).toHaveBeenCalledTimes(3);
});

test("lines that can't be read fail whoever needs them", async () => {
  const many = Array.from({ length: 5000 }, (_, i) => line("added", null, i + 1, `row ${i}`));
  const hunk = { old_start: 0, old_lines: 0, new_start: 1, new_lines: 5000, lines: many };
  const long = placed(told({ ...facts, old_lines: 0, new_lines: 5000, hunks: [hunk] }));
  const handle = createRef<DiffHandle>();
  const read = () => Promise.reject(new Error("The engine is ending."));
  render(<DiffView diff={long} layout="unified" handle={handle} read={read} />);
  await expect(handle.current?.texts(4500, 4500)).rejects.toThrow("ending");
  // What was read of another file is no answer either.
  const moved = createRef<DiffHandle>();
  render(<DiffView diff={long} layout="unified" handle={moved} read={() => Promise.resolve()} />);
  await expect(moved.current?.texts(4500, 4500)).rejects.toThrow("can't be read");
});

test("of files that are walked past, changed words are marked when one is stayed with", async () => {
  const at = (path: string) => placed(told({ ...small, path }));
  const { container, rerender } = render(<DiffView diff={at("a.txt")} layout="split" />);
  const words = () => [...container.querySelectorAll("[class*=word]")].map((word) => word.textContent);
  await waitFor(() => expect(words()).toContain("old"));
  const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
  rerender(<DiffView diff={at("b.txt")} layout="split" />);
  expect(words()).toContain("old");
  rerender(<DiffView diff={at("c.txt")} layout="split" />);
  clock.mockRestore();
  expect(words()).toEqual([]);
  await waitFor(() => expect(words()).toContain("old"));
});
