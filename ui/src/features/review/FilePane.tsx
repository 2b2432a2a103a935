// The centre: one changed file, what has to be said about it, and its diff.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, ChevronDown, ChevronUp, SquarePen } from "lucide-react";
import { type RefObject, useEffect, useRef } from "react";
import { Button, IconButton } from "../../components/Button";
import { type DiffHandle, type DiffNote, DiffView, type LineMark } from "../../components/diff/DiffView";
import { SafeText } from "../../components/diff/LineText";
import { markersOf } from "../../components/diff/markers";
import type { Layout } from "../../components/diff/rows";
import type { LineRange } from "../../components/diff/useLines";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { FilePath } from "../../components/FilePath";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import type { DiffScope } from "../../ipc/bindings/DiffScope";
import { readWhole, useRead } from "../../ipc/diffLines";
import { queries } from "../../ipc/queries";
import { CONTEXT } from "../../lib/fileDiff";
import styles from "./Review.module.css";

/** A line that is to be shown as soon as its file is there. */
export type Goal = { file: string; line: number | null };

type FilePaneProps = {
  plan: string;
  task: string;
  attempt: number;
  scope: DiffScope;
  file: ChangedFile;
  place: string;
  layout: Layout;
  viewed: boolean;
  handle: RefObject<DiffHandle | null>;
  notes: readonly DiffNote[];
  openNote: string | null;
  marks: ReadonlyMap<number, LineMark> | undefined;
  goal: Goal | null;
  onArrived: () => void;
  cursor: LineRange | null;
  onCursor: (range: LineRange) => void;
  onGutter: ((range: LineRange) => void) | undefined;
  onViewed: (() => void) | undefined;
  onEditor: (() => void) | undefined;
  onChange: (step: 1 | -1) => void;
};

export function FilePane(props: FilePaneProps) {
  const { plan, task, attempt, scope, file, layout } = props;
  const client = useQueryClient();
  const ask = (context: number) => queries.fileDiff(plan, task, attempt, scope, file.path, context);
  const asked = ask(CONTEXT);
  const diff = useQuery(asked);
  const wider = (context: number) => readWhole(client, ask(context));
  const read = useRead(asked, diff.data);
  // A file with one side needs no second column.
  const oneSided = file.status === "added" || file.status === "deleted";
  const markers = markersOf(file, diff.data ?? null);

  const arrived = useRef(props.onArrived);
  arrived.current = props.onArrived;
  const { goal, handle } = props;
  const shown = diff.data;
  useEffect(() => {
    if (!goal || goal.file !== file.path || !shown) return;
    if (goal.line !== null) handle.current?.line({ side: "new", line: goal.line });
    arrived.current();
  }, [goal, file.path, shown, handle]);

  const body = () => {
    if (diff.isError) return <ErrorNote problem={diff.error} onRetry={() => void diff.refetch()} />;
    if (!diff.data) return <p className={styles.reading}>Reading…</p>;
    if (diff.data.hunks.length === 0) {
      return (
        <EmptyState title={markers[0]?.text ?? "No lines changed"}>
          {diff.data.too_large ? "It is beyond what is shown here. Open it in the editor to read it." : null}
        </EmptyState>
      );
    }
    return (
      <DiffView
        diff={diff.data}
        layout={oneSided ? "unified" : layout}
        wider={wider}
        read={read}
        handle={handle}
        notes={props.notes}
        openNote={props.openNote}
        {...(props.marks && { marks: props.marks })}
        cursor={props.cursor}
        onCursor={props.onCursor}
        onGutter={props.onGutter}
      />
    );
  };

  return (
    <section className={styles.centre} aria-label={file.path}>
      <header className={styles.fileHead}>
        <FilePath path={file.path} />
        <span className="quiet">{props.place}</span>
        {!file.in_scope && <span className={styles.outside}>outside the scope</span>}
        <span className={styles.space} />
        <IconButton
          size="small"
          icon={<ChevronUp size={14} />}
          label="Previous change"
          keyHint="["
          onClick={() => props.onChange(-1)}
        />
        <IconButton
          size="small"
          icon={<ChevronDown size={14} />}
          label="Next change"
          keyHint="]"
          onClick={() => props.onChange(1)}
        />
        {props.onViewed && (
          <Button
            size="small"
            look="plain"
            keyHint="v"
            aria-pressed={props.viewed}
            icon={props.viewed ? <Check size={14} /> : undefined}
            onClick={props.onViewed}
          >
            Viewed
          </Button>
        )}
        <Button
          size="small"
          look="plain"
          keyHint="e"
          icon={<SquarePen size={13} />}
          disabled={!props.onEditor}
          onClick={props.onEditor}
        >
          Open in editor
        </Button>
      </header>
      {markers.length > 0 && diff.data && diff.data.hunks.length > 0 && (
        <ul className={styles.markers}>
          {markers.map((marker) => (
            <li key={marker.kind} data-kind={marker.kind}>
              <SafeText text={marker.text} />
            </li>
          ))}
        </ul>
      )}
      <div className={styles.diff}>{body()}</div>
    </section>
  );
}
