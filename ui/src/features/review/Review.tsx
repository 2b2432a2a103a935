// Where a person decides: what was asked on the left, the diff in the centre, the evidence above, the decision below.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import type { DiffHandle } from "../../components/diff/DiffView";
import { SafeText } from "../../components/diff/LineText";
import type { Layout } from "../../components/diff/rows";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Menu } from "../../components/Menu";
import { Segmented } from "../../components/Segmented";
import { StatusShape } from "../../components/StatusShape";
import { Elapsed } from "../../components/Time";
import { toast, toastError } from "../../components/toast";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import type { DiffScope } from "../../ipc/bindings/DiffScope";
import type { RunView } from "../../ipc/bindings/RunView";
import type { TaskAction } from "../../ipc/bindings/TaskAction";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { openInEditor } from "../../ipc/engine";
import { keys } from "../../ipc/keys";
import { queries, usePlan, useTask } from "../../ipc/queries";
import { Refused, request } from "../../ipc/request";
import { requestOf } from "../../ipc/taskActions";
import { useActions } from "../../lib/actions";
import { useDesk } from "../../lib/desk";
import { count, shortId } from "../../lib/format";
import { navigate } from "../../lib/route";
import { stageLook } from "../../lib/stage";
import { testIds } from "../../testids";
import { EvidenceBar } from "./EvidenceBar";
import { FilePane } from "./FilePane";
import { FileTree } from "./FileTree";
import { Findings } from "./Findings";
import { Footer } from "./Footer";
import styles from "./Review.module.css";
import { RunLogDrawer } from "./RunLogDrawer";
import { filterFiles, treeOrder } from "./tree";
import { CONTEXT, useViewed } from "./useViewed";

type Place = { plan: string; task: string; attempt: number };

/** The diff of an attempt beside its evidence. */
export function Review({ plan, task, attempt }: Place) {
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
const LAYOUT_KEY = "coppice.diff.layout";

type OneReviewProps = { plan: string; detail: TaskDetail; attempt: AttemptView; back: () => void };

function OneReview({ plan, detail, attempt, back }: OneReviewProps) {
  const { task } = detail;
  const number = attempt.number;
  const client = useQueryClient();
  const diff = useRef<DiffHandle>(null);
  const [scope, setScope] = useState<DiffScope>("branch");
  const [layout, setLayoutState] = useState<Layout>(() =>
    window.localStorage.getItem(LAYOUT_KEY) === "unified" ? "unified" : "split",
  );
  const [selected, setSelected] = useState<string | null>(null);
  const [filter, setFilter] = useState("");
  const [log, setLog] = useState<string | null>(null);
  const [busy, setBusy] = useState<TaskAction | null>(null);
  const [shownHead, setShownHead] = useState(attempt.head);
  const changed = useQuery(queries.changedFiles(plan, task.id, number, scope));
  const viewed = useViewed(plan, task.id, number, scope === "branch" ? changed.data : undefined);
  const title = usePlan(plan).data?.title ?? "Plan";

  // The first head there is counts as seen; a later one is the person's to look at.
  useEffect(() => {
    if (shownHead === null && attempt.head !== null) setShownHead(attempt.head);
  }, [shownHead, attempt.head]);

  const files = changed.data?.files ?? NO_FILES;
  const order = useMemo(() => treeOrder(filterFiles(files, filter)), [files, filter]);
  const at = order.findIndex((file) => file.path === selected);
  const file = files.find((one) => one.path === selected) ?? order[0] ?? null;
  const place = Math.max(0, at);
  const current = detail.attempts[0]?.number === number;

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
  const toggleViewed = () => {
    if (!file) return;
    if (viewed.isViewed(file.path)) {
      viewed.mark(file.path, null);
      return;
    }
    client
      .fetchQuery(queries.fileDiff(plan, task.id, number, "branch", file.path, CONTEXT))
      .then((read) => {
        viewed.mark(file.path, read);
        walk(1);
      })
      .catch(toastError);
  };
  const editor =
    attempt.worktree && file && file.status !== "deleted"
      ? () => openInEditor(`${attempt.worktree}/${file.path}`).catch(toastError)
      : undefined;

  // Terminals stand beside the plan.
  const toTerminal = (run: string) => {
    useDesk.getState().showRun(run);
    back();
  };

  const act = (action: TaskAction) => {
    const run = attempt.runs.find((one) => one.live)?.id ?? null;
    const asked = requestOf(action, { plan, task: task.id, attempt: number, head: shownHead, run });
    if (!asked) return;
    setBusy(action);
    request(asked)
      .then((answer: unknown) => {
        if (action === "approve") toast({ tone: "good", message: `Approved ${shortId(shownHead ?? "")}` });
        if (action === "open_shell") toTerminal((answer as RunView).id);
      })
      .catch((problem) => {
        toastError(problem);
        if (problem instanceof Refused && problem.wire.code === "moved") {
          void client.invalidateQueries({ queryKey: [...keys.task(plan, task.id)] });
          void client.invalidateQueries({ queryKey: [...keys.changes(plan, task.id)] });
        }
      })
      .finally(() => setBusy(null));
  };

  useActions([
    { id: "review.next", label: "Next file", group: "Review", key: "j", run: () => walk(1) },
    { id: "review.previous", label: "Previous file", group: "Review", key: "k", run: () => walk(-1) },
    { id: "review.nextChange", label: "Next change", group: "Review", key: "]", run: () => change(1) },
    {
      id: "review.previousChange",
      label: "Previous change",
      group: "Review",
      key: "[",
      run: () => change(-1),
    },
    {
      id: "review.viewed",
      label: "Mark as viewed",
      group: "Review",
      key: "v",
      when: () => scope === "branch" && file !== null,
      run: toggleViewed,
    },
    {
      id: "review.editor",
      label: "Open in editor",
      group: "Review",
      key: "e",
      when: () => editor !== undefined,
      run: () => void editor?.(),
    },
    {
      id: "review.layout",
      label: layout === "split" ? "Show the diff unified" : "Show the diff split",
      group: "Review",
      key: "u",
      run: () => setLayout(layout === "split" ? "unified" : "split"),
    },
    {
      id: "review.scope",
      label: scope === "branch" ? "Show uncommitted changes" : "Show the branch",
      group: "Review",
      key: "b",
      run: () => setScope(scope === "branch" ? "uncommitted" : "branch"),
    },
    {
      id: "review.filter",
      label: "Filter files",
      group: "Review",
      key: "/",
      run: () => document.getElementById("review-filter")?.focus(),
    },
    {
      id: "review.diff",
      label: "Go to the diff",
      group: "Review",
      key: "d",
      run: () => diff.current?.focus(),
    },
    {
      id: "review.close",
      label: log ? "Close the log" : "Back to the plan",
      group: "Review",
      key: "escape",
      run: () => (log ? setLog(null) : back()),
    },
  ]);

  const stage = current ? task.stage : attempt.stage;
  const look = stageLook[stage.kind];
  const logRun = log ? attempt.runs.find((run) => run.id === log) : undefined;
  return (
    <section className={styles.review} data-testid={testIds.review} aria-label={`Review of ${task.title}`}>
      <header className={styles.head}>
        <Button look="plain" icon={<ChevronLeft size={14} />} data-testid={testIds.reviewBack} onClick={back}>
          {title}
        </Button>
        <h1 className={styles.title}>
          <SafeText text={task.title} />
        </h1>
        <span className={styles.stage} data-hue={look.hue}>
          <StatusShape shape={look.shape} hue={look.hue} /> {stage.word}
        </span>
        <span className={styles.about}>
          attempt {number} · {attempt.agent} · <Elapsed from={attempt.started_ms} to={attempt.ended_ms} />
          {attempt.head && ` · ${shortId(attempt.head)} on ${shortId(attempt.base)}`}
        </span>
        <span className={styles.space} />
        {detail.attempts.length > 1 && (
          <Menu
            align="end"
            trigger={<Button look="plain">{count(detail.attempts.length, "attempt")}</Button>}
            entries={detail.attempts.map((one) => ({
              id: String(one.number),
              label: `Attempt ${one.number} · ${one.agent}`,
              note: one.stage.word,
              icon: <StatusShape {...stageLook[one.stage.kind]} />,
              run: () => navigate({ at: "review", plan, task: task.id, attempt: one.number }),
            }))}
          />
        )}
        <Segmented<DiffScope>
          label="What is shown"
          value={scope}
          onChange={setScope}
          options={[
            { id: "branch", label: "Branch", title: "From where the attempt was cut to its head" },
            { id: "uncommitted", label: "Uncommitted", title: "What the worktree holds beyond its head" },
          ]}
        />
        <Segmented<Layout>
          label="Layout of the diff"
          value={layout}
          onChange={setLayout}
          options={[
            { id: "split", label: "Split" },
            { id: "unified", label: "Unified" },
          ]}
        />
      </header>
      <EvidenceBar
        attempt={attempt}
        onLog={(run) => setLog((now) => (now === run ? null : run))}
        onScope={() => {
          setScope("branch");
          setSelected(attempt.out_of_scope[0] ?? null);
        }}
      />
      <div className={styles.middle}>
        <Findings detail={detail} attempt={attempt} onFile={setSelected} />
        {changed.isError ? (
          <ErrorNote problem={changed.error} onRetry={() => void changed.refetch()} />
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
            viewed={viewed.isViewed(file.path)}
            handle={diff}
            onViewed={scope === "branch" ? toggleViewed : undefined}
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
        shownHead={shownHead}
        head={attempt.head}
        current={current}
        busy={busy}
        onAction={act}
        onNewHead={() => setShownHead(attempt.head)}
      />
    </section>
  );
}

type NoChangesProps = { scope: DiffScope; filtered: boolean; onBranch: () => void; onClear: () => void };

function NoChanges({ scope, filtered, onBranch, onClear }: NoChangesProps) {
  if (filtered) {
    return (
      <EmptyState
        title="No file matches the filter"
        actions={<Button onClick={onClear}>Clear the filter</Button>}
      />
    );
  }
  if (scope === "uncommitted") {
    return (
      <EmptyState
        title="Nothing is uncommitted"
        actions={<Button onClick={onBranch}>Show the branch</Button>}
      >
        The worktree holds exactly what its head has.
      </EmptyState>
    );
  }
  return <EmptyState title="No files changed yet">What the agent commits appears here.</EmptyState>;
}
