import { expect, test } from "vitest";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import { told } from "../../ipc/fake/lines";
import { type DiffLine, placed } from "../../lib/fileDiff";
import {
  commentOf,
  type Draft,
  draftStanding,
  keepDrafts,
  linesOf,
  mustCompare,
  put,
  readDrafts,
} from "./drafts";

const draft = (more: Partial<Draft> = {}): Draft => ({
  id: "d1",
  file: "a.rs",
  line: 2,
  end: 3,
  text: "Name the unit.",
  head: "h1",
  print: "p1",
  quote: ["two", "three"],
  ...more,
});

const file = (print: string | null, path = "a.rs"): ChangedFile => ({
  path,
  old_path: null,
  status: "modified",
  old_mode: "100644",
  new_mode: "100644",
  added: 1,
  deleted: 0,
  binary: false,
  in_scope: true,
  print,
});

const linesAre = (...texts: string[]) => new Map(texts.map((text, i) => [i + 1, text]));
const at = (lines: ReadonlyMap<number, string> | undefined, print = "p2", one = draft()) =>
  draftStanding(one, "h2", [file(print)], lines);

test("at the head that was read, and for the same change, nothing has to be read", () => {
  expect(mustCompare(draft(), "h1", [file("p2")])).toBe(false);
  expect(mustCompare(draft(), "h2", [file("p1")])).toBe(false);
  expect(mustCompare(draft(), "h2", [file("p2")])).toBe(true);
  expect(mustCompare(draft({ print: null }), "h2", [file(null)])).toBe(true);
  expect(draftStanding(draft(), "h2", [file("p1")], undefined).is).toBe("here");
});

test("lines that read the same keep their comment, lines that moved take it along", () => {
  expect(at(linesAre("one", "two", "three"))).toEqual({ is: "here", line: 2, end: 3 });
  expect(at(linesAre("new", "newer", "one", "two", "three"))).toEqual({ is: "moved", line: 4, end: 5 });
});

test("a line that reads otherwise, or stands in several places, leaves its comment outdated", () => {
  expect(at(linesAre("one", "TWO", "three")).is).toBe("outdated");
  expect(at(linesAre("x", "y", "z", "two", "three", "two", "three")).is).toBe("outdated");
  expect(at(linesAre()).is).toBe("outdated");
  // Its file is no longer part of the change.
  expect(draftStanding(draft(), "h2", [file("p", "b.rs")], undefined).is).toBe("outdated");
});

test("a comment on the whole, or on a file, is never outdated", () => {
  expect(draftStanding(draft({ file: null, line: null, end: null }), "h2", [], undefined).is).toBe("here");
  expect(draftStanding(draft({ line: null, end: null }), "h2", [file("p2")], undefined).is).toBe("here");
});

test("what is sent names the lines where they are now", () => {
  expect(commentOf(draft({ text: " Name it. " }), { is: "moved", line: 7, end: 8 })).toEqual({
    file: "a.rs",
    line: 7,
    end_line: 8,
    text: "Name it.",
  });
  expect(commentOf(draft(), { is: "here", line: 2, end: 2 }).end_line).toBeNull();
});

test("the lines of a diff are those of its new side", () => {
  const line = (kind: DiffLine["kind"], old: number | null, now: number | null, text: string) => ({
    kind,
    old,
    new: now,
    text,
  });
  const lines = [
    line("removed", 1, null, "gone"),
    line("added", null, 1, "came"),
    line("context", 2, 2, "is"),
  ];
  const hunk = { old_start: 1, old_lines: 2, new_start: 1, new_lines: 2, lines };
  const facts = { path: "a.rs", old_path: null, binary: false, too_large: null, lossy: false };
  const diff = placed(told({ ...facts, old_lines: 2, new_lines: 2, hunks: [hunk] }));
  expect([...linesOf(diff)]).toEqual([
    [1, "came"],
    [2, "is"],
  ]);
});

test("drafts survive a restart; what was only begun, and nonsense, does not", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const drafts = put(put([], draft()), draft({ id: "d2", text: "  " }));
  keepDrafts(storage, "k", drafts);
  expect(readDrafts(storage, "k")).toEqual([draft()]);
  expect(put(drafts, draft({ text: "Other." }))[0]?.text).toBe("Other.");
  keepDrafts(storage, "k", []);
  expect(kept.size).toBe(0);
  kept.set("k", '[{"id":"x"},7,null]');
  expect(readDrafts(storage, "k")).toEqual([]);
  kept.set("k", "{");
  expect(readDrafts(storage, "k")).toEqual([]);
});
