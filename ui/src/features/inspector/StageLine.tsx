import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { cx } from "../../lib/cx";
import { stageLook, stepAt, steps } from "../../lib/stage";
import styles from "./inspector.module.css";

/** How far along its way a task is; where it left the way, that step carries the state's hue. */
export function StageLine({ detail }: { detail: TaskDetail }) {
  const { kind } = detail.task.stage;
  const at = stepAt(kind) ?? reached(detail);
  const { hue, name } = stageLook[kind];
  return (
    <ol className={styles.stages} aria-label={`Stage: ${name}`}>
      {steps.map((step, i) => (
        <li
          key={step}
          className={cx(i < at && styles.done, i === at && styles[hue])}
          aria-current={i === at ? "step" : undefined}
        >
          {step}
        </li>
      ))}
    </ol>
  );
}

/** The step that a task off the path had reached, by what its newest attempt left; -1 for none. */
export function reached(detail: TaskDetail): number {
  const attempt = detail.attempts[0];
  if (!attempt || detail.task.stage.kind === "waiting" || detail.task.stage.kind === "draft") return -1;
  if (attempt.approval && attempt.approval.void === null) return 4;
  if (attempt.evidence.length > 0) return attempt.evidence.every((e) => e.passed) ? 3 : 2;
  return attempt.runs.some((r) => r.kind === "implement") ? 1 : 0;
}
