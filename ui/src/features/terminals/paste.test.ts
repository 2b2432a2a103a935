import { expect, test } from "vitest";
import { harmless, isReply, onOneLine, pasteQuestion } from "./paste";

test("one plain line is not asked about", () => {
  expect(pasteQuestion("cargo test -p storage\t--all")).toBeNull();
});

test("several lines are asked about, with what they are", () => {
  expect(pasteQuestion("cd /tmp\r\nrm -rf x\n")).toEqual({
    text: "cd /tmp\nrm -rf x\n",
    lines: 3,
    preview: ["cd /tmp", "rm -rf x", ""],
    more: 0,
  });
  expect(pasteQuestion("a\n".repeat(100))).toMatchObject({ lines: 101, more: 95 });
});

test("control characters go, and a line that had some is asked about", () => {
  expect(harmless("a\u001b[201~b\u0003\tc")).toBe("a[201~b\tc");
  expect(pasteQuestion("ls\u001b[201~")?.text).toBe("ls[201~");
});

test("lines become one line", () => {
  expect(onOneLine("  one\n\n two \r\nthree")).toBe("one two three");
});

test("an emulator's answers are told from keys", () => {
  for (const reply of ["\x1b[12;40R", "\x1b[?1;2c", "\x1b[0n", "\x1bP1$r0m\x1b\\", "\x1b]10;rgb:0/0/0\x07"]) {
    expect(isReply(reply)).toBe(true);
  }
  for (const key of ["a", "\x1b", "\x1b[A", "\x1b[15~", "\x1bOP", "R"]) expect(isReply(key)).toBe(false);
});
