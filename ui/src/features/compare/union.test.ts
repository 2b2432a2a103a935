import { expect, test } from "vitest";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import type { ComparedFile } from "../../ipc/bindings/ComparedFile";
import { countMarks, markOf, shownFiles, tellingDiff } from "./union";

const changed = {} as ChangedFile;
const file = (path: string, a: boolean, b: boolean, same = false): ComparedFile => ({
  path,
  a: a ? changed : null,
  b: b ? changed : null,
  same,
});
const files = [
  file("src/retry.rs", true, true),
  file("src/queue.rs", true, false),
  file("src/clock.rs", false, true),
  file("src/config.rs", true, true, true),
  file("tests/queue.rs", true, true),
];

test("a file is A's, B's, both's, or the same in both", () => {
  expect(files.map(markOf)).toEqual(["both", "a", "b", "same", "both"]);
  expect(countMarks(files)).toEqual({ all: 5, a: 1, b: 1, both: 2, same: 1 });
});

test("a mark and words narrow the list together, and nothing keeps it as it is", () => {
  expect(shownFiles(files, "all", "  ")).toBe(files);
  expect(shownFiles(files, "both", "queue tests").map((f) => f.path)).toEqual(["tests/queue.rs"]);
  expect(shownFiles(files, "a", "clock")).toEqual([]);
  expect(shownFiles(files, "all", "QUEUE").map((f) => f.path)).toEqual(["src/queue.rs", "tests/queue.rs"]);
});

test("a file that one of them left alone is shown as the other changed it", () => {
  expect(files.map(tellingDiff)).toEqual(["between", "a", "b", "between", "between"]);
});
