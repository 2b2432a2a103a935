import { expect, test } from "vitest";
import { matchesKey, showKey, writeKey } from "./keys";

const stroke = (key: string, mods: Partial<Record<"ctrl" | "meta" | "alt" | "shift", boolean>> = {}) => ({
  key,
  ctrlKey: mods.ctrl ?? false,
  metaKey: mods.meta ?? false,
  altKey: mods.alt ?? false,
  shiftKey: mods.shift ?? false,
});

test("mod is the system's own modifier", () => {
  expect(matchesKey("mod+k", stroke("k", { meta: true }), true)).toBe(true);
  expect(matchesKey("mod+k", stroke("k", { ctrl: true }), true)).toBe(false);
  expect(matchesKey("mod+shift+p", stroke("P", { ctrl: true, shift: true }), false)).toBe(true);
});

test("a plain letter does not answer to its modified forms", () => {
  expect(matchesKey("z", stroke("z"), false)).toBe(true);
  expect(matchesKey("z", stroke("Z", { shift: true }), false)).toBe(false);
  expect(matchesKey("shift+z", stroke("Z", { shift: true }), false)).toBe(true);
  expect(matchesKey("r", stroke("r", { ctrl: true }), false)).toBe(false);
});

test("a sign is the sign, however the layout makes it", () => {
  expect(matchesKey("?", stroke("?", { shift: true }), false)).toBe(true);
  expect(matchesKey("?", stroke("?"), false)).toBe(true);
});

test("what is recorded is what is matched", () => {
  for (const s of [
    stroke("K", { ctrl: true, shift: true }),
    stroke("?", { shift: true }),
    stroke(" "),
    stroke("F2"),
  ]) {
    const written = writeKey(s, false);
    expect(written).not.toBeNull();
    expect(matchesKey(written ?? "", s, false)).toBe(true);
  }
  expect(writeKey(stroke("Shift", { shift: true }), false)).toBeNull();
});

test("keys are shown the way the system shows them", () => {
  expect(showKey("mod+k", true)).toBe("⌘K");
  expect(showKey("mod+shift+p", false)).toBe("Ctrl+Shift+P");
});
