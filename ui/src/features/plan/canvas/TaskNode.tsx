/* A task on the canvas. Memoised at module scope; it renders again only when its own task changed. */
import { Handle, type Node, type NodeProps, Position, useStore } from "@xyflow/react";
import { memo } from "react";
import { StatusShape } from "../../../components/StatusShape";
import { Ago, Elapsed } from "../../../components/Time";
import { edit } from "../../../ipc/ask";
import type { TaskView } from "../../../ipc/bindings/TaskView";
import { useLatestLine } from "../../../ipc/live";
import { askedLine } from "../../../lib/asks";
import { agentsWord, contendersLine, contendersTold, isContested } from "../../../lib/contenders";
import { cx } from "../../../lib/cx";
import { duration } from "../../../lib/format";
import { useNow } from "../../../lib/now";
import { navigate } from "../../../lib/route";
import { isRunning, reviewMatters, stageLook } from "../../../lib/stage";
import { testIds } from "../../../testids";
import { TitleInput } from "../TitleInput";
import styles from "./canvas.module.css";
import { lightOfTask, useLit } from "./lit";

export type TaskNodeType = Node<{ task: TaskView; plan: string }, "task">;

/** Below this zoom a node is a shape and a title. */
const simpleBelow = 0.62;

export const TaskNode = memo(function TaskNode({ data, selected }: NodeProps<TaskNodeType>) {
  const { task, plan } = data;
  const simple = useStore((s) => s.transform[2] < simpleBelow);
  const light = useLit((lit) => lightOfTask(lit, task.id));
  const shaken = useLit((lit) => lit.shaken === task.id);
  const renaming = useLit((lit) => lit.renaming === task.id);
  const look = stageLook[task.stage.kind];
  return (
    <div
      className={cx(
        styles.node,
        selected && styles.selected,
        task.critical && task.stage.kind !== "landed" && styles.critical,
        look.hue === "need" && styles.attention,
        look.hue === "fail" && styles.failed,
        light && styles[light],
        shaken && styles.shaken,
        simple && styles.simple,
      )}
      data-testid={testIds.node(task.id)}
      data-stage={task.stage.kind}
    >
      <Handle
        type="target"
        position={Position.Left}
        className={styles.handle}
        data-testid={testIds.handleIn(task.id)}
      />
      <div className={styles.first}>
        <StatusShape shape={look.shape} hue={look.hue} size={simple ? 20 : 14} />
        {renaming ? (
          <TitleInput
            value={task.title}
            onDone={(title) => {
              useLit.setState({ renaming: null });
              if (title && title !== task.title) {
                void edit(plan, { type: "update_task", task: task.id, patch: { title } });
              }
            }}
          />
        ) : (
          <span className={styles.title} data-testid={testIds.nodeTitle(task.id)}>
            {task.title}
          </span>
        )}
        {!simple && <Agent task={task} />}
      </div>
      {!simple && <Rest task={task} plan={plan} />}
      <Handle
        type="source"
        position={Position.Right}
        className={styles.handle}
        data-testid={testIds.handleOut(task.id)}
      />
    </div>
  );
});

function Agent({ task }: { task: TaskView }) {
  // What was planned counts until it begins; then those that try it now.
  const several = isContested(task) || (task.attempt === null && task.attempts.length > 1);
  const names = isContested(task) ? task.contenders.map((c) => c.agent) : task.attempts;
  const word = several ? `${names.length} attempts` : task.agent;
  return (
    word && (
      <span className={styles.agent} title={several ? agentsWord(names) : undefined}>
        {word}
      </span>
    )
  );
}

function Rest({ task, plan }: { task: TaskView; plan: string }) {
  const { stage } = task;
  if (isContested(task)) return <Contest task={task} plan={plan} />;
  const running = isRunning(stage.kind);
  const numbers = running || stage.kind === "awaiting_approval" || stage.kind === "needs_you";
  return (
    <>
      <div
        className={cx(styles.second, styles[stageLook[stage.kind].hue])}
        title={stage.reason?.text ?? stage.word}
      >
        {stage.kind === "implementing" ? (
          <Action task={task} plan={plan} />
        ) : (
          (askedLine(stage) ?? stage.word)
        )}
        {stage.kind === "landed" && task.ended_ms !== null && (
          <>
            {" · "}
            <Ago at={task.ended_ms} />
          </>
        )}
      </div>
      {numbers ? (
        <div className={styles.third}>
          {reviewMatters(stage) && (
            <span className={styles.review} title={task.review}>
              {task.review}
            </span>
          )}
          {task.started_ms !== null && !reviewMatters(stage) && (
            <span>
              <Elapsed from={task.started_ms} to={task.ended_ms} />
              {task.estimate_ms !== null && ` of ${duration(task.estimate_ms)}`}
            </span>
          )}
          {task.added !== null && (
            <span>
              +{task.added} −{task.deleted ?? 0}
            </span>
          )}
        </div>
      ) : (
        stage.kind !== "landed" &&
        task.estimate_ms !== null && (
          <div className={styles.third}>
            <span>{duration(task.estimate_ms)}</span>
          </div>
        )
      )}
      {running && task.started_ms !== null && task.estimate_ms !== null && (
        <Bar from={task.started_ms} estimate={task.estimate_ms} />
      )}
    </>
  );
}

/** Several at once: how each stands, and the way to look at them side by side. */
function Contest({ task, plan }: { task: TaskView; plan: string }) {
  const line = contendersLine(task.contenders);
  const startedTwo = task.contenders.filter((c) => c.attempt !== null).length > 1;
  return (
    <>
      <div
        className={cx(styles.second, styles[stageLook[task.stage.kind].hue])}
        title={contendersTold(task.contenders)}
        data-testid={testIds.nodeContenders(task.id)}
      >
        {line}
      </div>
      <div className={styles.third}>
        {task.started_ms !== null && (
          <span>
            <Elapsed from={task.started_ms} to={task.ended_ms} />
          </span>
        )}
        {startedTwo && (
          <button
            type="button"
            className={cx(styles.compare, "nodrag")}
            data-testid={testIds.nodeCompare(task.id)}
            onClick={(e) => {
              e.stopPropagation();
              navigate({ at: "compare", plan, task: task.id, pair: null });
            }}
            onDoubleClick={(e) => e.stopPropagation()}
          >
            Compare
          </button>
        )}
      </div>
    </>
  );
}

function Action({ task, plan }: { task: TaskView; plan: string }) {
  const line = useLatestLine(plan, task.id);
  return <>{line ?? task.action ?? task.stage.word}</>;
}

/** Progress against the estimate; past it, the bar says so by its colour. */
function Bar({ from, estimate }: { from: number; estimate: number }) {
  const now = useNow(5000);
  const part = (now - from) / estimate;
  return (
    <div className={styles.bar} aria-hidden>
      <i
        className={cx(part > 1 && styles.over)}
        style={{ width: `${Math.min(100, Math.max(2, part * 100))}%` }}
      />
    </div>
  );
}
