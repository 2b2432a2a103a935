// An emulator for as long as a pane shows a run.

import { type RefObject, useEffect, useRef, useState } from "react";
import type { RunView } from "../../ipc/bindings/RunView";
import type { Exit } from "../../ipc/terminal";
import { useDesk } from "../../lib/desk";
import { type Emulator, startEmulator } from "./emulator";
import { type LinkQuestion, linkQuestion } from "./links";
import { type PasteQuestion, pasteQuestion } from "./paste";

const pageTheme = () => (document.documentElement.dataset.theme === "light" ? "light" : "dark");

export type PaneState = {
  emulator: Emulator | null;
  /** Scrolled up, away from what happens now. */
  away: boolean;
  selected: boolean;
  exit: Exit | null;
  problem: unknown;
  found: { at: number; of: number } | null;
  paste: PasteQuestion | null;
  link: LinkQuestion | null;
};

const nothing: PaneState = {
  emulator: null,
  away: false,
  selected: false,
  exit: null,
  problem: null,
  found: null,
  paste: null,
  link: null,
};

export function useEmulator(
  host: RefObject<HTMLElement | null>,
  run: Pick<RunView, "id" | "dir">,
  label: string,
  isPageKey: (event: KeyboardEvent) => boolean,
): PaneState & { change: (part: Partial<PaneState>) => void } {
  const [state, setState] = useState<PaneState>(nothing);
  const fontSize = useDesk((desk) => desk.terminalFontSize);
  const latest = useRef({ fontSize, label, isPageKey });
  latest.current = { fontSize, label, isPageKey };

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let stopped = false;
    const change = (part: Partial<PaneState>) => {
      if (!stopped) setState((now) => ({ ...now, ...part }));
    };
    let seen = { away: false, selected: false };
    setState(nothing);
    const emulator = startEmulator(element, {
      run: run.id,
      dir: run.dir,
      fontSize: latest.current.fontSize,
      label: latest.current.label,
      theme: pageTheme(),
      isPageKey: (event) => latest.current.isPageKey(event),
      onLink: (address, shown) => change({ link: linkQuestion(address, shown) }),
      onExit: (exit) => change({ exit }),
      onProblem: (problem) => change({ problem }),
      onSearch: (found) => change({ found }),
      // Comes with every painted frame; only a change is news.
      onState: (now) => {
        if (now.away === seen.away && now.selected === seen.selected) return;
        seen = now;
        change(now);
      },
    });
    change({ emulator });

    const paste = (event: ClipboardEvent | DragEvent) => {
      const carried = event instanceof DragEvent ? event.dataTransfer : event.clipboardData;
      const text = carried?.getData("text/plain") ?? "";
      event.preventDefault();
      event.stopPropagation();
      if (text === "") return;
      const question = pasteQuestion(text);
      if (question) change({ paste: question });
      else emulator.paste(text);
    };
    const over = (event: DragEvent) => event.preventDefault();
    element.addEventListener("paste", paste, true);
    element.addEventListener("drop", paste, true);
    element.addEventListener("dragover", over);

    const sizes = new ResizeObserver(() => emulator.fit());
    sizes.observe(element);
    const themes = new MutationObserver(() => emulator.setTheme(pageTheme()));
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    void document.fonts?.ready.then(() => {
      if (!stopped) emulator.fit();
    });
    return () => {
      stopped = true;
      sizes.disconnect();
      themes.disconnect();
      element.removeEventListener("paste", paste, true);
      element.removeEventListener("drop", paste, true);
      element.removeEventListener("dragover", over);
      emulator.dispose();
    };
  }, [host, run.id, run.dir]);

  useEffect(() => state.emulator?.setFontSize(fontSize), [state.emulator, fontSize]);

  return { ...state, change: (part) => setState((now) => ({ ...now, ...part })) };
}
