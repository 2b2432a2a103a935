// One file's diff, split or unified. Only the rows in view exist; they are all 20 px high except notes.
//
// Deliberately absent: which file, where it comes from, comments as such (they arrive as notes), what the chosen
// lines are for, and keys beyond the scroller's own: whoever shows the diff drives it through its handle.

import {
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { FileDiff } from "../../lib/fileDiff";
import { testIds } from "../../testids";
import styles from "./Diff.module.css";
import { type Cell, GapRow, SplitRow, UnifiedRow } from "./DiffRow";
import { geometryOf, ROW_HEIGHT, rowAt, seen, topOf } from "./geometry";
import { asCell, asRow, asTable } from "./roles";
import {
  isFoldedIn,
  type Layout,
  type NoteAt,
  newLineOf,
  newLines,
  nextLine,
  ROW_GAP,
  ROW_NOTE,
  rowOfLine,
} from "./rows";
import { useFolds } from "./useFolds";
import { useHurry } from "./useHurry";
import { ends, type LineRange, stepped, usePresses } from "./useLines";
import { useSyntax } from "./useSyntax";
import { type ReadAround, useTexts } from "./useTexts";
import { useView } from "./useView";
import { useWords } from "./useWords";

/** Something that hangs below a line. */
export type DiffNote = NoteAt & {
  id: string;
  body: ReactNode;
  /** Pixels, where it is known before it is seen: then nothing moves when it comes into sight. */
  height?: number;
};

/** What a line stands out for, beside being changed. */
export type LineMark = "evidence" | "finding" | "draft";

export type DiffHandle = {
  /** Scrolls to the next (1) or the previous (-1) change; false when there is none. */
  change(step: 1 | -1): boolean;
  /** Shows a line, unfolded if need be; false when this diff has no such line. */
  line(at: NoteAt): boolean;
  /** Moves the cursor by a line, or what is chosen along with it. */
  step(step: 1 | -1, extend: boolean): void;
  /** The cursor, or the first line in sight. */
  here(): LineRange | null;
  /** Shown lines of the new side as they read; fails when they can't be had. */
  texts(from: number, to: number): Promise<string[]>;
  focus(): void;
};

type DiffViewProps = {
  diff: FileDiff;
  layout: Layout;
  /** Reads the same diff with `context` unchanged lines around each hunk. Without it, folds stay folded. */
  wider?: (context: number) => Promise<FileDiff>;
  /** Reads what lines say that the diff came without. */
  read?: ReadAround;
  notes?: readonly DiffNote[];
  /** The note that is being worked on: it is brought into sight once. */
  openNote?: string | null;
  /** Lines of the new side that stand out. */
  marks?: ReadonlyMap<number, LineMark>;
  cursor?: LineRange | null;
  onCursor?: ((range: LineRange) => void) | undefined;
  onGutter?: ((range: LineRange) => void) | undefined;
  handle?: Ref<DiffHandle>;
};

const NO_NOTES: readonly DiffNote[] = [];
const NOTE_GUESS = 84;
/** A note in which something is written, with a line around it. */
const NOTE_ROOM = 210;
/** Lines beyond the one looked for, when it is unfolded. */
const AROUND = 4;

export function DiffView({ diff, layout, wider, read, notes = NO_NOTES, handle, ...more }: DiffViewProps) {
  const { openNote = null, marks, cursor = null, onCursor, onGutter } = more;
  // Where notes hang decides the rows; what they say does not.
  const hung = notes.map(({ side, line }) => `${side} ${line}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `hung` stands for the notes' places
  const places = useMemo(() => notes.map(({ side, line }) => ({ side, line })), [hung]);
  const { rows, loading, unfold } = useFolds(diff, layout, places, wider);
  const awaited = useRef<NoteAt | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLDivElement>(null);
  const measure = useRef<HTMLSpanElement>(null);
  const { view, size, look } = useView(scroller, bar, measure);
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map());

  const geometry = useMemo(
    () =>
      geometryOf(rows.count, rows.noteRows, (row) => {
        const note = notes[rows.left[row] ?? -1];
        return (note && (heights.get(note.id) ?? note.height)) ?? NOTE_GUESS;
      }),
    [rows, notes, heights],
  );
  const [first, last] = seen(geometry, view.top, view.height);
  const hurries = useHurry(diff.path);
  const flies = view.flies || hurries;
  const { version, need } = useTexts(diff, rows, first, last, flies, read);
  const syntaxOf = useSyntax(diff.path, rows, first, flies ? first : last, version);
  const wordsOf = useWords(rows);
  const showCr = diff.ends === "mixed";

  // Another file starts at its top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the file is the reason, not an input
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
    if (bar.current) bar.current.scrollLeft = 0;
  }, [diff.path]);

  usePresses(scroller, rows, { cursor, onCursor, onGutter });

  const gutter = Math.max(3, String(Math.max(diff.old_lines, diff.new_lines)).length) * size.column + 20;
  const cellWidth = layout === "unified" ? size.width - 2 * gutter : size.width / 2 - gutter;
  const textWidth = rows.columns * size.column + 40;
  const overflow = Math.max(0, textWidth - cellWidth);

  const scrollToRow = (row: number) => {
    const element = scroller.current;
    if (element)
      element.scrollTop = Math.max(0, topOf(geometry, row) - Math.min(120, element.clientHeight / 3));
  };
  const showLine = (at: NoteAt): boolean => {
    const row = rowOfLine(rows, at);
    if (row >= 0) {
      scrollToRow(row);
      return true;
    }
    const gap = rows.gaps.find((one) => isFoldedIn(one, at));
    if (!gap || !unfold) return false;
    awaited.current = at;
    const above = at.line - (at.side === "old" ? gap.oldStart : gap.newStart);
    if (above < gap.length / 2) unfold(gap, above + AROUND, 0);
    else unfold(gap, 0, gap.length - above + AROUND);
    return true;
  };
  // A line that had to be read first is shown when it is there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: new rows are the reason
  useEffect(() => {
    const row = awaited.current ? rowOfLine(rows, awaited.current) : -1;
    if (row < 0) return;
    awaited.current = null;
    scrollToRow(row);
  }, [rows]);

  const sought = useRef<string | null>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (sought.current === openNote || !element) return;
    const row = rows.noteRows.find((one) => notes[rows.left[one] ?? -1]?.id === openNote);
    if (row === undefined) return;
    sought.current = openNote;
    const top = topOf(geometry, row);
    const below = top + NOTE_ROOM - element.clientHeight;
    if (element.scrollTop < below || element.scrollTop > top) element.scrollTop = Math.max(0, below);
    look(element);
  }, [openNote, rows, notes, geometry, look]);

  const firstInSight = () => rowAt(geometry, (scroller.current?.scrollTop ?? 0) + ROW_HEIGHT - 1);
  const keepInSight = (row: number) => {
    const element = scroller.current;
    if (!element) return;
    const top = topOf(geometry, row);
    if (top < element.scrollTop + ROW_HEIGHT) element.scrollTop = Math.max(0, top - ROW_HEIGHT);
    else if (top + 2 * ROW_HEIGHT > element.scrollTop + element.clientHeight)
      element.scrollTop = top + 2 * ROW_HEIGHT - element.clientHeight;
  };

  useImperativeHandle(handle, () => ({
    change(step) {
      const element = scroller.current;
      if (!element) return false;
      const here = element.scrollTop + Math.min(120, element.clientHeight / 3);
      const tops = rows.changes.map((row) => topOf(geometry, row));
      const index =
        step > 0 ? tops.findIndex((top) => top > here + 1) : tops.findLastIndex((top) => top < here - 1);
      const row = rows.changes[index];
      if (row === undefined) return false;
      const before = element.scrollTop;
      scrollToRow(row);
      const line = nextLine(rows, row - 1, 1);
      if (line !== null) onCursor?.({ anchor: line, line });
      return element.scrollTop !== before;
    },
    line: showLine,
    step(step, extend) {
      const next = stepped(rows, cursor, firstInSight(), step, extend);
      if (!next) return;
      onCursor?.(next);
      keepInSight(rowOfLine(rows, { side: "new", line: next.line }));
    },
    here() {
      return cursor ?? stepped(rows, null, firstInSight(), 1, false);
    },
    async texts(from, to) {
      const lines = newLines(rows.lines, from, to);
      await need(lines);
      if (lines.some((line) => line.text === null)) throw new Error("These lines can't be read.");
      return lines.map((line) => line.text ?? "");
    },
    focus() {
      scroller.current?.focus();
    },
  }));

  const cell = (index: number): Cell | null => {
    const line = rows.lines[index];
    if (!line) return null;
    // What flies past is read by nobody: its words would cost more than all the rest.
    const { text } = line;
    if (flies || text === null) return { line, text, syntax: undefined, words: undefined, showCr };
    return { line, text, syntax: syntaxOf(line), words: wordsOf(index), showCr };
  };
  const rowBody = (row: number): ReactNode => {
    const [left, right] = [rows.left[row] ?? -1, rows.right[row] ?? -1];
    if (rows.kind[row] === ROW_GAP) {
      const gap = rows.gaps[left];
      if (!gap) return null;
      const position = row === 0 ? "first" : row === rows.count - 1 ? "last" : "middle";
      const folded = places.filter((place) => isFoldedIn(gap, place));
      return (
        <GapRow
          gap={gap}
          position={position}
          loading={loading.has(gap.index)}
          unfold={unfold}
          notes={folded.length}
          reveal={() => folded[0] && showLine(folded[0])}
        />
      );
    }
    if (rows.kind[row] === ROW_NOTE) {
      const note = notes[left];
      if (!note) return null;
      const measured = (height: number) => {
        if (heights.get(note.id) !== height) setHeights((known) => new Map(known).set(note.id, height));
      };
      return <Note measured={measured}>{note.body}</Note>;
    }
    if (layout === "split") return <SplitRow left={cell(left)} right={cell(right)} />;
    const only = cell(right >= 0 ? right : left);
    return only && <UnifiedRow cell={only} />;
  };

  const [from, to] = cursor ? ends(cursor) : [0, -1];
  const painted: ReactNode[] = [];
  for (let row = first; row < last; row++) {
    const isNote = rows.kind[row] === ROW_NOTE;
    const line = newLineOf(rows, row);
    painted.push(
      <div
        key={isNote ? `note-${notes[rows.left[row] ?? -1]?.id}` : row}
        {...asRow(row)}
        className={styles.row}
        data-note={isNote || undefined}
        data-mark={(line !== null && marks?.get(line)) || undefined}
        data-chosen={(line !== null && line >= from && line <= to) || undefined}
        data-cursor={(line !== null && line === cursor?.line) || undefined}
        style={{ top: topOf(geometry, row), height: isNote ? undefined : ROW_HEIGHT }}
      >
        {rowBody(row)}
      </div>,
    );
  }

  const gutterStyle = { "--gutter": `${gutter}px` } as React.CSSProperties;
  return (
    <div
      className={styles.view}
      data-layout={layout}
      data-lines={onGutter ? "" : undefined}
      data-testid={testIds.diff}
      style={gutterStyle}
    >
      <span ref={measure} className={styles.measure} aria-hidden="true">
        {"0".repeat(100)}
      </span>
      <div
        ref={scroller}
        className={styles.scroller}
        {...asTable(`Changes of ${diff.path}`, rows.count)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        tabIndex={0}
        onScroll={(event) => {
          look(event.currentTarget);
        }}
      >
        <div className={styles.rows} style={{ height: geometry.total }}>
          {painted}
        </div>
      </div>
      <div
        ref={bar}
        className={styles.bar}
        hidden={overflow === 0}
        onScroll={(event) => {
          const { scrollLeft } = event.currentTarget;
          const element = scroller.current;
          if (!element) return;
          element.style.setProperty("--shift", `${-scrollLeft}px`);
          element.toggleAttribute("data-shifted", scrollLeft > 0);
        }}
      >
        <div style={{ width: size.width + overflow }} />
      </div>
    </div>
  );
}

function Note({ children, measured }: { children: ReactNode; measured: (height: number) => void }) {
  const element = useRef<HTMLDivElement>(null);
  const report = useRef(measured);
  report.current = measured;
  useEffect(() => {
    const note = element.current;
    if (!note) return;
    const observer = new ResizeObserver(() => report.current(note.offsetHeight));
    observer.observe(note);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={element} className={styles.note} {...asCell}>
      {children}
    </div>
  );
}
