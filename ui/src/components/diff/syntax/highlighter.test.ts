import { common, createLowlight } from "lowlight";
import { expect, test, vi } from "vitest";
import { createHighlighter, type SyntaxWorker } from "./highlighter";
import { languageOf } from "./languages";
import type { SyntaxRequest } from "./messages";
import { spansOf } from "./spans";

/** A worker that answers at once, except to texts that say "hang". */
function workers() {
  const started: { ended: boolean; asked: string[] }[] = [];
  const start = (): SyntaxWorker => {
    const record = { ended: false, asked: [] as string[] };
    started.push(record);
    const worker: SyntaxWorker = {
      onmessage: null,
      postMessage({ id, text }: SyntaxRequest) {
        record.asked.push(text);
        if (text.includes("hang")) return;
        queueMicrotask(() => {
          if (!record.ended) worker.onmessage?.(new MessageEvent("message", { data: { id, lines: [[]] } }));
        });
      },
      terminate() {
        record.ended = true;
      },
    };
    return worker;
  };
  return { started, start };
}

test("a text that takes too long ends its worker and stays plain; others go on", async () => {
  vi.useFakeTimers();
  const { started, start } = workers();
  const highlighter = createHighlighter(start, 100, 100);
  const slow = highlighter.highlight("evil.js", "javascript", "hang");
  await vi.advanceTimersByTimeAsync(100);
  expect(await slow).toBeNull();
  expect(started[0]?.ended).toBe(true);
  expect(await highlighter.highlight("evil.js", "javascript", "fine")).toBeNull();
  expect(await highlighter.highlight("good.js", "javascript", "fine")).toEqual([[]]);
  expect(started).toHaveLength(2);
  vi.useRealTimers();
});

test("the newest wish comes first, and stopping answers all", async () => {
  const { started, start } = workers();
  const highlighter = createHighlighter(start, 1000, 1000);
  const first = highlighter.highlight("a", "rust", "hang");
  const second = highlighter.highlight("b", "rust", "b");
  highlighter.stop();
  expect(await Promise.all([first, second])).toEqual([null, null]);
  expect(started[0]).toMatchObject({ ended: true, asked: ["hang"] });
});

test("a tree becomes pieces per line, over line ends", () => {
  const lines = spansOf(createLowlight(common).highlight("rust", '/* a\nb */ let x = "s";'));
  expect(lines).toEqual([
    [{ start: 0, end: 4, name: "comment" }],
    [
      { start: 0, end: 4, name: "comment" },
      { start: 5, end: 8, name: "keyword" },
      { start: 13, end: 16, name: "string" },
    ],
  ]);
});

test("languages go by the file's name", () => {
  expect(languageOf("src/lib.rs")).toBe("rust");
  expect(languageOf("a/Makefile")).toBe("makefile");
  expect(languageOf("Cargo.lock")).toBe("ini");
  expect(languageOf("LICENSE")).toBeNull();
  expect(languageOf("x.constructor")).toBeNull();
});
