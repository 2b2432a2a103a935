import { expect, test } from "vitest";
import { pairLines, wordDiff } from "./words";

/** Shows a word diff as text with [brackets] around what changed. */
function shown(before: string, after: string): [string, string] | null {
  const diff = wordDiff(before, after);
  if (!diff) return null;
  const paint = (text: string, ranges: { start: number; end: number }[]) =>
    ranges.reduceRight(
      (out, r) => `${out.slice(0, r.start)}[${out.slice(r.start, r.end)}]${out.slice(r.end)}`,
      text,
    );
  return [paint(before, diff.removed), paint(after, diff.added)];
}

test("one word differs", () => {
  expect(shown("let a = foo(1);", "let a = bar(1);")).toEqual(["let a = [foo](1);", "let a = [bar](1);"]);
});

test("something was inserted", () => {
  expect(shown("fn f(x: u32) {", "fn f(x: u32, rng: R) {")).toEqual([
    "fn f(x: u32) {",
    "fn f(x: u32[, rng: R]) {",
  ]);
});

test("words on both sides of a kept one", () => {
  expect(shown("alpha middle omega", "beta middle psi")).toEqual([
    "[alpha] middle [omega]",
    "[beta] middle [psi]",
  ]);
});

test("only the indentation differs", () => {
  expect(shown("  return x;", "    return x;")).toEqual(["[  ]return x;", "[    ]return x;"]);
});

test("lines with nothing in common are not painted", () => {
  expect(shown("import { a } from 'b'", "// nothing alike at all here")).toBeNull();
});

test("a line of 100,000 words ends quickly", () => {
  const long = Array.from({ length: 100_000 }, (_, i) => `w${i}`).join(" ");
  const started = performance.now();
  wordDiff(long, long.replace("w5 ", "x "));
  expect(performance.now() - started).toBeLessThan(1000);
});

test("removed lines find the added lines that they became", () => {
  const removed = ["    pub fn delay(&self, attempt: u32) -> Duration {", "        self.base * attempt"];
  const added = [
    "    /// Delay before `attempt`, with jitter.",
    "    pub fn delay(&self, attempt: u32, rng: &mut R) -> Duration {",
    "        let ceiling = self.base.saturating_mul(attempt);",
  ];
  expect([...pairLines(removed, added)]).toEqual([1, 2]);
});

test("beyond the bound, lines pair by position", () => {
  expect([...pairLines(["a", "b", "c"], ["x", "y"], 4)]).toEqual([0, 1, -1]);
});

test("lines that stand beside each other and are alike are each other's, another order is found", () => {
  const calls = (names: string[]) => names.map((name) => `let ${name} = call("${name}", 1, 2, 3);`);
  expect([...pairLines(calls(["a", "b", "c"]), calls(["x", "y", "z"]))]).toEqual([0, 1, 2]);
  const moved = ["// quite another thing", ...calls(["a", "b"])];
  expect([...pairLines(calls(["a", "b"]), moved)]).toEqual([1, 2]);
});
