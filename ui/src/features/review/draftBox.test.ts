import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { draftBox } from "./draftBox";
import type { Draft } from "./drafts";

const draft = (id: string, text: string): Draft => ({
  id,
  file: "a.rs",
  line: 1,
  end: null,
  text,
  head: "h",
  print: null,
  quote: ["x"],
});

function storage() {
  const kept = new Map<string, string>();
  let writes = 0;
  return {
    writes: () => writes,
    texts: () => (JSON.parse(kept.get("k") ?? "[]") as Draft[]).map(({ text }) => text),
    as: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => {
        writes++;
        kept.set(key, value);
      },
      removeItem: (key: string) => void kept.delete(key),
    } as unknown as Storage,
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("letters are stored and told once, when they rest", () => {
  const disk = storage();
  const box = draftBox(disk.as, "k");
  box.put(draft("a", ""));
  const told: string[][] = [];
  box.tell((drafts) => told.push(drafts.map(({ text }) => text)));
  for (const text of ["o", "on", "one"]) {
    box.type("a", text);
    vi.advanceTimersByTime(300);
  }
  expect(disk.writes()).toBe(0);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(disk.texts()).toEqual(["one"]);
  expect(told).toEqual([["one"]]);
  box.flush();
  expect(told).toHaveLength(1);
});

test("what is deleted while it is typed does not come back", () => {
  const disk = storage();
  const box = draftBox(disk.as, "k");
  box.put(draft("a", "kept"));
  box.put(draft("b", ""));
  box.type("b", "no");
  box.remove(["b"]);
  vi.advanceTimersByTime(1000);
  expect(disk.texts()).toEqual(["kept"]);
  expect(box.all()).toHaveLength(1);
});

test("tidying keeps what was typed a moment ago and drops what was only begun", () => {
  const disk = storage();
  const box = draftBox(disk.as, "k");
  box.put(draft("a", ""));
  box.put(draft("b", ""));
  box.type("a", "just now");
  box.tidy();
  expect(disk.texts()).toEqual(["just now"]);
  expect(box.all().map(({ id }) => id)).toEqual(["a"]);
});
