import { expect, test } from "vitest";
import { ago, bytes, count, duration, readDuration, roughly, shortId, writeDuration } from "./format";

test.each([
  [120, "120 ms"],
  [8_400, "8 s"],
  [72_000, "1 m 12 s"],
  [120_000, "2 min"],
  [41 * 60_000, "41 min"],
  [80 * 60_000, "1 h 20 min"],
  [26 * 3_600_000, "1 d 2 h"],
])("%i ms is %s", (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  ["10m", 600_000],
  ["1h 30m", 5_400_000],
  ["1h30m", 5_400_000],
  ["90s", 90_000],
  ["15", 900_000],
  ["0.5h", 1_800_000],
  ["", 0],
  ["soon", null],
  ["10x", null],
  ["10m later", null],
])("%s reads as %s", (text, ms) => expect(readDuration(text)).toBe(ms));

test("a written duration reads back", () => {
  for (const ms of [600_000, 5_400_000, 90_000, 1_000, 250]) expect(readDuration(writeDuration(ms))).toBe(ms);
});

test("relative times, sizes and ids", () => {
  expect(ago(0, 12 * 60_000)).toBe("12 min ago");
  expect(ago(1000, 2000)).toBe("just now");
  expect(roughly(41.4 * 60_000)).toBe("41 min");
  expect(bytes(1536)).toBe("1.5 KiB");
  expect(shortId("3f2a91c0aa11bb22cc33dd44ee55ff6677889900")).toBe("3f2a91c");
  expect(shortId("main")).toBe("main");
});

test("one, several, and many in groups of three", () => {
  expect([count(1, "file"), count(0, "file"), count(100_000, "file")]).toEqual([
    "1 file",
    "0 files",
    "100,000 files",
  ]);
});
