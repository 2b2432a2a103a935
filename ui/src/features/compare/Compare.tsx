// Two attempts at one task beside each other: which two, and what stands here while there are none.

import { useQuery } from "@tanstack/react-query";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { TryBeside } from "../../components/TryBeside";
import { useBeside } from "../../ipc/beside";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { queries, usePlan, useTask } from "../../ipc/queries";
import { useActions } from "../../lib/actions";
import { comparable, currentAttempt, firstPair } from "../../lib/contenders";
import { navigate } from "../../lib/route";
import { isSettled } from "../../lib/stage";
import { testIds } from "../../testids";
import styles from "./Compare.module.css";
import { Pair } from "./Pair";

interface Props {
  plan: string;
  task: string;
  pair: readonly [number, number] | null;
}

export function Compare({ plan, task, pair: chosen }: Props) {
  const detail = useTask(plan, task);
  const back = () => navigate({ at: "plan", plan, view: "graph", task, tab: "spec" });
  if (detail.isError) return <ErrorNote problem={detail.error} onRetry={() => void detail.refetch()} />;
  if (!detail.data) return <p className={styles.reading}>Reading…</p>;
  const all = comparable(detail.data).map((a) => a.number);
  const pair = chosen?.every((n) => all.includes(n)) ? chosen : firstPair(detail.data);
  if (!pair) return <NoPair plan={plan} detail={detail.data} back={back} />;
  return <ReadPair plan={plan} detail={detail.data} pair={pair} back={back} />;
}

interface ReadProps {
  plan: string;
  detail: TaskDetail;
  pair: readonly [number, number];
  back: () => void;
}

function ReadPair({ plan, detail, pair: [a, b], back }: ReadProps) {
  const compared = useQuery({
    ...queries.compare(plan, detail.task.id, a, b),
    // Another pair is read while this one stays in sight: nothing jumps.
    placeholderData: (before) => before,
  });
  if (compared.isError) return <ErrorNote problem={compared.error} onRetry={() => void compared.refetch()} />;
  if (!compared.data) return <p className={styles.reading}>Reading…</p>;
  return <Pair plan={plan} detail={detail} view={compared.data} back={back} />;
}

interface NoPairProps {
  plan: string;
  detail: TaskDetail;
  back: () => void;
}

/** With one attempt there is nothing to compare; with none there is nothing at all. */
function NoPair({ plan, detail, back }: NoPairProps) {
  const { task } = detail;
  const agents = usePlan(plan).data?.agents ?? [];
  const attempt = currentAttempt(detail);
  const beside = useBeside(plan, task.id);
  useActions([
    { id: "compare.close", label: "Back to the plan", group: "Compare", key: "escape", run: back },
  ]);
  const open = attempt !== null && !isSettled(task.stage.kind);
  return (
    <section
      className={styles.empty}
      data-testid={testIds.compare}
      aria-label={`Compare attempts at ${task.title}`}
    >
      <EmptyState
        title={
          attempt === null
            ? `Nobody has tried ${task.title} yet`
            : detail.attempts.length > 1
              ? `No two attempts at ${task.title} began at the same commit`
              : `Only one attempt at ${task.title}`
        }
        actions={
          <>
            {open && <TryBeside agents={agents} look="primary" onTry={beside.tryBeside} />}
            <Button onClick={back}>Back to the plan</Button>
          </>
        }
      >
        {attempt === null
          ? "Choose several agents for it in the inspector, under Agent: each makes an attempt of its own, from the same commit and the same spec."
          : open
            ? `Attempt ${attempt.number} of ${attempt.agent} goes on. Another agent beside it starts at the same commit with the same spec.`
            : "It is settled. Attempts side by side begin while a task is open."}
      </EmptyState>
    </section>
  );
}
