import { expect, test } from "vitest";
import { isViewed, keepMarks, marked, readMarks } from "./viewed";

const file = (print: string | null, path = "a.rs") => ({ path, print });

test("a mark holds for the change that was looked at, and for no other", () => {
  const marks = marked({}, file("one"), true);
  expect(isViewed(marks, file("one"))).toBe(true);
  expect(isViewed(marks, file("two"))).toBe(false);
  expect(isViewed(marks, file("one", "b.rs"))).toBe(false);
  expect(marked(marks, file("one"), false)).toEqual({});
});

test("a file differs by scope, and each of its changes is marked by itself", () => {
  const both = marked(marked({}, file("whole"), true), file("since"), true);
  expect(isViewed(both, file("whole"))).toBe(true);
  const one = marked(both, file("since"), false);
  expect(isViewed(one, file("whole"))).toBe(true);
  expect(isViewed(one, file("since"))).toBe(false);
});

test("what is not committed is never viewed", () => {
  expect(isViewed(marked({}, file(null), true), file(null))).toBe(false);
});

test("paths named like built-in properties are not marked by themselves", () => {
  expect(isViewed({}, file("x", "constructor"))).toBe(false);
  expect(isViewed(marked({}, file("x", "__proto__"), true), file("x", "toString"))).toBe(false);
});

test("marks survive in storage, nonsense does not, and few prints of a file are kept", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  let marks = {};
  for (let i = 0; i < 20; i++) marks = marked(marks, file(`p${i}`), true);
  keepMarks(storage, "k", marks);
  expect(readMarks(storage, "k")).toEqual(marks);
  expect(readMarks(storage, "k")["a.rs"]).toHaveLength(8);
  kept.set("k", '{"a":{"digest":"d","head":"h"},"b":["p"]}');
  expect(readMarks(storage, "k")).toEqual({ b: ["p"] });
  kept.set("k", "{");
  expect(readMarks(storage, "k")).toEqual({});
});
