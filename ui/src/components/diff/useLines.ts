// The person's place among a diff's lines: presses on the gutter and the text, and steps by key.
//
// Deliberately absent: what a place is for. Whoever shows the diff keeps it, and decides what a press on the
// gutter begins.

import { type RefObject, useEffect, useRef } from "react";
import { newLineOf, nextLine, type Rows, rowOfLine } from "./rows";

/** Lines of the new side, from where the selection began to where it is now; both the same for one line. */
export type LineRange = { anchor: number; line: number };

export const ends = ({ anchor, line }: LineRange): [number, number] =>
  anchor < line ? [anchor, line] : [line, anchor];

export type LineHandlers = {
  cursor: LineRange | null;
  onCursor: ((range: LineRange) => void) | undefined;
  /** The gutter was pressed: something is to be said about these lines. */
  onGutter: ((range: LineRange) => void) | undefined;
};

/** Presses: on the gutter they ask for a comment, on the text they move the cursor; shift extends from the anchor. */
export function usePresses(
  scroller: RefObject<HTMLElement | null>,
  rows: Rows,
  handlers: LineHandlers,
): void {
  const now = useRef({ rows, ...handlers });
  now.current = { rows, ...handlers };
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const press = (event: MouseEvent) => {
      const { rows: shown, cursor, onCursor, onGutter } = now.current;
      if (!onCursor || !(event.target instanceof Element)) return;
      if (event.target.closest("[data-note], button")) return;
      const row = event.target.closest<HTMLElement>("[role=row]");
      const line = row ? newLineOf(shown, Number(row.getAttribute("aria-rowindex")) - 1) : null;
      if (line === null) return;
      const range = { anchor: event.shiftKey && cursor ? cursor.anchor : line, line };
      const onNumber = event.target.closest("[data-gutter]") !== null;
      // A press that ends a selection of text is no choice of a line.
      if (!onNumber && !event.shiftKey && window.getSelection()?.isCollapsed === false) return;
      onCursor(range);
      if (onNumber) onGutter?.(range);
    };
    // Shift selects lines here, not the text between two presses.
    const keepText = (event: MouseEvent) => {
      if (event.shiftKey && now.current.onCursor) event.preventDefault();
    };
    element.addEventListener("click", press);
    element.addEventListener("mousedown", keepText);
    return () => {
      element.removeEventListener("click", press);
      element.removeEventListener("mousedown", keepText);
    };
  }, [scroller]);
}

/** Where a step by key leads: from the cursor, or from the first line in sight. */
export function stepped(
  rows: Rows,
  cursor: LineRange | null,
  firstSeen: number,
  step: 1 | -1,
  extend: boolean,
): LineRange | null {
  const row = cursor ? rowOfLine(rows, { side: "new", line: cursor.line }) : -1;
  const line = row < 0 ? nextLine(rows, firstSeen - 1, 1) : nextLine(rows, row, step);
  if (line === null) return null;
  return { anchor: extend && cursor ? cursor.anchor : line, line };
}
