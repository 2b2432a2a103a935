// One row of a diff: a line, two beside each other, or a folded region with what unfolds it.

import { memo, type ReactNode } from "react";
import type { DiffLine } from "../../lib/fileDiff";
import styles from "./Diff.module.css";
import { LineText } from "./LineText";
import { asCell } from "./roles";
import type { Gap } from "./rows";
import type { Span } from "./segments";
import type { Range } from "./words";

export type Cell = {
  line: DiffLine;
  /** What the line says by now. */
  text: string | null;
  syntax: readonly Span[] | undefined;
  words: readonly Range[] | undefined;
  /** Whether carriage returns are shown: only where they differ within the file. */
  showCr: boolean;
};

/** Cells are made anew with every scroll; a row is painted anew only when what it shows is another. */
function sameCell(a: Cell | null, b: Cell | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.line === b.line &&
    a.text === b.text &&
    a.syntax === b.syntax &&
    a.words === b.words &&
    a.showCr === b.showCr
  );
}

function Code({ cell, side }: { cell: Cell | null; side: "old" | "new" | "both" }) {
  if (!cell) return <div className={`${styles.code} ${styles.nothing}`} {...asCell} data-side={side} />;
  const { line, text, syntax, words, showCr } = cell;
  return (
    <div
      className={styles.code}
      {...asCell}
      data-kind={line.kind}
      data-side={side}
      data-unread={text === null || undefined}
    >
      <span className={styles.text}>
        <LineText
          text={text ?? ""}
          syntax={syntax}
          words={words}
          side={line.kind === "context" ? null : line.kind}
        />
        {line.cr && showCr && (
          <span className={styles.chip} title="The line ends with a carriage return">
            ␍
          </span>
        )}
        {line.no_newline && (
          <span className={styles.chip} title="The file ends here without a line end">
            no newline at end
          </span>
        )}
      </span>
    </div>
  );
}

type NumberCellProps = {
  value: number | null | undefined;
  kind: DiffLine["kind"] | undefined;
  /** The side that comments are about. */
  gutter?: boolean;
};

function NumberCell({ value, kind, gutter = false }: NumberCellProps) {
  return (
    <div
      className={styles.number_}
      {...asCell}
      data-kind={kind}
      data-gutter={(gutter && value != null) || undefined}
    >
      {value ?? ""}
    </div>
  );
}

export const UnifiedRow = memo(
  function UnifiedRow({ cell }: { cell: Cell }) {
    const { line } = cell;
    return (
      <>
        <NumberCell value={line.old} kind={line.kind} />
        <NumberCell value={line.new} kind={line.kind} gutter />
        <Code cell={cell} side="both" />
      </>
    );
  },
  (before, after) => sameCell(before.cell, after.cell),
);

export const SplitRow = memo(
  function SplitRow({ left, right }: { left: Cell | null; right: Cell | null }) {
    return (
      <>
        <NumberCell value={left?.line.old} kind={left?.line.kind} />
        <Code cell={left} side="old" />
        <NumberCell value={right?.line.new} kind={right?.line.kind} gutter />
        <Code cell={right} side="new" />
      </>
    );
  },
  (before, after) => sameCell(before.left, after.left) && sameCell(before.right, after.right),
);

/** How many lines one press unfolds. */
export const STEP = 20;

type GapRowProps = {
  gap: Gap;
  position: "first" | "middle" | "last";
  loading: boolean;
  unfold: ((gap: Gap, top: number, bottom: number) => void) | undefined;
  /** How many notes hang on folded lines, and what shows the first of them. */
  notes: number;
  reveal: () => void;
};

export function GapRow({ gap, position, loading, unfold, notes, reveal }: GapRowProps): ReactNode {
  const where = position === "first" ? " above" : position === "last" ? " below" : "";
  const words = `${gap.length.toLocaleString("en")} unchanged line${gap.length === 1 ? "" : "s"}${where}`;
  const partly = gap.length > STEP;
  return (
    <div className={styles.gap} {...asCell}>
      {loading ? <span>Reading…</span> : <span>{words}</span>}
      {unfold && !loading && (
        <>
          {partly && position !== "first" && (
            <button
              type="button"
              onClick={() => unfold(gap, STEP, 0)}
              title={`Show ${STEP} more lines from the top`}
            >
              ↓ {STEP}
            </button>
          )}
          {partly && position !== "last" && (
            <button
              type="button"
              onClick={() => unfold(gap, 0, STEP)}
              title={`Show ${STEP} more lines from the bottom`}
            >
              ↑ {STEP}
            </button>
          )}
          <button type="button" onClick={() => unfold(gap, gap.length, 0)} title="Show all of them">
            Show all
          </button>
          {notes > 0 && (
            <button type="button" className={styles.hiddenNotes} onClick={reveal}>
              {notes} {notes === 1 ? "note" : "notes"} inside
            </button>
          )}
        </>
      )}
    </div>
  );
}
