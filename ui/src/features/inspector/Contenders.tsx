// The agents that try this task side by side: how each stands, what it asks, and what can be done with it alone.

import { ScanEye, SquareTerminal } from "lucide-react";
import { AgentAnswers } from "../../components/AgentAnswers";
import { Button } from "../../components/Button";
import { MessageAgent } from "../../components/MessageAgent";
import { StatusShape } from "../../components/StatusShape";
import { TaskActions } from "../../components/TaskActions";
import { Elapsed } from "../../components/Time";
import { TryBeside } from "../../components/TryBeside";
import { Verbatim } from "../../components/Verbatim";
import { act } from "../../ipc/act";
import { answerAgent, messageAgent } from "../../ipc/agents";
import { useBeside } from "../../ipc/beside";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { Contender } from "../../ipc/bindings/Contender";
import type { PlanView } from "../../ipc/bindings/PlanView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { useActionKey } from "../../lib/actions";
import { agentRun, askOf, takesMessages } from "../../lib/asks";
import { aboutOne, comparable, contenderNames, wordsKept } from "../../lib/contenders";
import { useDesk } from "../../lib/desk";
import { count } from "../../lib/format";
import { navigate } from "../../lib/route";
import { isRunning, stageLook } from "../../lib/stage";
import { testIds } from "../../testids";
import styles from "./Contenders.module.css";

interface Props {
  plan: PlanView;
  detail: TaskDetail;
}

export function Contenders({ plan, detail }: Props) {
  const { task, attempts } = detail;
  const names = contenderNames(task.contenders);
  const ready = task.contenders.every((c) => c.stage.kind === "awaiting_approval");
  const key = useActionKey("task.compare");
  const beside = useBeside(plan.id, task.id);
  return (
    <section className={styles.contenders} aria-label="Attempts side by side">
      <ul>
        {task.contenders.map((contender, i) => (
          <OneContender
            key={contender.attempt ?? `place ${i}`}
            plan={plan}
            detail={detail}
            contender={contender}
            name={names[i] ?? contender.agent}
            attempt={attempts.find((a) => a.number === contender.attempt)}
          />
        ))}
      </ul>
      <div className={styles.besides}>
        <Button
          size="small"
          look={ready ? "primary" : "normal"}
          keyHint={key}
          disabled={comparable(detail).length < 2}
          title={
            comparable(detail).length < 2 ? "There is something to compare once two have started." : undefined
          }
          data-testid={testIds.openCompare}
          onClick={() => navigate({ at: "compare", plan: plan.id, task: task.id, pair: null })}
        >
          Compare
        </Button>
        <TryBeside
          agents={plan.agents}
          size="small"
          look="plain"
          label="Try another beside them"
          onTry={beside.tryBeside}
        />
      </div>
    </section>
  );
}

interface OneProps extends Props {
  contender: Contender;
  name: string;
  attempt: AttemptView | undefined;
}

function OneContender({ plan, detail, contender, name, attempt }: OneProps) {
  const { task } = detail;
  const { stage } = contender;
  const look = stageLook[stage.kind];
  const asks = askOf(stage);
  const number = attempt?.number;
  const agent = attempt ? agentRun(attempt.runs, task.id, attempt.number) : null;
  const newest = [...(attempt?.runs ?? [])].sort((a, b) => b.started_ms - a.started_ms)[0];
  const keep = wordsKept(plan.id, task.id, number);
  const messaged = agent && !asks && takesMessages(agent, plan.agents) ? agent : null;
  return (
    <li
      className={styles.contender}
      data-testid={number === undefined ? undefined : testIds.contender(number)}
      data-stage={stage.kind}
    >
      <div className={styles.contenderHead}>
        <StatusShape shape={look.shape} hue={look.hue} />
        <b>{name}</b>
        <span className={styles[look.hue]}>{stage.word}</span>
        {attempt && isRunning(stage.kind) && (
          <span className="quiet">
            <Elapsed from={attempt.started_ms} to={attempt.ended_ms} />
          </span>
        )}
        {attempt && attempt.files > 0 && (
          <span className={styles.contenderSize}>
            {count(attempt.files, "file")} · +{attempt.added} −{attempt.deleted}
          </span>
        )}
      </div>
      {stage.reason && (
        <div className={styles.contenderWhy} data-selectable>
          <Verbatim text={stage.reason.text} />
        </div>
      )}
      {asks && number !== undefined && (
        <div className={styles.contenderAsks} data-asks>
          <AgentAnswers
            ask={asks}
            keep={keep}
            onAnswer={(answer) => answerAgent(plan.id, task.id, answer, number)}
            onMessage={(text) => messageAgent(plan.id, task.id, text, number)}
            onTerminal={agent ? () => useDesk.getState().showRun(agent.id) : undefined}
          />
        </div>
      )}
      {attempt && (
        <div className={styles.contenderTools}>
          <Button
            size="small"
            look="plain"
            icon={<SquareTerminal size={13} />}
            disabled={!newest}
            data-testid={testIds.contenderTerminal(attempt.number)}
            onClick={() => newest && useDesk.getState().showRun(newest.id)}
          >
            Terminal
          </Button>
          {attempt.head !== null && (
            <Button
              size="small"
              look="plain"
              icon={<ScanEye size={13} />}
              data-testid={testIds.contenderReview(attempt.number)}
              onClick={() =>
                navigate({ at: "review", plan: plan.id, task: task.id, attempt: attempt.number })
              }
            >
              Review
            </Button>
          )}
          <TaskActions
            actions={aboutOne(attempt.actions)}
            testIdOf={(action) => testIds.contenderAction(attempt.number, action)}
            without={["approve", "allow", "deny"]}
            size="small"
            look="plain"
            subject={`attempt ${attempt.number} of ${attempt.agent}`}
            stage={stage.kind}
            onAct={(action) =>
              act(action, {
                plan: plan.id,
                task: task.id,
                attempt: attempt.number,
                alone: attempt.number,
                head: attempt.head,
                run: attempt.runs.find((r) => r.live && r.kind !== "shell")?.id ?? null,
              })
            }
          />
          {messaged && (
            <MessageAgent
              agent={name}
              keep={keep}
              look="plain"
              testId={testIds.dockMessageAgent(messaged.id)}
              onMessage={(text) => messageAgent(plan.id, task.id, text, attempt.number)}
            />
          )}
        </div>
      )}
    </li>
  );
}
