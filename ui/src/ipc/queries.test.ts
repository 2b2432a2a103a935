import { expect, test } from "vitest";
import { keys } from "./keys";
import { queries } from "./queries";

test("the end of a log is not taken for a longer one, and both grow old with their run", () => {
  const [short, long] = [queries.runLog("r", 1024), queries.runLog("r")].map((q) => [...q.queryKey]);
  expect(short).not.toEqual(long);
  for (const key of [short, long]) expect(key?.slice(0, 2)).toEqual([...keys.runLog("r")]);
});

test("a comparison grows old with its task, and hunks of other heads are another answer", () => {
  expect(queries.compare("p", "t", 1, 2).queryKey.slice(0, 3)).toEqual([...keys.task("p", "t")]);
  const of = (heads: string) => queries.fileBetween("p", "t", { a: 1, b: 2, heads }, "a.rs", 3).queryKey;
  expect(of("x y")).not.toEqual(of("x z"));
  expect(of("x y").slice(0, 3)).toEqual([...keys.changes("p", "t")]);
});
