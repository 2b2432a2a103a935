/*
 * Which rows of a long list exist: those in sight and a few around them. All rows are of one height, so that nothing is
 * measured, and the answer changes in steps of several rows: between them a scroll renders nothing.
 */
import { type RefObject, useCallback, useLayoutEffect, useState } from "react";

/** Rows in one step, and beyond what is in sight. */
const STEP = 8;

export type Window = {
  /** Rows from `first` up to, but not with, `last`. */
  first: number;
  last: number;
  onScroll: () => void;
  /** Scrolls as little as brings a row into sight. */
  show: (row: number) => void;
};

/** The rows of a scroller of which `height` pixels are in sight from `top` on, each `row` pixels high. */
export function rowsIn(top: number, height: number, row: number, count: number): [number, number] {
  const step = row * STEP;
  const from = Math.floor(top / step) * STEP - STEP;
  const until = Math.ceil((top + height) / step) * STEP + STEP;
  const last = Math.min(count, Math.max(0, until));
  return [Math.min(last, Math.max(0, from)), last];
}

export function useWindow(scroller: RefObject<HTMLElement | null>, row: number, count: number): Window {
  const [[first, last], setRows] = useState<[number, number]>([0, 0]);
  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const next = rowsIn(element.scrollTop, element.clientHeight, row, count);
    setRows((now) => (now[0] === next[0] && now[1] === next[1] ? now : next));
  }, [scroller, row, count]);

  // Before anything is painted: a list that comes a frame later is a flicker.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    onScroll();
    const observer = new ResizeObserver(onScroll);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, onScroll]);

  const show = useCallback(
    (at: number) => {
      const element = scroller.current;
      if (!element) return;
      const { scrollTop, clientHeight } = element;
      if (at * row < scrollTop) element.scrollTop = at * row;
      else if ((at + 1) * row > scrollTop + clientHeight) element.scrollTop = (at + 1) * row - clientHeight;
    },
    [scroller, row],
  );
  // What was counted before the list became shorter is no row any more.
  return { first: Math.min(first, count), last: Math.min(last, count), onScroll, show };
}
