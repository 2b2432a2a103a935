import { expect, test } from "vitest";
import { formatRoute, parseRoute, type Route } from "./route";

const routes: Route[] = [
  { at: "start" },
  { at: "plan", plan: "p1", view: "graph", task: null, tab: "spec" },
  { at: "plan", plan: "p/with slash#?%", view: "outline", task: "a/b", tab: "history" },
  { at: "review", plan: "p1", task: "model", attempt: 3 },
  { at: "compare", plan: "p1", task: "a/b", pair: [2, 1] },
  { at: "compare", plan: "p1", task: "model", pair: null },
  { at: "landing", plan: "p1" },
  { at: "timeline", plan: "p1" },
  { at: "log", plan: "p1" },
  { at: "inbox" },
  { at: "project", project: "x y" },
  { at: "trash", project: "x y" },
  { at: "settings", section: "keys" },
];

test.each(routes)("$at survives being written and read", (route) => {
  expect(parseRoute(`#${formatRoute(route)}`)).toEqual(route);
});

test("an attempt is not compared with itself", () => {
  expect(parseRoute("#/plan/p/compare/t/2/2")).toEqual({ at: "compare", plan: "p", task: "t", pair: null });
});

test("nonsense is the start, and broken escapes do not throw", () => {
  expect(parseRoute("#/nowhere/at/all")).toEqual({ at: "start" });
  expect(parseRoute("#/plan/%E0%A4%A")).toMatchObject({ at: "plan", view: "graph" });
});
