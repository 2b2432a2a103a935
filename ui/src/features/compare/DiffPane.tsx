// The centre: one file in one of the three diffs, and in A → B the buttons that take it or its hunks.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Check, ChevronDown, ChevronUp, Plus } from "lucide-react";
import { type RefObject, useEffect, useMemo, useRef } from "react";
import { Button, IconButton } from "../../components/Button";
import { type DiffHandle, type DiffNote, DiffView, type LineMark } from "../../components/diff/DiffView";
import { markersOf } from "../../components/diff/markers";
import type { Layout } from "../../components/diff/rows";
import type { LineRange } from "../../components/diff/useLines";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { FilePath } from "../../components/FilePath";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import type { ComparedFile } from "../../ipc/bindings/ComparedFile";
import type { CompareView } from "../../ipc/bindings/CompareView";
import { readWhole, useRead } from "../../ipc/diffLines";
import { queries } from "../../ipc/queries";
import { toWireError } from "../../ipc/request";
import { useActionKey } from "../../lib/actions";
import { CONTEXT, type FileDiff } from "../../lib/fileDiff";
import { count } from "../../lib/format";
import { testIds } from "../../testids";
import styles from "./Compare.module.css";
import { hasFile, hasHunk, hunkEnd, hunkWords, type Parts, rangeOf } from "./collected";
import { type Diff, diffNames, sidesOf } from "./diffs";
import { Badge } from "./SideHead";
import type { Taking } from "./useTaking";
import { cannotReceive } from "./words";

/** A line that is to be shown as soon as its file is there. */
export interface Goal {
  file: string;
  line: number;
}

interface Props {
  view: CompareView;
  diff: Diff;
  file: ComparedFile | null;
  place: string;
  layout: Layout;
  handle: RefObject<DiffHandle | null>;
  taking: Taking;
  goal: Goal | null;
  onArrived: () => void;
  cursor: LineRange | null;
  onCursor: (range: LineRange) => void;
  onChange: (step: 1 | -1) => void;
  onTakeFile: (() => void) | undefined;
  onDiff: (diff: Diff) => void;
  onSwap: () => void;
}

export function DiffPane(props: Props) {
  const { view, diff, file, taking } = props;
  if (!file) {
    return (
      <section className={styles.centre} aria-label="Diff">
        {view.files.length === 0 ? (
          <EmptyState title="Neither changed a file yet">What they commit appears here.</EmptyState>
        ) : (
          <EmptyState title="No file matches the filter" />
        )}
      </section>
    );
  }
  const changed = diff === "between" ? null : file[diff];
  return (
    <section className={styles.centre} aria-label={`${file.path}, ${diffNames[diff].label}`}>
      <FileHead {...props} file={file} />
      {diff === "between" && taking.blocked !== null && !file.same && (
        <p className={styles.blocked} role="status">
          {taking.blocked}
          {view.b.head !== null && cannotReceive(view.b, "B") === null && (
            <Button size="small" onClick={props.onSwap}>
              Swap A and B
            </Button>
          )}
        </p>
      )}
      <div className={styles.diff}>
        {diff === "between" ? (
          <Between {...props} file={file} />
        ) : changed ? (
          <SinceBase {...props} file={changed} attempt={view[diff].attempt} />
        ) : (
          <EmptyState
            title={`${diff.toUpperCase()} did not change this file`}
            actions={
              <Button onClick={() => props.onDiff(diff === "a" ? "b" : "a")}>
                Show {diffNames[diff === "a" ? "b" : "a"].label}
              </Button>
            }
          />
        )}
      </div>
    </section>
  );
}

function FileHead({ diff, file, place, taking, onChange, onTakeFile }: Props & { file: ComparedFile }) {
  const whole = hasFile(taking.parts, file.path);
  const key = useActionKey("compare.take-file");
  const letters = (["a", "b"] as const).filter((side) => diff === "between" || diff === side);
  return (
    <header className={styles.fileHead}>
      <FilePath path={file.path} />
      {letters.map((side) => (
        <span key={side} className={styles.sideCount} title={`What ${side.toUpperCase()} did since the base`}>
          <Badge small letter={side === "a" ? "A" : "B"} />
          <Counted file={file[side]} />
        </span>
      ))}
      <span className="quiet">{place}</span>
      <span className={styles.space} />
      <IconButton
        size="small"
        icon={<ChevronUp size={14} />}
        label="Previous change"
        keyHint="["
        onClick={() => onChange(-1)}
      />
      <IconButton
        size="small"
        icon={<ChevronDown size={14} />}
        label="Next change"
        keyHint="]"
        onClick={() => onChange(1)}
      />
      {diff === "between" && !file.same && (
        <Button
          size="small"
          look={whole ? "plain" : "normal"}
          aria-pressed={whole}
          icon={whole ? <Check size={13} /> : <Plus size={13} />}
          keyHint={key}
          disabled={!onTakeFile}
          title={
            file.b === null
              ? "A gets this file as it was at the base, as B has it."
              : file.b.status === "deleted"
                ? "A loses this file, as B has."
                : "A gets this file as B has it."
          }
          data-testid={testIds.takeFile}
          onClick={onTakeFile}
        >
          {whole ? "Collected" : "Take file"}
        </Button>
      )}
    </header>
  );
}

function Counted({ file }: { file: ChangedFile | null }) {
  if (!file) return <span className="quiet">unchanged</span>;
  if (file.binary) return <span className="quiet">binary</span>;
  const { added, deleted, status } = file;
  if (status === "deleted") return <span className={styles.deleted}>deleted</span>;
  return (
    <>
      {(added ?? 0) > 0 && <span className={styles.added}>+{added?.toLocaleString("en")}</span>}
      {(deleted ?? 0) > 0 && <span className={styles.deleted}>−{deleted?.toLocaleString("en")}</span>}
      {!added && !deleted && <span className="quiet">{status.replaceAll("_", " ")}</span>}
    </>
  );
}

type SinceProps = Omit<Props, "file"> & { file: ChangedFile; attempt: number };

function SinceBase({ view, file, attempt, ...props }: SinceProps) {
  const client = useQueryClient();
  const ask = (context: number) =>
    queries.fileDiff(view.plan, view.task, attempt, "branch", file.path, context);
  const asked = ask(CONTEXT);
  const read = useQuery(asked);
  const readLines = useRead(asked, read.data);
  const [marker] = markersOf(file, read.data ?? null);
  if (read.isError) return <ErrorNote problem={read.error} onRetry={() => void read.refetch()} />;
  return (
    <Shown
      {...props}
      diff={read.data}
      path={file.path}
      oneSided={file.status === "added" || file.status === "deleted"}
      nothing={marker?.text ?? "No lines changed"}
      wider={(context) => readWhole(client, ask(context))}
      read={readLines}
    />
  );
}

/** A small button with the padding of a note. */
const HUNK_NOTE = 38;

const NO_NOTES: readonly DiffNote[] = [];

function Between({ view, file, taking, ...props }: Props & { file: ComparedFile }) {
  const client = useQueryClient();
  const ask = (context: number) =>
    queries.fileBetween(view.plan, view.task, sidesOf(view), file.path, context);
  const asked = ask(CONTEXT);
  const read = useQuery({ ...asked, enabled: !file.same });
  const readLines = useRead(asked, read.data);
  const { parts, blocked } = taking;
  const hunk = useRef(taking.hunk);
  hunk.current = taking.hunk;
  // The same as long as what they say is: rows of the diff hang on them.
  const notes = useMemo(
    () =>
      read.data && blocked === null
        ? hunkNotes(read.data, parts, (range) => hunk.current(file.path, range))
        : NO_NOTES,
    [read.data, parts, blocked, file.path],
  );
  const marks = useMemo(() => takenMarks(read.data, parts), [read.data, parts]);
  // The engine may know by now that they are the same.
  const same = file.same || (read.isError && toWireError(read.error).code === "not_found");
  if (same) return <EmptyState title="Both hold the same content">There is nothing to take.</EmptyState>;
  if (read.isError) return <ErrorNote problem={read.error} onRetry={() => void read.refetch()} />;
  const { data } = read;
  return (
    <Shown
      {...props}
      diff={data}
      path={file.path}
      // Where one of them has no such file, a second column holds nothing.
      oneSided={data !== undefined && (data.old_lines === 0 || data.new_lines === 0)}
      nothing={data?.binary ? "A binary file: it can be taken whole" : "No lines differ"}
      notes={notes}
      marks={marks}
      wider={(context) => readWhole(client, ask(context))}
      read={readLines}
    />
  );
}

function hunkNotes(
  diff: FileDiff,
  parts: Parts,
  onTake: (range: ReturnType<typeof rangeOf>) => void,
): DiffNote[] {
  const whole = hasFile(parts, diff.path);
  return diff.hunks.flatMap((hunk, place) => {
    const at = hunkEnd(hunk);
    if (!at) return [];
    const range = rangeOf(hunk);
    const taken = whole || hasHunk(parts, diff.path, range);
    return {
      ...at,
      id: `hunk ${place}`,
      height: HUNK_NOTE,
      body: (
        <div className={styles.hunk} data-taken={taken || undefined}>
          <Button
            size="small"
            look={taken ? "plain" : "normal"}
            aria-pressed={taken}
            disabled={whole}
            icon={taken ? <Check size={13} /> : <Plus size={13} />}
            data-testid={testIds.takeHunk(place)}
            onClick={() => onTake(range)}
          >
            {whole ? "With the whole file" : taken ? "Collected" : "Take hunk"}
          </Button>
          <span className="quiet">{hunkWords(hunk, "A", "B")}</span>
        </div>
      ),
    };
  });
}

/** Lines of what is collected stand out. */
function takenMarks(diff: FileDiff | undefined, parts: Parts): ReadonlyMap<number, LineMark> {
  const marks = new Map<number, LineMark>();
  for (const hunk of diff?.hunks ?? []) {
    if (!diff || (!hasFile(parts, diff.path) && !hasHunk(parts, diff.path, rangeOf(hunk)))) continue;
    for (const line of hunk.lines)
      if (line.kind === "added" && line.new !== null) marks.set(line.new, "draft");
  }
  return marks;
}

interface ShownProps extends Pick<Props, "layout" | "handle" | "goal" | "onArrived" | "cursor" | "onCursor"> {
  diff: FileDiff | undefined;
  path: string;
  oneSided: boolean;
  nothing: string;
  wider: (context: number) => Promise<FileDiff>;
  read: (index: number) => Promise<void>;
  notes?: readonly DiffNote[];
  marks?: ReadonlyMap<number, LineMark>;
}

function Shown({ diff, path, goal, handle, onArrived, ...props }: ShownProps) {
  const arrived = useRef(onArrived);
  arrived.current = onArrived;
  useEffect(() => {
    if (!goal || goal.file !== path || !diff) return;
    handle.current?.line({ side: "new", line: goal.line });
    arrived.current();
  }, [goal, path, diff, handle]);
  if (!diff) return <p className={styles.reading}>Reading…</p>;
  if (diff.hunks.length === 0) {
    return (
      <EmptyState title={diff.too_large ? `Too large to be shown: ${diff.too_large}` : props.nothing}>
        {diff.old_lines + diff.new_lines > 0 && count(Math.max(diff.old_lines, diff.new_lines), "line")}
      </EmptyState>
    );
  }
  return (
    <DiffView
      diff={diff}
      layout={props.oneSided ? "unified" : props.layout}
      wider={props.wider}
      read={props.read}
      handle={handle}
      {...(props.notes && { notes: props.notes })}
      {...(props.marks && { marks: props.marks })}
      cursor={props.cursor}
      onCursor={props.onCursor}
    />
  );
}
