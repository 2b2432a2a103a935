import { expect, test } from "vitest";
import type { FileDiff } from "../../ipc/bindings/FileDiff";
import { digestOf, isViewed, keepMarks, marked, readMarks, toCompare } from "./viewed";

const diff = (text: string): FileDiff => ({
  path: "a.rs",
  old_path: null,
  binary: false,
  too_large: null,
  lossy: false,
  old_lines: 0,
  new_lines: 1,
  hunks: [
    {
      old_start: 0,
      old_lines: 0,
      new_start: 1,
      new_lines: 1,
      lines: [{ kind: "added", old: null, new: 1, text }],
    },
  ],
});

test("a mark counts at its head, is compared at another, and falls when the change differs", () => {
  const marks = marked({}, "a.rs", { digest: digestOf(diff("one")), head: "h1" });
  expect(isViewed(marks, "a.rs", "h1")).toBe(true);
  expect(isViewed(marks, "a.rs", "h2")).toBe(false);
  expect(toCompare(marks, ["a.rs", "b.rs"], "h2")).toEqual(["a.rs"]);
  expect(toCompare(marks, ["a.rs", "b.rs"], "h1")).toEqual([]);
  expect(digestOf(diff("one"))).toBe(marks["a.rs"]?.digest);
  expect(digestOf(diff("two"))).not.toBe(marks["a.rs"]?.digest);
  expect(marked(marks, "a.rs", null)).toEqual({});
});

test("paths named like built-in properties are not marked by themselves", () => {
  expect(isViewed({}, "constructor", "h")).toBe(false);
  expect(toCompare({}, ["constructor", "__proto__"], "h")).toEqual([]);
});

test("marks survive in storage, nonsense does not", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const marks = { "a.rs": { digest: "x", head: "h" } };
  keepMarks(storage, "k", marks);
  expect(readMarks(storage, "k")).toEqual(marks);
  kept.set("k", '{"a":1,"b":{"digest":"d","head":"h"}}');
  expect(readMarks(storage, "k")).toEqual({ b: { digest: "d", head: "h" } });
  kept.set("k", "{");
  expect(readMarks(storage, "k")).toEqual({});
});
