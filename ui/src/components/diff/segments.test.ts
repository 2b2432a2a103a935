import { expect, test } from "vitest";
import { invisible } from "./invisible";
import { segmentsOf } from "./segments";

test("syntax, words and marks lie over each other", () => {
  const text = "let p\u0430ss = 1";
  const out = segmentsOf(
    text,
    [{ start: 0, end: 3, name: "keyword" }],
    [{ start: 4, end: 8 }],
    invisible(text),
  );
  expect(out.map((s) => [s.text, s.syntax, s.changed, s.mark?.kind ?? null])).toEqual([
    ["let", "keyword", false, null],
    [" ", null, false, null],
    ["p", null, true, null],
    ["\u0430", null, true, "lookalike"],
    ["ss", null, true, null],
    [" = 1", null, false, null],
  ]);
});

test("ranges beyond the text are cut", () => {
  expect(segmentsOf("ab", [{ start: 1, end: 9, name: "x" }], undefined, []).map((s) => s.text)).toEqual([
    "a",
    "b",
  ]);
  expect(segmentsOf("", undefined, undefined, [])).toEqual([]);
});
