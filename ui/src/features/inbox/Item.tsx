/* One thing that waits for a person, with its answers. */
import { useQuery } from "@tanstack/react-query";
import { AgentAnswers, answersTo } from "../../components/AgentAnswers";
import { Button } from "../../components/Button";
import { StatusShape } from "../../components/StatusShape";
import { TaskActions } from "../../components/TaskActions";
import { Ago } from "../../components/Time";
import { Verbatim } from "../../components/Verbatim";
import { act } from "../../ipc/act";
import { answerAgent, messageAgent } from "../../ipc/agents";
import type { InboxItem } from "../../ipc/bindings/InboxItem";
import type { InboxKind } from "../../ipc/bindings/InboxKind";
import type { RunView } from "../../ipc/bindings/RunView";
import type { TaskAction } from "../../ipc/bindings/TaskAction";
import { queries, usePlan } from "../../ipc/queries";
import { agentRun, askOf } from "../../lib/asks";
import { aboutOne, alone, isContested, stageAt, wordsKept } from "../../lib/contenders";
import { cx } from "../../lib/cx";
import { useDesk } from "../../lib/desk";
import { count } from "../../lib/format";
import { navigate } from "../../lib/route";
import { type Hue, reviewMatters, type Shape } from "../../lib/stage";
import { opensReview, placeOf } from "../../lib/waiting";
import { testIds } from "../../testids";
import styles from "./inbox.module.css";

const looks: Record<InboxKind, { shape: Shape; hue: Hue; word: string }> = {
  needs_you: { shape: "diamond", hue: "need", word: "Needs you" },
  ready_to_review: { shape: "half", hue: "ready", word: "Ready to review" },
  ready_to_compare: { shape: "half", hue: "ready", word: "Ready to compare" },
  failed: { shape: "cross", hue: "fail", word: "Failed" },
};

/** Given elsewhere: an approval in the review, a run is ended where it is seen, an agent's question above. */
const elsewhere: readonly TaskAction[] = ["approve", "end_run", "allow", "deny", "compare"];

interface ItemProps {
  item: InboxItem;
  current: boolean;
  onChoose: () => void;
}

export function Item({ item, current, onChoose }: ItemProps) {
  const plan = usePlan(item.plan);
  const task = plan.data?.tasks.find((t) => t.id === item.task);
  const look = looks[item.kind];
  // A plan that was read later may already know that the agent goes on.
  const meant = task && alone(task, item.attempt);
  const stage = task && stageAt(task, item.attempt);
  const ask = stage && item.kind === "needs_you" ? askOf(stage) : null;
  const place = placeOf(item, stage?.reason?.code);
  const inReview = opensReview(item, stage?.reason?.code);
  const compares = item.kind === "ready_to_compare";
  const before = ask ? answersTo[ask] : 0;
  const keyOf = (n: number) => (current && n < 9 ? String(n + 1) : undefined);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: J, K and Enter do the same
    <li
      className={cx(styles.item, current && styles.current)}
      aria-current={current || undefined}
      data-item={item.id}
      data-testid={testIds.inboxItem(item.id)}
      onClick={onChoose}
      onFocus={onChoose}
    >
      <StatusShape shape={look.shape} hue={look.hue} size={16} label={look.word} />
      <div className={styles.text}>
        <div className={styles.who}>
          <b>{item.task_title}</b>
          {meant !== undefined && <span className="quiet">attempt {meant}</span>}
          <span className={styles[look.hue]}>{ask && stage ? stage.word : look.word}</span>
          <span className="quiet">
            <Ago at={item.since_ms} />
          </span>
        </div>
        <div className={styles.what} data-selectable>
          <Verbatim text={item.what} />
          {task &&
            stage &&
            !isContested(task) &&
            reviewMatters(stage) &&
            !item.what.includes(task.review) && <span className={styles.review}>{task.review}.</span>}
        </div>
        <div className="quiet">
          {item.project_name} › {item.plan_title}
          {item.blocks > 0 && ` · ${count(item.blocks, "task waits", "tasks wait")} behind it`}
        </div>
        {/* Which key means what depends on what is asked: none means anything before that is known. */}
        <div className={styles.answers} data-answer hidden={plan.isPending}>
          {ask && <Answers item={item} ask={ask} alone={meant} keyOf={keyOf} />}
          <Button
            size="small"
            look={(inReview || compares) && !ask ? "primary" : "normal"}
            keyHint={keyOf(before)}
            data-testid={testIds.inboxAnswer(item.id, "open")}
            onClick={() => navigate(place)}
          >
            {compares ? "Compare" : inReview ? "Review" : "Open"}
          </Button>
          <TaskActions
            actions={meant === undefined ? item.actions : aboutOne(item.actions)}
            without={elsewhere}
            size="small"
            subject={item.task_title}
            keyOf={(i) => keyOf(before + 1 + i)}
            testIdOf={(action) => testIds.inboxAnswer(item.id, action)}
            onAct={(action) =>
              act(action, {
                plan: item.plan,
                task: item.task,
                attempt: item.attempt ?? 1,
                alone: meant,
                head: null,
                run: null,
              })
            }
          />
        </div>
      </div>
    </li>
  );
}

interface AnswersProps {
  item: InboxItem;
  ask: NonNullable<ReturnType<typeof askOf>>;
  alone: number | undefined;
  keyOf: (index: number) => string | undefined;
}

function Answers({ item, ask, alone: meant, keyOf }: AnswersProps) {
  const { plan, task, attempt } = item;
  const { data: run } = useQuery({
    ...queries.runs(plan),
    select: (runs: RunView[]) => agentRun(runs, task, attempt ?? 1)?.id ?? null,
  });
  const toTerminal = (id: string) => {
    useDesk.getState().showRun(id);
    navigate(placeOf(item, undefined));
  };
  return (
    <AgentAnswers
      ask={ask}
      keep={wordsKept(plan, task, meant)}
      keyOf={keyOf}
      onAnswer={(answer) => answerAgent(plan, task, answer, meant)}
      onMessage={(text) => messageAgent(plan, task, text, meant)}
      onTerminal={run ? () => toTerminal(run) : undefined}
    />
  );
}
