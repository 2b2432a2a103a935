import { expect, test } from "vitest";
import { newFake } from "./fake/engine";
import { transportOf } from "./fake/transport";
import { Refused, replyValue, request, toWireError } from "./request";
import { setTransport } from "./transport";

test("a reply of another kind than asked for is refused, not misread", () => {
  expect(replyValue("plan_text", { type: "text", value: "x" })).toBe("x");
  expect(() => replyValue("plan", { type: "text", value: "x" })).toThrow(Refused);
  expect(replyValue("cancel", { type: "done" })).toBeUndefined();
});

test("a refusal carries the engine's words and hint", async () => {
  setTransport(transportOf(newFake("normal")));
  const cycle = request({
    type: "edit_plan",
    plan: "retry",
    edit: { type: "connect", from: "sweep", to: "model" },
    revision: null,
  });
  await expect(cycle).rejects.toMatchObject({
    message: "This would make a cycle: model → client → api → sweep → model.",
    wire: { code: "refused" },
  });
  const before = await request({ type: "plan", plan: "retry" });
  expect(before.tasks.find((t) => t.id === "model")?.after).toEqual([]);
});

test("whatever is thrown becomes an error with words", () => {
  expect(toWireError("gone")).toMatchObject({ code: "internal", message: "gone" });
  expect(toWireError({ code: "moved", message: "It moved.", hint: null })).toMatchObject({ code: "moved" });
});
