import { expect, test } from "vitest";
import { fliesBy } from "./useView";

test("a scroll that outruns the eye flies; a jump alone, and a slow one, do not", () => {
  expect(fliesBy({ at: 1000, top: 0 }, { at: 1016, top: 500 }, 800)).toBe(true);
  expect(fliesBy({ at: 1000, top: 5000 }, { at: 1016, top: 4500 }, 800)).toBe(true);
  expect(fliesBy({ at: 1000, top: 0 }, { at: 1016, top: 300 }, 800)).toBe(false);
  expect(fliesBy({ at: Number.NEGATIVE_INFINITY, top: 0 }, { at: 1016, top: 90_000 }, 800)).toBe(false);
});
