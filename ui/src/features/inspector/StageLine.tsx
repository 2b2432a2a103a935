import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { currentAttempt } from "../../lib/contenders";
import { cx } from "../../lib/cx";
import { isReviewReason, type Step, stageLook, stepAt, stepsOf } from "../../lib/stage";
import styles from "./StageLine.module.css";

/** How far along its way a task is; where it left the way, that step carries the state's hue. */
export function StageLine({ detail, reviewed }: { detail: TaskDetail; reviewed: boolean }) {
  const { kind } = detail.task.stage;
  const rounds = currentAttempt(detail)?.review.rounds ?? 0;
  const steps = stepsOf(reviewed, rounds > 0 || kind === "fixing");
  const step = stepAt(kind) ?? reached(detail);
  const at = step === "done" ? steps.length : step === null ? -1 : steps.indexOf(step);
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
          {step === "Fix" && rounds > 1 && ` ${rounds}`}
        </li>
      ))}
    </ol>
  );
}

/** The step that a task off the path had reached, by its reason and what its newest attempt left; null for none. */
export function reached(detail: TaskDetail): Step | null {
  const attempt = currentAttempt(detail);
  const { kind, reason } = detail.task.stage;
  if (!attempt || kind === "waiting" || kind === "draft") return null;
  if (isReviewReason(reason?.code)) return "Review";
  if (attempt.approval && attempt.approval.void === null) return "Land";
  if (attempt.evidence.length > 0) return attempt.evidence.every((e) => e.passed) ? "Approve" : "Check";
  return attempt.runs.some((r) => r.kind === "implement") ? "Work" : "Setup";
}
