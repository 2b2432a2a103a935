import { expect, test } from "vitest";
import { rowsIn } from "./useWindow";

test("rows in sight and a few around them, in steps", () => {
  const [first, last] = rowsIn(26_000, 800, 26, 100_000);
  expect(first).toBeLessThanOrEqual(1000);
  expect(last).toBeGreaterThanOrEqual(1031);
  expect(last - first).toBeLessThan(70);
  expect(rowsIn(26_000 + 26, 800, 26, 100_000)).toEqual([first, last]);
});

test("a list ends where it ends", () => {
  expect(rowsIn(0, 800, 26, 3)).toEqual([0, 3]);
  expect(rowsIn(100_000, 800, 26, 3)).toEqual([3, 3]);
  expect(rowsIn(0, 800, 26, 0)).toEqual([0, 0]);
});
