// A run's log as text, beside what is being looked at. Only the lines in view exist.
//
// Deliberately absent: where the text comes from; whoever opens the drawer reads it.

import { useVirtualizer } from "@tanstack/react-virtual";
import { X } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { testIds } from "../../testids";
import { Button, IconButton } from "../Button";
import { LineText } from "../diff/LineText";
import styles from "./Log.module.css";

type LogDrawerProps = {
  title: ReactNode;
  /** One line below the title: command, exit code, when. */
  about?: ReactNode;
  text: string | undefined;
  problem?: string | null;
  /** Set when the text is only the end of the log. */
  more?: (() => void) | undefined;
  actions?: ReactNode;
  onClose: () => void;
};

const LINE = 18;

export function LogDrawer({ title, about, text, problem, more, actions, onClose }: LogDrawerProps) {
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    element.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <section
      ref={element}
      className={styles.drawer}
      aria-label="Log"
      data-testid={testIds.logDrawer}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header className={styles.head}>
        <div className={styles.names}>
          <h2>{title}</h2>
          {about && <div className={styles.about}>{about}</div>}
        </div>
        {actions}
        <IconButton icon={<X size={15} />} label="Close the log" keyHint="escape" onClick={onClose} />
      </header>
      {problem ? (
        <p className={styles.state}>{problem}</p>
      ) : text === undefined ? (
        <p className={styles.state}>Reading…</p>
      ) : text.trim() === "" ? (
        <p className={styles.state}>It printed nothing.</p>
      ) : (
        <LogText text={text} more={more} />
      )}
    </section>
  );
}

/** The lines, from the end; the ones that name a failure stand out in the search. */
function LogText({ text, more }: { text: string; more: (() => void) | undefined }) {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => text.replace(/\n$/, "").split("\n"), [text]);
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const hits = useMemo(() => hitsOf(lines, wanted), [lines, wanted]);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 30,
  });
  // The end says how it went.
  useEffect(() => rows.scrollToIndex(lines.length - 1, { align: "end" }), [rows, lines]);
  const go = (next: number) => {
    const hit = hits[(next + hits.length) % hits.length];
    setAt((next + hits.length) % Math.max(1, hits.length));
    if (hit !== undefined) rows.scrollToIndex(hit, { align: "center" });
  };
  const shown = new Set(hits);
  const current = hits[at];
  return (
    <>
      <search className={styles.tools}>
        <input
          className={styles.input}
          aria-label="Search in the log"
          placeholder="Search"
          value={wanted}
          onChange={(event) => {
            setWanted(event.target.value);
            const found = hitsOf(lines, event.target.value);
            setAt(0);
            if (found[0] !== undefined) rows.scrollToIndex(found[0], { align: "center" });
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") go(at + (event.shiftKey ? -1 : 1));
          }}
        />
        <span className="quiet" aria-live="polite">
          {wanted !== "" && (hits.length === 0 ? "Nothing found" : `${at + 1} of ${hits.length}`)}
        </span>
        <span className={styles.space} />
        <span className="quiet">{lines.length.toLocaleString("en")} lines</span>
        {more && (
          <Button size="small" look="plain" onClick={more}>
            Read from the beginning
          </Button>
        )}
      </search>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <section ref={scroller} className={styles.text} aria-label="Output" data-selectable tabIndex={0}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {rows.getVirtualItems().map(({ index, start }) => (
            <div
              key={index}
              className={styles.line}
              data-hit={index === current ? "current" : shown.has(index) || undefined}
              style={{ top: start }}
            >
              <span className={styles.number_}>{index + 1}</span>
              <LineText text={lines[index] ?? ""} />
            </div>
          ))}
        </div>
      </section>
    </>
  );
}

/** Lines that hold the wanted text, whatever its case. */
export function hitsOf(lines: readonly string[], wanted: string): number[] {
  const needle = wanted.trim().toLowerCase();
  if (needle === "") return [];
  const hits: number[] = [];
  lines.forEach((line, index) => {
    if (line.toLowerCase().includes(needle)) hits.push(index);
  });
  return hits;
}
