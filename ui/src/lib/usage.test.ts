import { expect, test } from "vitest";
import { money, tokens, usedBy, usedSentence, usedWord } from "./usage";

const usage = (cost: number | null, model: string | null = "opus") => ({
  usage: { model, input: 1000, output: 234, cached: 50_000, cost },
});

test("runs are summed, and an unknown price is not a price of nothing", () => {
  expect(usedBy([{ usage: null }])).toBeNull();
  const used = usedBy([usage(0.25), usage(0.5), usage(null, "gpt"), { usage: null }]);
  expect(used).toEqual({
    input: 3000,
    output: 702,
    cached: 150_000,
    cost: 0.75,
    unpriced: 1,
    models: ["opus", "gpt"],
  });
  expect(used && usedWord(used)).toBe("154k tokens · $0.75");
  expect(used && usedSentence(used)).toBe(
    "3,000 input, 702 output and 150,000 cached tokens of opus, gpt. The price of 1 run is not known and not in the sum.",
  );
  const free = usedBy([usage(null)]);
  expect(free && usedWord(free)).toBe("51.2k tokens");
  expect(free && usedSentence(free)).toContain("No price is known.");
});

test("money and tokens are short and never round something to nothing", () => {
  expect([0, 0.001, 0.005, 3.2, 1234.5].map(money)).toEqual([
    "$0.00",
    "<$0.01",
    "$0.01",
    "$3.20",
    "$1,234.50",
  ]);
  expect([0, 999, 1000, 99_949, 99_950, 999_499, 999_500, 12_345_678].map(tokens)).toEqual([
    "0",
    "999",
    "1.0k",
    "99.9k",
    "100k",
    "999k",
    "1.0M",
    "12.3M",
  ]);
});
