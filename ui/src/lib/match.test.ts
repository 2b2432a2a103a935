import { expect, test } from "vitest";
import { matchScore } from "./match";

test("a text that begins with what was typed comes before one that holds it, and scattered letters don't count", () => {
  const [begins, word, inside, none] = [
    matchScore("Storage", "sto"),
    matchScore("Cold storage", "sto"),
    matchScore("History", "sto"),
    matchScore("Show or hide the inspector", "sto"),
  ];
  expect(begins).toBeGreaterThan(word);
  expect(word).toBeGreaterThan(inside);
  expect(inside).toBeGreaterThan(0);
  expect(none).toBe(0);
});

test("every word must be found, in any order, signs included", () => {
  expect(matchScore("Run the plan", "plan run")).toBeGreaterThan(0);
  expect(matchScore("Run the plan", "plan walk")).toBe(0);
  expect(matchScore("a (b) c", "(b)")).toBeGreaterThan(0);
});
