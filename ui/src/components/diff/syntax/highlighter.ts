// Asks the worker for colours, one text at a time, newest wish first, with a time limit. A text over the limit
// ends the worker (F106); after that its file stays plain and everything else goes on in a new one.

import type { Span } from "../segments";
import type { SyntaxReply, SyntaxRequest } from "./messages";

/** The part of `Worker` that is used; tests give their own. */
export type SyntaxWorker = {
  onmessage: ((event: MessageEvent<SyntaxReply>) => void) | null;
  postMessage(message: SyntaxRequest): void;
  terminate(): void;
};

type Wish = {
  file: string;
  language: string;
  text: string;
  done: (lines: Span[][] | null) => void;
};

export type Highlighter = {
  /** Colours per line, or null: unknown language, too slow, failed. `file` groups texts that share a fate. */
  highlight(file: string, language: string, text: string): Promise<Span[][] | null>;
  /** Ends the worker and answers what is open with null. */
  stop(): void;
};

/** How long one text (about 500 lines) may take, in milliseconds; the first one also loads the grammars. */
const LIMIT = 500;
const FIRST_LIMIT = 4000;

/** Longer texts are not worth colouring: generated or hostile. UTF-16 units. */
const MAX_TEXT = 400_000;

export function createHighlighter(
  start: () => SyntaxWorker,
  limit = LIMIT,
  firstLimit = FIRST_LIMIT,
): Highlighter {
  const wishes: Wish[] = [];
  const given = new Set<string>();
  let worker: SyntaxWorker | null = null;
  let warm = false;
  let busy: Wish | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let id = 0;

  const finish = (lines: Span[][] | null) => {
    clearTimeout(timer);
    const wish = busy;
    busy = null;
    wish?.done(lines);
    next();
  };
  const end = () => {
    worker?.terminate();
    worker = null;
    warm = false;
  };
  const next = () => {
    if (busy) return;
    const wish = wishes.pop();
    if (!wish) return;
    if (given.has(wish.file)) {
      wish.done(null);
      next();
      return;
    }
    busy = wish;
    const mine = ++id;
    try {
      worker ??= start();
    } catch {
      // No worker to be had here: plain text it is.
      given.add(wish.file);
      finish(null);
      return;
    }
    worker.onmessage = (event) => {
      if (event.data.id !== mine) return;
      warm = true;
      finish(event.data.lines);
    };
    timer = setTimeout(
      () => {
        given.add(wish.file);
        end();
        finish(null);
      },
      warm ? limit : firstLimit,
    );
    worker.postMessage({ id: mine, language: wish.language, text: wish.text });
  };

  return {
    highlight(file, language, text) {
      if (text.length > MAX_TEXT || given.has(file)) return Promise.resolve(null);
      return new Promise((done) => {
        wishes.push({ file, language, text, done });
        next();
      });
    },
    stop() {
      end();
      for (const wish of wishes.splice(0)) wish.done(null);
      if (busy) finish(null);
    },
  };
}

let shared: Highlighter | null = null;

/** The page's one highlighter; its worker starts with the first text. */
export function pageHighlighter(): Highlighter {
  shared ??= createHighlighter(
    () => new Worker(new URL("./syntax.worker.ts", import.meta.url), { type: "module" }) as SyntaxWorker,
  );
  return shared;
}
