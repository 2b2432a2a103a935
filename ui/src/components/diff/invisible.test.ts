import { expect, test } from "vitest";
import { invisible } from "./invisible";

const kinds = (text: string) => invisible(text).map((mark) => [mark.start, mark.end, mark.kind, mark.label]);

test("plain text, tabs and other scripts alone have nothing to show", () => {
  expect(invisible("\tlet x = 1; // ok")).toEqual([]);
  expect(invisible("имя = 1; naïve café 日本")).toEqual([]);
});

test("bidirectional controls are shown by name (Trojan Source)", () => {
  expect(kinds("if (a\u202e\u2066) {")).toEqual([
    [5, 6, "bidi", "RLO"],
    [6, 7, "bidi", "LRI"],
  ]);
});

test("zero-width and control characters are shown", () => {
  expect(kinds("a\u200bb\u0007\u00a0")).toEqual([
    [1, 2, "zero-width", "ZWSP"],
    [3, 4, "control", "BEL"],
    [4, 5, "space", "NBSP"],
  ]);
});

test("characters beyond the basic plane keep their UTF-16 extent", () => {
  expect(kinds("x\u{e0041}y")).toEqual([[1, 3, "zero-width", "TAG"]]);
});

test("a Cyrillic letter inside a Latin word is marked, in place", () => {
  const marks = invisible("let p\u0430ssword = 1");
  expect(marks).toHaveLength(1);
  expect(marks[0]).toMatchObject({ start: 5, end: 6, kind: "lookalike", label: "\u0430" });
  expect(marks[0]?.title).toBe("Cyrillic letter in a Latin word, U+0430");
});
