// Where a diff is scrolled to, how large it is shown, and whether it flies past; sideways scrolling of both sides.

import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { ROW_HEIGHT } from "./geometry";

/** Between two steps nothing new comes into view, and nothing is rendered. */
const STEP_PX = 4 * ROW_HEIGHT;

/** Moves that follow each other so quickly, in milliseconds, are one scroll; after as long a rest it is over. */
const REST = 100;

export type View = {
  top: number;
  height: number;
  /** It is scrolled faster than anybody reads. */
  flies: boolean;
};

type Move = { at: number; top: number };

/** Whether a move goes on with a scroll, by more than half of what is in sight. A jump alone does not fly. */
export function fliesBy(before: Move, now: Move, height: number): boolean {
  return now.at - before.at < REST && Math.abs(now.top - before.top) > height / 2;
}

export function useView(
  scroller: RefObject<HTMLElement | null>,
  bar: RefObject<HTMLElement | null>,
  measure: RefObject<HTMLElement | null>,
): { view: View; size: { width: number; column: number }; look: (element: HTMLElement) => void } {
  const [view, setView] = useState<View>({ top: 0, height: 800, flies: false });
  const [size, setSize] = useState({ width: 800, column: 7.2 });
  const last = useRef<Move>({ at: Number.NEGATIVE_INFINITY, top: 0 });
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);

  const look = useCallback((element: HTMLElement) => {
    const move = { at: performance.now(), top: element.scrollTop };
    const flew = fliesBy(last.current, move, element.clientHeight);
    last.current = move;
    const top = Math.floor(move.top / STEP_PX) * STEP_PX;
    const height = element.clientHeight + STEP_PX;
    setView((now) => {
      const flies = now.flies || flew;
      return now.top === top && now.height === height && now.flies === flies ? now : { top, height, flies };
    });
    clearTimeout(rest.current);
    rest.current = setTimeout(() => setView((now) => (now.flies ? { ...now, flies: false } : now)), REST);
  }, []);
  useEffect(() => () => clearTimeout(rest.current), []);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measured = () => {
      look(element);
      const column = (measure.current?.getBoundingClientRect().width ?? 0) / 100;
      setSize({ width: element.clientWidth, column: column || 7.2 });
    };
    measured();
    const observer = new ResizeObserver(measured);
    observer.observe(element);
    void document.fonts?.ready.then(measured);
    return () => observer.disconnect();
  }, [scroller, measure, look]);

  // Sideways wheels and trackpads move both sides together, through the bar below; a selection stays on the side
  // where it began.
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const press = (event: PointerEvent) => {
      const cell = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-side]") : null;
      element.dataset.select = cell?.dataset.side ?? "both";
    };
    element.addEventListener("pointerdown", press);
    const wheel = (event: WheelEvent) => {
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (sideways === 0 || Math.abs(sideways) < Math.abs(event.shiftKey ? 0 : event.deltaY)) return;
      if (bar.current) bar.current.scrollLeft += sideways;
      event.preventDefault();
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      element.removeEventListener("pointerdown", press);
      element.removeEventListener("wheel", wheel);
    };
  }, [scroller, bar]);

  return { view, size, look };
}
