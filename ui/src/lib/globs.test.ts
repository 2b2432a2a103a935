import { expect, test } from "vitest";
import { fixedPart, scopesMayMeet } from "./globs";

test.each([
  [["src/a/**"], ["src/b/**"], false],
  [["src/**"], ["src/b/x.rs"], true],
  [["src/*.rs"], ["src/lib.rs"], true],
  [["docs/x.md"], ["docs/y.md"], false],
  [null, ["docs/y.md"], true],
  [["docs/{a,b}.md"], ["docs/a.md"], true],
  [[], ["a"], false],
])("%j and %j: %s", (a, b, meet) => expect(scopesMayMeet(a, b)).toBe(meet));

test("the fixed part ends at the first wildcard of any kind", () => {
  expect(fixedPart("src/[ab]/x")).toBe("src/");
  expect(fixedPart("src/x.rs")).toBe("src/x.rs");
});
