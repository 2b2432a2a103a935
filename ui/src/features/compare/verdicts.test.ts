import { expect, test } from "vitest";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import { verdictPairs } from "./verdicts";

const judged = (status: Record<string, string>) =>
  ({
    review: { requirements: Object.entries(status).map(([id, s]) => ({ id, text: `of ${id}`, status: s })) },
  }) as unknown as AttemptView;

test("verdicts stand side by side in the order of the spec", () => {
  const spec = [
    { id: "1", text: "one" },
    { id: "2", text: "two" },
  ];
  const pairs = verdictPairs(spec, judged({ 2: "met", 1: "met" }), judged({ 1: "unmet", 3: "met" }));
  expect(pairs.map((p) => [p.id, p.a?.status ?? null, p.b?.status ?? null, p.differs])).toEqual([
    ["1", "met", "unmet", true],
    ["2", "met", null, true],
    ["3", null, "met", true],
  ]);
  expect(verdictPairs(spec, undefined, undefined).every((p) => !p.differs)).toBe(true);
});
