import { expect, test } from "vitest";
import { type Standing, standing } from "./standing";

const names = (rows: readonly Standing[]) => rows.map((row) => row.name).join(" ");

test("a renamed row keeps its place and its identity, though the names are sorted", () => {
  const before = standing([], ["claude", "codex", "script"]);
  const after = standing(before, ["claude", "script", "zed"]);
  expect(names(after)).toBe("claude zed script");
  expect(after.map((row) => row.id)).toEqual(before.map((row) => row.id));
});

test("what is new stands at the end, with an identity that no other row has", () => {
  const before = standing([], ["claude", "codex"]);
  const after = standing(before, ["agent", "claude", "codex"]);
  expect(names(after)).toBe("claude codex agent");
  expect(new Set(after.map((row) => row.id)).size).toBe(3);
});

test("what is gone leaves the others as they stood", () => {
  const before = standing(standing([], ["b", "c"]), ["a", "b", "c"]);
  expect(names(standing(before, ["a", "c"]))).toBe("c a");
});

test("several at once are no renames", () => {
  expect(names(standing(standing([], ["a", "b", "c"]), ["c", "d", "e"]))).toBe("c d e");
});
