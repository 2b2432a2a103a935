// Where a person decides: what was asked on the left, the diff in the centre, the evidence above, the decision below.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import type { DiffHandle, DiffNote } from "../../components/diff/DiffView";
import type { Layout } from "../../components/diff/rows";
import { ends, type LineRange } from "../../components/diff/useLines";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { toastError } from "../../components/toast";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import type { DiffScope } from "../../ipc/bindings/DiffScope";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { openInEditor } from "../../ipc/engine";
import { queries, usePlan, useTask } from "../../ipc/queries";
import { standingOf } from "../../lib/contenders";
import { useDesk } from "../../lib/desk";
import { CONTEXT } from "../../lib/fileDiff";
import { filterFiles, treeOrder } from "../../lib/fileTree";
import { count } from "../../lib/format";
import { navigate } from "../../lib/route";
import { testIds } from "../../testids";
import { CommentList } from "./CommentList";
import { EvidenceBar } from "./EvidenceBar";
import { FilePane, type Goal } from "./FilePane";
import { FileTree } from "./FileTree";
import { FindingList } from "./FindingList";
import { Footer } from "./Footer";
import { NoChanges } from "./NoChanges";
import { Commits, Warnings } from "./Notices";
import { draftNote, marksOf, notesOf } from "./notes";
import type { Places } from "./PlaceLink";
import pointStyles from "./Points.module.css";
import { type Place, type Point, placeOfPoint } from "./points";
import { Requirements } from "./Requirements";
import styles from "./Review.module.css";
import { ReviewHead } from "./ReviewHead";
import { RunLogDrawer } from "./RunLogDrawer";
import { useAct } from "./useAct";
import { useComments } from "./useComments";
import { usePoints } from "./usePoints";
import { useReviewActions } from "./useReviewActions";
import { useViewed } from "./useViewed";

type ReviewProps = { plan: string; task: string; attempt: number };

/** The diff of an attempt beside its evidence. */
export function Review({ plan, task, attempt }: ReviewProps) {
  const detail = useTask(plan, task);
  const found = detail.data?.attempts.find((one) => one.number === attempt);
  const back = () => navigate({ at: "plan", plan, view: "graph", task, tab: "spec" });
  if (detail.isError) return <ErrorNote problem={detail.error} onRetry={() => void detail.refetch()} />;
  if (!detail.data) return <p className={styles.reading}>Reading…</p>;
  if (!found) {
    return (
      <EmptyState
        title={`${detail.data.task.title} has no attempt ${attempt}`}
        actions={<Button onClick={back}>Back to the plan</Button>}
      >
        It starts when its dependencies have landed and a slot is free.
      </EmptyState>
    );
  }
  // Another attempt is another review: nothing of the one before may stay.
  return (
    <OneReview
      key={`${plan} ${task} ${attempt}`}
      plan={plan}
      detail={detail.data}
      attempt={found}
      back={back}
    />
  );
}

const NO_FILES: ChangedFile[] = [];
const NO_NOTES: DiffNote[] = [];
const LAYOUT_KEY = "coppice.diff.layout";

type OneReviewProps = { plan: string; detail: TaskDetail; attempt: AttemptView; back: () => void };

function OneReview({ plan, detail, attempt, back }: OneReviewProps) {
  const { task } = detail;
  const { number, review } = attempt;
  const client = useQueryClient();
  const diff = useRef<DiffHandle>(null);
  const [scope, setScope] = useState<DiffScope>("branch");
  const [layout, setLayoutState] = useState<Layout>(() =>
    window.localStorage.getItem(LAYOUT_KEY) === "unified" ? "unified" : "split",
  );
  const [selected, setSelected] = useState<string | null>(null);
  const [filter, setFilter] = useState("");
  const [log, setLog] = useState<string | null>(null);
  const [goal, setGoal] = useState<Goal | null>(null);
  const [cursor, setCursor] = useState<(LineRange & { file: string }) | null>(null);
  const [shownHead, setShownHead] = useState(attempt.head);
  const changed = useQuery(queries.changedFiles(plan, task.id, number, scope));
  const branch = useQuery(queries.changedFiles(plan, task.id, number, "branch"));
  const standing = standingOf(detail, attempt);
  const { current, alone } = standing;
  const points = usePoints(plan, task.id, review, current, alone);
  const comments = useComments(plan, task.id, number, branch.data, alone);
  const title = usePlan(plan).data?.title ?? "Plan";

  // The first head there is counts as seen; a later one is the person's to look at.
  useEffect(() => {
    if (shownHead === null && attempt.head !== null) setShownHead(attempt.head);
  }, [shownHead, attempt.head]);

  const files = changed.data?.files ?? NO_FILES;
  const viewed = useViewed(plan, task.id, files);
  const order = useMemo(() => treeOrder(filterFiles(files, filter)), [files, filter]);
  const at = order.findIndex((file) => file.path === selected);
  const file = files.find((one) => one.path === selected) ?? order[0] ?? null;
  const place = Math.max(0, at);

  // What is looked at next is read before it is asked for.
  const next = order[place + 1];
  useEffect(() => {
    if (next && (next.added ?? 0) + (next.deleted ?? 0) < 5000) {
      void client.prefetchQuery(queries.fileDiff(plan, task.id, number, scope, next.path, CONTEXT));
    }
  }, [client, plan, task.id, number, scope, next]);

  const setLayout = (chosen: Layout) => {
    setLayoutState(chosen);
    window.localStorage.setItem(LAYOUT_KEY, chosen);
  };
  const walk = (step: 1 | -1) => {
    const target = order[Math.min(order.length - 1, Math.max(0, place + step))];
    if (target) setSelected(target.path);
  };
  const change = (step: 1 | -1) => {
    if (!diff.current?.change(step)) walk(step);
  };
  const toggleViewed =
    file && file.print !== null
      ? () => {
          const was = viewed.isViewed(file);
          viewed.mark(file, !was);
          if (!was) walk(1);
        }
      : undefined;
  const { worktree } = attempt;
  const edit = (path: string, line?: number) =>
    void openInEditor(`${worktree}/${path}`, line).catch(toastError);
  const editor = worktree && file && file.status !== "deleted" ? () => edit(file.path) : undefined;

  const branchFiles = branch.data?.files;
  const changedPaths = useMemo(() => new Set(branchFiles?.map((one) => one.path)), [branchFiles]);
  const places: Places = {
    isChanged: (path) => changedPaths.has(path),
    go: (to: Place) => {
      if (!changedPaths.has(to.file)) {
        if (worktree) edit(to.file, to.line ?? undefined);
        return;
      }
      // Lines are those of the head: the worktree's own changes would show others.
      const here = scope !== "uncommitted" && files.some((one) => one.path === to.file);
      if (!here) setScope("branch");
      setFilter("");
      setLog(null);
      setSelected(to.file);
      setGoal({ file: to.file, line: to.line });
      if (to.line !== null) setCursor({ file: to.file, anchor: to.line, line: to.end ?? to.line });
    },
  };
  const goPoint = (point: Point) => {
    points.choose(point);
    const to = placeOfPoint(point, review);
    if (to && changedPaths.has(to.file)) places.go(to);
  };

  // The same as long as what they say is: rows of the diff hang on them.
  const shownPath = scope === "uncommitted" ? null : (file?.path ?? null);
  const reviewedHead = changed.data?.head ?? "";
  const { filter: listed } = points;
  const notes = useMemo(
    () =>
      shownPath === null
        ? NO_NOTES
        : notesOf({ file: shownPath, review, filter: listed, comments, head: reviewedHead }),
    [shownPath, review, listed, comments, reviewedHead],
  );
  const { placed } = comments;
  const marks = useMemo(
    () => (shownPath === null ? undefined : marksOf(shownPath, review, placed)),
    [shownPath, review, placed],
  );

  // The new side of every scope but one is the head: that is what comments are about.
  const commentable = scope !== "uncommitted" && current && file !== null && file.status !== "deleted";
  const comment = (range: LineRange | null) => {
    if (!commentable || !range) return;
    const [line, end] = ends(range);
    const { path } = file;
    const begin = (quote: string[]) =>
      comments.begin({ file: path, line, end: end === line ? null : end, quote }, "diff");
    void diff.current?.texts(line, end).then(begin, toastError);
    setCursor({ file: path, ...range });
  };

  // Terminals stand beside the plan.
  const toTerminal = (run: string) => {
    useDesk.getState().showRun(run);
    back();
  };
  const { act, busy } = useAct({ plan, task: task.id, attempt, alone, shownHead, onTerminal: toTerminal });

  useReviewActions({
    diff,
    hasFile: file !== null,
    layout,
    scope,
    points,
    logOpen: log !== null,
    walk,
    change,
    toggleViewed,
    editor,
    comment: commentable ? () => comment(diff.current?.here() ?? null) : undefined,
    go: goPoint,
    setLayout,
    setScope,
    close: () => (log ? setLog(null) : back()),
  });

  const onFile = (path: string) => places.go({ file: path, line: null, end: null });
  const logRun = log ? attempt.runs.find((run) => run.id === log) : undefined;
  return (
    <section className={styles.review} data-testid={testIds.review} aria-label={`Review of ${task.title}`}>
      <ReviewHead
        plan={plan}
        planTitle={title}
        detail={detail}
        attempt={attempt}
        stage={standing.stage}
        scope={scope}
        onScope={setScope}
        layout={layout}
        onLayout={setLayout}
        onBack={back}
      />
      <EvidenceBar
        attempt={attempt}
        onLog={(run) => setLog((now) => (now === run ? null : run))}
        onScope={() => onFile(attempt.out_of_scope[0] ?? "")}
        onReview={() => {
          const point = points.next(1);
          if (point) goPoint(point);
        }}
      />
      <div className={styles.middle}>
        <aside className={pointStyles.left} aria-label="Requirements, findings and comments">
          <Requirements review={review} spec={task.spec} points={points} places={places} />
          <FindingList review={review} points={points} places={places} />
          <CommentList
            comments={comments}
            places={places}
            onWhole={
              current
                ? () => comments.begin({ file: null, line: null, end: null, quote: [] }, "side")
                : undefined
            }
          />
          <Warnings detail={detail} attempt={attempt} onFile={onFile} />
          <Commits attempt={attempt} />
        </aside>
        {changed.isError ? (
          <div className={styles.nothing}>
            <ErrorNote problem={changed.error} onRetry={() => void changed.refetch()} />
          </div>
        ) : !changed.data ? (
          <p className={styles.reading}>Reading…</p>
        ) : !file ? (
          <NoChanges
            scope={scope}
            filtered={files.length > 0}
            onBranch={() => setScope("branch")}
            onClear={() => setFilter("")}
          />
        ) : null}
        {changed.data && files.length > 0 && (
          <FileTree
            changed={changed.data}
            selected={file?.path ?? null}
            filter={filter}
            onFilter={setFilter}
            onSelect={setSelected}
            isViewed={viewed.isViewed}
            viewed={viewed.count}
          />
        )}
        {file && changed.data && (
          <FilePane
            plan={plan}
            task={task.id}
            attempt={number}
            scope={scope}
            file={file}
            place={`${place + 1} of ${count(order.length, "file")}`}
            layout={layout}
            viewed={viewed.isViewed(file)}
            handle={diff}
            notes={notes}
            openNote={comments.open?.where === "diff" ? draftNote(comments.open.id) : null}
            marks={marks}
            goal={goal}
            onArrived={() => setGoal(null)}
            cursor={cursor?.file === file.path ? cursor : null}
            onCursor={(range) => setCursor({ file: file.path, ...range })}
            onGutter={commentable ? comment : undefined}
            onViewed={toggleViewed}
            onEditor={editor}
            onChange={change}
          />
        )}
        {log && (
          <div className={styles.drawer}>
            <RunLogDrawer
              key={log}
              run={log}
              view={logRun}
              onTerminal={toTerminal}
              onClose={() => setLog(null)}
            />
          </div>
        )}
      </div>
      <Footer
        detail={detail}
        review={review}
        comments={comments}
        shownHead={shownHead}
        head={attempt.head}
        standing={standing}
        busy={busy}
        onAction={act}
        onNewHead={() => setShownHead(attempt.head)}
      />
    </section>
  );
}
