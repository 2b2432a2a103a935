// One xterm.js on one element, fed from one run. Whoever makes it ends it: a pane that is not seen has none.
//
// The DOM renderer, because what is asked of it is one or two panes on WebKitGTK, where it is as quick as WebGL
// and needs none of its sixteen contexts. Deliberately absent: ligatures, images, clipboard sequences.

import { FitAddon } from "@xterm/addon-fit";
import { type ISearchOptions, SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import {
  ackTerminal,
  attachTerminal,
  detachTerminal,
  type Exit,
  resizeTerminal,
  typeIntoTerminal,
} from "../../ipc/terminal";
import { createFeed } from "./feed";
import { isReply } from "./paste";
import { terminalTheme } from "./theme";

declare global {
  interface Window {
    /** Terminals by run, for the test that drives the real window and reads their buffers. */
    __coppiceTerminals?: Map<string, Terminal>;
  }
}

export type EmulatorWishes = {
  run: string;
  dir: string;
  fontSize: number;
  theme: "dark" | "light";
  label: string;
  /** Whether a key belongs to the page; all others go to the run. */
  isPageKey(event: KeyboardEvent): boolean;
  onLink(address: string, shown: string): void;
  onExit(exit: Exit): void;
  onState(state: { away: boolean; selected: boolean }): void;
  onProblem(problem: unknown): void;
  onSearch(found: { at: number; of: number } | null): void;
};

export type Emulator = {
  terminal: Terminal;
  fit(): void;
  setFontSize(size: number): void;
  setTheme(theme: "dark" | "light"): void;
  search(text: string, step: 1 | -1): void;
  endSearch(): void;
  /** Types text as a paste: bracketed where the program asked for that. */
  paste(text: string): void;
  toLive(): void;
  dispose(): void;
};

/** The font of the bundle, without ligatures: `->` is two characters. */
const FONT = '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace';

export function startEmulator(element: HTMLElement, wishes: EmulatorWishes): Emulator {
  const terminal = new Terminal({
    fontFamily: FONT,
    fontSize: wishes.fontSize,
    lineHeight: 1.15,
    letterSpacing: 0,
    scrollback: 5000,
    cursorBlink: false,
    cursorInactiveStyle: "outline",
    allowProposedApi: true,
    screenReaderMode: false,
    overviewRuler: { width: 10 },
    minimumContrastRatio: 4.5,
    theme: terminalTheme(wishes.theme),
    linkHandler: {
      allowNonHttpProtocols: false,
      activate: (_event, address, range) => wishes.onLink(address, textIn(terminal, range)),
    },
  });
  const fitter = new FitAddon();
  const searcher = new SearchAddon({ highlightLimit: 500 });
  terminal.loadAddon(fitter);
  terminal.loadAddon(searcher);
  terminal.loadAddon(new WebLinksAddon((_event, address) => wishes.onLink(address, address)));
  terminal.attachCustomKeyEventHandler((event) => !wishes.isPageKey(event));
  terminal.open(element);
  terminal.textarea?.setAttribute("aria-label", wishes.label);

  let attached: number | null = null;
  let owed = 0;
  let ended = false;
  let replayUntil = Number.POSITIVE_INFINITY;
  let offset = 0;
  let sent = "";
  let resizing: ReturnType<typeof setTimeout> | undefined;

  const quietly = (promise: Promise<void>) => void promise.catch(wishes.onProblem);
  const feed = createFeed({
    screen: {
      write: (bytes, done) => terminal.write(bytes, done),
      reset: () => terminal.reset(),
    },
    // An acknowledgement can come before the answer to the attachment; it is owed until then.
    ack: (bytes) => {
      if (attached === null) owed += bytes;
      else quietly(ackTerminal(attached, bytes));
    },
    onExit: (exit) => {
      // Nobody reads what would be typed now.
      terminal.options.disableStdin = true;
      wishes.onExit(exit);
    },
    onGap: () => terminal.write("\r\n\x1b[2m··· output left out here ···\x1b[0m\r\n"),
    onProgress: (end) => {
      offset = end;
    },
  });
  const tellSize = () => {
    const size = `${terminal.cols}x${terminal.rows}`;
    if (attached === null || size === sent) return;
    sent = size;
    quietly(resizeTerminal(attached, terminal.cols, terminal.rows));
  };
  const refit = () => {
    if (element.clientWidth < 40 || element.clientHeight < 20) return;
    fitter.fit();
    clearTimeout(resizing);
    resizing = setTimeout(tellSize, 60);
  };

  terminal.onData((data) => {
    if (attached === null || ended) return;
    // A question replayed from the log was answered when it was asked.
    if (offset <= replayUntil && isReply(data)) return;
    quietly(typeIntoTerminal(attached, data));
  });
  const look = () => {
    const { viewportY, baseY } = terminal.buffer.active;
    wishes.onState({ away: viewportY < baseY, selected: terminal.hasSelection() });
  };
  terminal.onRender(look);
  terminal.onSelectionChange(look);
  searcher.onDidChangeResults(({ resultIndex, resultCount }) =>
    wishes.onSearch({ at: resultIndex + 1, of: resultCount }),
  );

  window.__coppiceTerminals ??= new Map();
  window.__coppiceTerminals.set(wishes.run, terminal);

  refit();
  // Cells are measured when the terminal opens, and again when its font has come: only another name makes it look.
  void document.fonts?.load(`${wishes.fontSize}px "JetBrains Mono Variable"`).then(() => {
    if (ended) return;
    terminal.options.fontFamily = `${FONT}, monospace`;
    refit();
  });
  attachTerminal(wishes.dir, 0, feed.take).then(
    (answer) => {
      if (ended) {
        void detachTerminal(answer.id).catch(() => {});
        return;
      }
      attached = answer.id;
      replayUntil = answer.end;
      if (owed > 0) quietly(ackTerminal(answer.id, owed));
      tellSize();
    },
    (problem) => {
      if (!ended) wishes.onProblem(problem);
    },
  );

  const decorations: ISearchOptions = {
    decorations: {
      matchBackground: "#3b4a57",
      matchOverviewRuler: "#6b7f8f",
      activeMatchBackground: "#8a6d1f",
      activeMatchColorOverviewRuler: "#e0b040",
    },
  };

  return {
    terminal,
    fit: refit,
    setFontSize(size) {
      if (terminal.options.fontSize === size) return;
      terminal.options.fontSize = size;
      refit();
    },
    setTheme(theme) {
      terminal.options.theme = terminalTheme(theme);
    },
    search(text, step) {
      if (text === "") {
        searcher.clearDecorations();
        wishes.onSearch(null);
      } else if (step > 0) searcher.findNext(text, decorations);
      else searcher.findPrevious(text, decorations);
    },
    endSearch() {
      searcher.clearDecorations();
      terminal.clearSelection();
      wishes.onSearch(null);
    },
    paste(text) {
      terminal.paste(text);
    },
    toLive() {
      terminal.scrollToBottom();
    },
    dispose() {
      ended = true;
      clearTimeout(resizing);
      feed.stop();
      if (attached !== null) void detachTerminal(attached).catch(() => {});
      if (window.__coppiceTerminals?.get(wishes.run) === terminal)
        window.__coppiceTerminals.delete(wishes.run);
      terminal.dispose();
    },
  };
}

type LinkRange = { start: { x: number; y: number }; end: { x: number; y: number } };

/** The text that a link's cells show. Rows and columns are 1-based, the end inclusive. */
function textIn(terminal: Terminal, range: LinkRange): string {
  const parts: string[] = [];
  for (let row = range.start.y; row <= range.end.y; row++) {
    const line = terminal.buffer.active.getLine(row - 1);
    const from = row === range.start.y ? range.start.x - 1 : 0;
    const to = row === range.end.y ? range.end.x : terminal.cols;
    parts.push(line?.translateToString(false, from, to) ?? "");
  }
  return parts.join("").trim();
}
