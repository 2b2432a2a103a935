import { expect, test } from "vitest";
import { agentsAfter } from "./agents";

test("several stand instead of one, and the last one left is a task's usual agent", () => {
  expect(agentsAfter(["opus", "gpt"])).toEqual({ attempts: ["opus", "gpt"] });
  expect(agentsAfter(["opus", "opus"])).toEqual({ attempts: ["opus", "opus"] });
  expect(agentsAfter(["gpt"])).toEqual({ attempts: [], agent: "gpt" });
  expect(agentsAfter([])).toEqual({ attempts: [] });
});
