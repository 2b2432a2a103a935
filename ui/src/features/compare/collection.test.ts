import { beforeEach, expect, test } from "vitest";
import { withFile } from "./collected";
import { type Between, keyOf, useCollections } from "./collection";

const [one, two, three] = ["1", "2", "3"].map((n) => n.repeat(40)) as [string, string, string];
const between = (into: string, from: string, swapped = false): Between => ({
  plan: "p",
  task: "t",
  into: { attempt: swapped ? 2 : 1, head: into },
  from: { attempt: swapped ? 1 : 2, head: from },
});
const { change, settle, clear, markSent } = useCollections.getState();
const of = (b: Between) => useCollections.getState().all[keyOf(b)];

beforeEach(() => useCollections.setState({ all: {} }));

test("what was collected is dropped with words as soon as a head moves", () => {
  const before = between(one, two);
  change(before, (parts) => withFile(withFile(parts, "a.rs"), "b.rs"));
  settle(between(one, two));
  expect(of(before)?.parts).toHaveLength(2);
  settle(between(one, three));
  expect(of(before)).toMatchObject({ parts: [] });
  expect(of(before)?.dropped).toBe(
    "2 collected parts were dropped: the head of B moved from 2222222 to 3333333.",
  );
  clear(between(one, three));
  expect(of(before)?.dropped).toBeNull();
});

test("parts of other heads are never mixed with new ones", () => {
  change(between(one, two), (parts) => withFile(parts, "a.rs"));
  change(between(one, three), (parts) => withFile(parts, "b.rs"));
  expect(of(between(one, three))?.parts.map((p) => p.path)).toEqual(["b.rs"]);
});

test("the other way round is another collection", () => {
  change(between(one, two), (parts) => withFile(parts, "a.rs"));
  expect(of(between(two, one, true))).toBeUndefined();
});

test("words that were not read yet outlive another move, and nothing lost needs none", () => {
  change(between(one, two), (parts) => withFile(parts, "a.rs"));
  settle(between(one, three));
  settle(between(two, three));
  expect(of(between(one, two))?.dropped).toContain("1 collected part was dropped");
  settle(between(one, two));
  useCollections.setState({ all: {} });
  change(between(one, two), (parts) => parts);
  settle(between(one, three));
  expect(of(between(one, two))?.dropped).toBeNull();
});

test("what was sent has arrived when the receiving head moves, and only then", () => {
  change(between(one, two), (parts) => withFile(parts, "a.rs"));
  markSent(between(one, two), true);
  settle(between(three, two));
  expect(of(between(one, two))).toMatchObject({ parts: [], taken: 1, dropped: null, sent: false });
  change(between(three, two), (parts) => withFile(parts, "b.rs"));
  markSent(between(three, two), true);
  settle(between(one, three));
  expect(of(between(one, two))).toMatchObject({ parts: [], taken: 0 });
  expect(of(between(one, two))?.dropped).toContain("1 collected part was dropped");
});

test("collecting more after sending is another collection that is not sent", () => {
  change(between(one, two), (parts) => withFile(parts, "a.rs"));
  markSent(between(one, two), true);
  change(between(one, two), (parts) => withFile(parts, "b.rs"));
  expect(of(between(one, two))).toMatchObject({ sent: false });
});
