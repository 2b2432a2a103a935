// One line's text: coloured, with changed words and with every invisible character made visible.

import { memo } from "react";
import styles from "./Diff.module.css";
import { invisible, type Mark } from "./invisible";
import { MAX_COLUMNS } from "./rows";
import { type Segment, type Span, segmentsOf } from "./segments";
import type { Range } from "./words";

const SYNTAX: Record<string, string | undefined> = {
  comment: styles.comment,
  function: styles.function,
  keyword: styles.keyword,
  meta: styles.meta,
  number: styles.number,
  property: styles.property,
  string: styles.string,
  type: styles.type,
};

function Marked({ mark, text }: { mark: Mark; text: string }) {
  if (mark.kind === "lookalike") {
    return (
      <span className={styles.lookalike} title={mark.title}>
        {text}
      </span>
    );
  }
  // The label is drawn by the style sheet, so that a copy of the line carries the true character and nothing else.
  return (
    <span className={styles.invisible} data-kind={mark.kind} title={mark.title}>
      <span role="img" aria-label={mark.title} className={styles.invisibleLabel} data-label={mark.label} />
      <span className={styles.trueCharacter}>{text}</span>
    </span>
  );
}

function Piece({ segment, side }: { segment: Segment; side: "removed" | "added" | null }) {
  const content = segment.mark ? <Marked mark={segment.mark} text={segment.text} /> : segment.text;
  const word =
    segment.changed && side ? (side === "added" ? styles.wordAdded : styles.wordRemoved) : undefined;
  const syntax = segment.syntax ? SYNTAX[segment.syntax] : undefined;
  if (!word && !syntax) return content;
  return <span className={[word, syntax].filter(Boolean).join(" ")}>{content}</span>;
}

type LineTextProps = {
  text: string;
  syntax?: readonly Span[] | undefined;
  words?: readonly Range[] | undefined;
  side?: "removed" | "added" | null;
};

export const LineText = memo(function LineText({ text, syntax, words, side = null }: LineTextProps) {
  const shown = text.length > MAX_COLUMNS ? text.slice(0, MAX_COLUMNS) : text;
  const segments = segmentsOf(shown, syntax, words, invisible(shown));
  const cut = text.length - shown.length;
  return (
    <>
      {segments.map((segment) => (
        <Piece key={segment.start} segment={segment} side={side} />
      ))}
      {cut > 0 && <span className={styles.chip}>{cut.toLocaleString("en")} more characters</span>}
    </>
  );
});

/** A name (path, branch, subject) in which nothing can hide. */
export function SafeText({ text }: { text: string }) {
  return <LineText text={text} />;
}
