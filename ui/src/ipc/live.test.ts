import { QueryObserver } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import type { Event } from "./bindings/Event";
import { newCache } from "./cache";
import { keys } from "./keys";
import { noticeSink, usePassing } from "./live";

const event = (seq: number, type: Event["type"]) => ({
  type: "event" as const,
  event: { seq, at: "2026-01-01T00:00:00.000Z", plan: "p", type, task: "a" } as Event,
});

function setUp() {
  const client = newCache();
  const frames: (() => void)[] = [];
  const invalidate = vi.spyOn(client, "invalidateQueries");
  const sink = noticeSink(client, (flush) => frames.push(flush));
  const frame = () => frames.splice(0).forEach((flush) => void flush());
  return { client, sink, frame, frames, invalidate };
}

test("a burst of events is one frame's work", () => {
  const { sink, frame, frames, invalidate } = setUp();
  for (let i = 1; i <= 500; i++) sink(event(i, "head.moved"));
  expect(frames).toHaveLength(1);
  expect(invalidate).not.toHaveBeenCalled();
  frame();
  const asked = invalidate.mock.calls.map(([filter]) => JSON.stringify(filter?.queryKey));
  expect(asked).toHaveLength(new Set(asked).size);
  expect(asked).toContain(JSON.stringify(keys.plan("p")));
});

test("who fell behind reads everything again", () => {
  const { sink, frame, invalidate } = setUp();
  sink(event(1, "landed"));
  sink({ type: "lagged", seq: 9 });
  frame();
  expect(invalidate.mock.calls).toEqual([[]]);
});

test("a log that is looked at grows by what is new, once", () => {
  const { client, sink, frame } = setUp();
  client.setQueryData([...keys.log("p")], [event(1, "landed").event]);
  sink(event(1, "landed"));
  sink(event(2, "approved"));
  frame();
  expect(client.getQueryData<Event[]>([...keys.log("p")])?.map((e) => e.seq)).toEqual([1, 2]);
});

test("the latest line of a run needs no query", () => {
  const { sink, frame, invalidate } = setUp();
  sink({ type: "action", plan: "p", task: "a", run: "r", line: "one" });
  sink({ type: "action", plan: "p", task: "a", run: "r", line: "two" });
  frame();
  expect(usePassing.getState().lines["p\na"]).toBe("two");
  expect(invalidate).not.toHaveBeenCalled();
});

test("an answer under way is let finish and read again, however much happens meanwhile", async () => {
  const { client, sink, frame } = setUp();
  const answers: ((value: number) => void)[] = [];
  const watch = new QueryObserver(client, {
    queryKey: keys.plan("p"),
    queryFn: () => new Promise<number>((resolve) => answers.push(resolve)),
  });
  const stop = watch.subscribe(() => {});
  for (let i = 1; i <= 20; i++) {
    sink(event(i, "head.moved"));
    frame();
  }
  expect(answers).toHaveLength(1);
  answers[0]?.(1);
  await vi.waitFor(() => expect(client.getQueryData(keys.plan("p"))).toBe(1));
  frame();
  expect(answers).toHaveLength(2);
  answers[1]?.(2);
  await vi.waitFor(() => expect(client.getQueryData(keys.plan("p"))).toBe(2));
  stop();
});

test("the newest warning about a task is kept for whoever waits on it", () => {
  const { sink, frame } = setUp();
  const warning = (seq: number, task: string | null, message: string) =>
    ({
      type: "event" as const,
      event: { seq, at: "2026-01-01T00:00:00.000Z", plan: "p", type: "warning", task, message },
    }) as const;
  sink(warning(1, "a", "one"));
  sink(warning(2, "a", "two"));
  sink(warning(3, null, "about the machine"));
  frame();
  expect(usePassing.getState().warnings).toEqual({ "p\na": { seq: 2, message: "two" } });
});
