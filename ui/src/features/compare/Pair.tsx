// Two attempts beside each other: what is measured of them above, their files on the left, one of three diffs in the
// centre, the choice below.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { DiffHandle } from "../../components/diff/DiffView";
import type { Layout } from "../../components/diff/rows";
import type { LineRange } from "../../components/diff/useLines";
import { toastError } from "../../components/toast";
import { useBeside } from "../../ipc/beside";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { CompareView } from "../../ipc/bindings/CompareView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { openInEditor } from "../../ipc/engine";
import { queries, usePlan } from "../../ipc/queries";
import { comparable, isContested } from "../../lib/contenders";
import { useDesk } from "../../lib/desk";
import { CONTEXT } from "../../lib/fileDiff";
import { navigate } from "../../lib/route";
import { testIds } from "../../testids";
import styles from "./Compare.module.css";
import { CompareHead } from "./CompareHead";
import { hunkAt, rangeOf } from "./collected";
import { DiffPane, type Goal } from "./DiffPane";
import { type Diff, sidesOf } from "./diffs";
import { FactsTable } from "./FactsTable";
import { Footer } from "./Footer";
import { UnionList } from "./UnionList";
import { type MarkFilter, markOf, shownFiles, tellingDiff } from "./union";
import { useCompareActions } from "./useCompareActions";
import { useTaking } from "./useTaking";
import type { Letter } from "./words";

interface Props {
  plan: string;
  detail: TaskDetail;
  view: CompareView;
  back: () => void;
}

const LAYOUT_KEY = "coppice.diff.layout";

export function Pair({ plan, detail, view, back }: Props) {
  const { task } = detail;
  const { a, b } = view;
  const client = useQueryClient();
  const planView = usePlan(plan).data;
  const handle = useRef<DiffHandle>(null);
  const [diff, setDiff] = useState<Diff>("between");
  const [layout, setLayoutState] = useState<Layout>(() =>
    window.localStorage.getItem(LAYOUT_KEY) === "unified" ? "unified" : "split",
  );
  const [selected, setSelected] = useState<string | null>(null);
  const [filter, setFilter] = useState("");
  const [mark, setMark] = useState<MarkFilter>("all");
  const [goal, setGoal] = useState<Goal | null>(null);
  const [cursor, setCursor] = useState<(LineRange & { of: string }) | null>(null);
  const [openVerdicts, setOpenVerdicts] = useState(false);
  const [adopting, setAdopting] = useState<Letter | null>(null);
  const taking = useTaking(view);
  const beside = useBeside(plan, task.id);

  const attemptOf = (number: number): AttemptView | undefined =>
    detail.attempts.find((one) => one.number === number);
  const [attemptA, attemptB] = [attemptOf(a.attempt), attemptOf(b.attempt)];
  const files = useMemo(() => shownFiles(view.files, mark, filter), [view.files, mark, filter]);
  // What both changed is what has to be chosen between.
  const first = files.find((one) => markOf(one) === "both") ?? files[0] ?? null;
  const file = view.files.find((one) => one.path === selected) ?? first;
  const at = Math.max(
    0,
    files.findIndex((one) => one.path === file?.path),
  );

  // What is looked at next is read before it is asked for.
  const next = files[at + 1]?.path;
  useEffect(() => {
    if (next && diff === "between")
      void client.prefetchQuery(queries.fileBetween(plan, task.id, sidesOf(view), next, CONTEXT));
  }, [client, plan, task.id, view, next, diff]);

  const setLayout = (chosen: Layout) => {
    setLayoutState(chosen);
    window.localStorage.setItem(LAYOUT_KEY, chosen);
  };
  const go = (pair: readonly [number, number]) =>
    navigate({ at: "compare", plan, task: task.id, pair }, "replace");
  const swap = () => {
    setAdopting(null);
    go([b.attempt, a.attempt]);
  };
  const pick = (letter: Letter, number: number) => {
    const other = letter === "A" ? b.attempt : a.attempt;
    // The one that is chosen twice changes places with it.
    const kept = number === other ? (letter === "A" ? a.attempt : b.attempt) : other;
    setAdopting(null);
    go(letter === "A" ? [number, kept] : [kept, number]);
  };
  const walk = (step: 1 | -1) => {
    const target = files[Math.min(files.length - 1, Math.max(0, at + step))];
    if (target) setSelected(target.path);
  };
  const change = (step: 1 | -1) => {
    if (!handle.current?.change(step)) walk(step);
  };
  const showPlace = (letter: Letter, path: string, line: number) => {
    setDiff(letter === "A" ? "a" : "b");
    setMark("all");
    setFilter("");
    setSelected(path);
    setGoal({ file: path, line });
  };
  // Terminals stand beside the plan.
  const toTerminal = (attempt: AttemptView | undefined) => {
    const run = [...(attempt?.runs ?? [])].sort((x, y) => y.started_ms - x.started_ms)[0];
    if (!run) return;
    useDesk.getState().showRun(run.id);
    back();
  };
  const toReview = (number: number) => navigate({ at: "review", plan, task: task.id, attempt: number });
  const judge = (agent: string | null) => beside.judge(a.attempt, b.attempt, agent);
  const { worktree } = attemptA ?? { worktree: null };
  const editor =
    file && worktree && diff !== "b"
      ? () => void openInEditor(`${worktree}/${file.path}`).catch(toastError)
      : undefined;

  const takesHere = diff === "between" && file !== null && !file.same && taking.blocked === null;
  const takeFile = takesHere ? () => taking.file(file.path) : undefined;
  const takeHunk = takesHere
    ? () => {
        const known = client.getQueryData(
          queries.fileBetween(plan, task.id, sidesOf(view), file.path, CONTEXT).queryKey,
        );
        const here = handle.current?.here() ?? null;
        const hunk = hunkAt(known?.hunks ?? [], here?.line ?? null);
        if (hunk) taking.hunk(file.path, rangeOf(hunk));
      }
    : undefined;
  const decided = !isContested(task);

  useCompareActions({
    view,
    handle,
    diff,
    layout,
    hasFile: file !== null,
    decided,
    asking: adopting !== null,
    judging: detail.judging,
    openVerdicts,
    taking,
    walk,
    change,
    swap,
    setDiff,
    setLayout,
    setOpenVerdicts,
    takeFile,
    takeHunk,
    editor,
    judge,
    adopt: setAdopting,
    terminal: (letter) => toTerminal(letter === "A" ? attemptA : attemptB),
    review: (letter) => toReview(letter === "A" ? a.attempt : b.attempt),
    close: () => (adopting ? setAdopting(null) : back()),
  });

  const place = file ? `${diff} ${file.path}` : "";
  return (
    <section
      className={styles.compare}
      data-testid={testIds.compare}
      aria-label={`Compare attempts at ${task.title}`}
    >
      <CompareHead
        planTitle={planView?.title ?? "Plan"}
        detail={detail}
        view={view}
        agents={planView?.agents ?? []}
        diff={diff}
        onDiff={setDiff}
        layout={layout}
        onLayout={setLayout}
        onJudge={judge}
        onBack={back}
      />
      <FactsTable
        detail={detail}
        view={view}
        a={attemptA}
        b={attemptB}
        choices={comparable(detail)}
        openVerdicts={openVerdicts}
        onVerdicts={() => setOpenVerdicts(!openVerdicts)}
        onPick={pick}
        onSwap={swap}
        onPlace={showPlace}
        onTerminal={toTerminal}
        onReview={toReview}
      />
      <div className={styles.middle}>
        <UnionList
          files={view.files}
          shown={files}
          selected={file?.path ?? null}
          parts={taking.parts}
          mark={mark}
          onMark={setMark}
          filter={filter}
          onFilter={setFilter}
          onSelect={(path) => {
            setSelected(path);
            const chosen = view.files.find((one) => one.path === path);
            // A side that did not touch the file has nothing to show.
            if (chosen && diff !== "between" && !chosen[diff]) setDiff(tellingDiff(chosen));
          }}
        />
        <DiffPane
          view={view}
          diff={diff}
          file={file}
          place={file ? `${at + 1} of ${files.length}` : ""}
          layout={layout}
          handle={handle}
          taking={taking}
          goal={goal}
          onArrived={() => setGoal(null)}
          cursor={cursor?.of === place ? cursor : null}
          onCursor={(range) => setCursor({ of: place, ...range })}
          onChange={change}
          onTakeFile={takeFile}
          onDiff={setDiff}
          onSwap={swap}
        />
      </div>
      <Footer
        detail={detail}
        view={view}
        taking={taking}
        adopting={adopting}
        onAdopting={setAdopting}
        onReview={toReview}
      />
    </section>
  );
}
