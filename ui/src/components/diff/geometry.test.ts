import { expect, test } from "vitest";
import { geometryOf, rowAt, seen, topOf } from "./geometry";

test("rows of one height", () => {
  const plain = geometryOf(100_000, [], () => 0);
  expect(plain.total).toBe(2_000_000);
  expect(topOf(plain, 50)).toBe(1000);
  expect(rowAt(plain, 1019)).toBe(50);
  expect(seen(plain, 1000, 400, 2)).toEqual([48, 73]);
});

test("taller rows move what is below them", () => {
  const noted = geometryOf(10, [2, 5], (row) => (row === 2 ? 100 : 60));
  expect(noted.total).toBe(8 * 20 + 160);
  expect([0, 2, 3, 5, 6].map((row) => topOf(noted, row))).toEqual([0, 40, 140, 180, 240]);
  expect([39, 40, 139, 140, 239, 240].map((y) => rowAt(noted, y))).toEqual([1, 2, 2, 3, 5, 6]);
});

test("nothing to see in nothing", () => {
  expect(
    seen(
      geometryOf(0, [], () => 0),
      0,
      500,
    ),
  ).toEqual([0, 0]);
});
