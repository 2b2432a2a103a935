import { expect, test } from "vitest";
import { agentsAfter, without } from "./agents";

test("several stand instead of one, and the last one left is a task's usual agent", () => {
  expect(agentsAfter(["opus", "gpt"])).toEqual({ attempts: ["opus", "gpt"] });
  expect(agentsAfter(["opus", "opus"])).toEqual({ attempts: ["opus", "opus"] });
  expect(agentsAfter(["gpt"])).toEqual({ attempts: [], agent: "gpt" });
  expect(agentsAfter([])).toEqual({ attempts: [] });
});

test("one is dropped by its name, though another was dropped before it", () => {
  expect(without(["opus", "gpt", "opus"], "opus", 0)).toEqual(["gpt", "opus"]);
  expect(without(["gpt", "opus"], "opus", 2)).toEqual(["gpt"]);
  expect(without(["gpt"], "opus", 0)).toEqual(["gpt"]);
});
