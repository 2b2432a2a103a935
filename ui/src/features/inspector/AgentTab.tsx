import { FolderOpen } from "lucide-react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { DurationField } from "../../components/fields";
import { StatusShape } from "../../components/StatusShape";
import { Elapsed } from "../../components/Time";
import { Usage } from "../../components/Usage";
import { attempt as shown } from "../../ipc/ask";
import type { RunView } from "../../ipc/bindings/RunView";
import { openInEditor } from "../../ipc/engine";
import { currentAttempt } from "../../lib/contenders";
import { useDesk } from "../../lib/desk";
import type { Hue, Shape } from "../../lib/stage";
import { testIds } from "../../testids";
import { AgentsField } from "./AgentsField";
import styles from "./inspector.module.css";
import { patchOf, type TabProps } from "./SpecTab";

export function AgentTab({ plan, detail }: TabProps) {
  const { task } = detail;
  const patch = patchOf(plan.id, task.id);
  const attempt = currentAttempt(detail);
  const showRun = useDesk((d) => d.showRun);
  return (
    <div className={styles.tab}>
      <AgentsField plan={plan} detail={detail} />
      <DurationField
        label="Estimate"
        testId={testIds.field("estimate")}
        value={task.estimate_ms}
        placeholder="none"
        onCommit={(ms) => patch({ estimate_ms: ms })}
      />
      {attempt?.worktree && (
        <div className={styles.line}>
          <span className={styles.lineName}>Worktree</span>
          <div className={styles.chips}>
            <CopyId id={attempt.worktree} show={tail(attempt.worktree)} />
            <Button
              size="small"
              icon={<FolderOpen size={13} />}
              onClick={() => void shown(openInEditor(attempt.worktree ?? ""))}
            >
              Open in editor
            </Button>
          </div>
        </div>
      )}
      {attempt && (
        <div className={styles.line}>
          <span className={styles.lineName}>Branch</span>
          <div className={styles.chips}>
            <CopyId id={attempt.branch} />
          </div>
        </div>
      )}
      <section className={styles.part}>
        <div className={styles.partHead}>
          <h3>Runs</h3>
          {attempt && <Usage runs={attempt.runs} of={`attempt-${attempt.number}`} />}
        </div>
        {!attempt || attempt.runs.length === 0 ? (
          <p className="quiet">None yet. Each process gets a real terminal that outlives this window.</p>
        ) : (
          <ul className={styles.runs}>
            {attempt.runs.map((run) => {
              const look = runLook(run);
              return (
                <li key={run.id}>
                  <button
                    type="button"
                    className={styles.run}
                    data-testid={`run-${run.id}`}
                    onClick={() => showRun(run.id)}
                  >
                    <StatusShape shape={look.shape} hue={look.hue} />
                    <span className={styles.runName}>{run.name}</span>
                    <span className="quiet">{look.word}</span>
                    <span className="quiet">
                      <Elapsed
                        from={run.started_ms}
                        to={run.live ? null : (run.ended_ms ?? run.started_ms)}
                      />
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
        )}
      </section>
    </div>
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
