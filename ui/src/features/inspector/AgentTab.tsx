import { FolderOpen } from "lucide-react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { DurationField } from "../../components/fields";
import { StatusShape } from "../../components/StatusShape";
import { Elapsed } from "../../components/Time";
import { Usage } from "../../components/Usage";
import { attempt as shown } from "../../ipc/ask";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { RunView } from "../../ipc/bindings/RunView";
import { openInEditor } from "../../ipc/engine";
import { currentAttempt, isContested } from "../../lib/contenders";
import { useDesk } from "../../lib/desk";
import type { Hue, Shape } from "../../lib/stage";
import { testIds } from "../../testids";
import { AgentsField } from "./AgentsField";
import parts from "./parts.module.css";
import { patchOf, type TabProps } from "./SpecTab";

export function AgentTab({ plan, detail }: TabProps) {
  const { task } = detail;
  const patch = patchOf(plan.id, task.id);
  const current = currentAttempt(detail);
  const several = isContested(task);
  const trying = task.contenders.flatMap((c) => detail.attempts.find((a) => a.number === c.attempt) ?? []);
  const attempts = several ? trying : current ? [current] : [];
  return (
    <div className={parts.tab}>
      <AgentsField plan={plan} detail={detail} />
      <DurationField
        label="Estimate"
        testId={testIds.field("estimate")}
        value={task.estimate_ms}
        placeholder="none"
        onCommit={(ms) => patch({ estimate_ms: ms })}
      />
      {attempts.map((attempt) => (
        <OneAttempt key={attempt.number} attempt={attempt} named={several} />
      ))}
      {attempts.length === 0 && (
        <section className={parts.part}>
          <h3>Runs</h3>
          <p className="quiet">{noRuns}</p>
        </section>
      )}
    </div>
  );
}

const noRuns = "None yet. Each process gets a real terminal that outlives this window.";

/** Where an attempt stands on disk, and its processes; of several, each says which one it is. */
function OneAttempt({ attempt, named }: { attempt: AttemptView; named: boolean }) {
  const { number, agent, worktree, branch, runs } = attempt;
  return (
    <>
      {worktree && (
        <div className={parts.line}>
          <span className={parts.lineName}>{named ? `Worktree ${number}` : "Worktree"}</span>
          <div className={parts.chips}>
            <CopyId id={worktree} show={tail(worktree)} />
            <Button
              size="small"
              icon={<FolderOpen size={13} />}
              onClick={() => void shown(openInEditor(worktree))}
            >
              Open in editor
            </Button>
          </div>
        </div>
      )}
      <div className={parts.line}>
        <span className={parts.lineName}>{named ? `Branch ${number}` : "Branch"}</span>
        <div className={parts.chips}>
          <CopyId id={branch} />
        </div>
      </div>
      <section className={parts.part}>
        <div className={parts.partHead}>
          <h3>{named ? `Runs of attempt ${number}, ${agent}` : "Runs"}</h3>
          <Usage runs={runs} of={`attempt-${number}`} />
        </div>
        {runs.length === 0 ? <p className="quiet">{noRuns}</p> : <Runs runs={runs} />}
      </section>
    </>
  );
}

function Runs({ runs }: { runs: readonly RunView[] }) {
  const showRun = useDesk((d) => d.showRun);
  return (
    <ul className={parts.runs}>
      {runs.map((run) => {
        const look = runLook(run);
        return (
          <li key={run.id}>
            <button
              type="button"
              className={parts.run}
              data-testid={`run-${run.id}`}
              onClick={() => showRun(run.id)}
            >
              <StatusShape shape={look.shape} hue={look.hue} />
              <span className={parts.runName}>{run.name}</span>
              <span className="quiet">{look.word}</span>
              <span className="quiet">
                <Elapsed from={run.started_ms} to={run.live ? null : (run.ended_ms ?? run.started_ms)} />
              </span>
            </button>
            {run.usage && (
              <p>
                <Usage runs={[run]} of={run.id} />
              </p>
            )}
            {run.detail && <p className="quiet">{run.detail}</p>}
          </li>
        );
      })}
    </ul>
  );
}

const outcomes = {
  exited: "",
  signalled: "ended by a signal",
  timed_out: "time limit passed",
  ended: "ended",
  lost: "lost",
  start_failed: "did not start",
} as const;

export function runLook(run: RunView): { shape: Shape; hue: Hue; word: string } {
  if (run.live) return { shape: "ring2", hue: "work", word: "running" };
  if (run.outcome !== null && run.outcome !== "exited") {
    return { shape: "slash", hue: run.outcome === "ended" ? "quiet" : "fail", word: outcomes[run.outcome] };
  }
  return run.code === 0
    ? { shape: "check", hue: "land", word: "exit 0" }
    : { shape: "cross", hue: "fail", word: `exit ${run.code ?? "?"}` };
}

function tail(path: string): string {
  const parts = path.split("/");
  return parts.length > 4 ? `…/${parts.slice(-3).join("/")}` : path;
}
