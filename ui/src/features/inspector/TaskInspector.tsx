import { ScanEye } from "lucide-react";
import { AgentAnswers } from "../../components/AgentAnswers";
import { Button } from "../../components/Button";
import { MessageAgent } from "../../components/MessageAgent";
import { StatusShape } from "../../components/StatusShape";
import { Tabs } from "../../components/Tabs";
import { TaskActions } from "../../components/TaskActions";
import { Elapsed } from "../../components/Time";
import { TryBeside } from "../../components/TryBeside";
import { useDraft } from "../../components/useDraft";
import { Verbatim } from "../../components/Verbatim";
import { act } from "../../ipc/act";
import { answerAgent, messageAgent } from "../../ipc/agents";
import { edit, attempt as shown } from "../../ipc/ask";
import { useBeside } from "../../ipc/beside";
import type { PlanView } from "../../ipc/bindings/PlanView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { openInEditor } from "../../ipc/engine";
import { useActions } from "../../lib/actions";
import { agentRun, askOf, takesMessages } from "../../lib/asks";
import { comparable, currentAttempt, isContested } from "../../lib/contenders";
import { useDesk } from "../../lib/desk";
import { type InspectorTab, navigate, type PlanViewName } from "../../lib/route";
import { isReviewReason, isRunning, isSettled, reviewMatters, stageLook } from "../../lib/stage";
import { testIds } from "../../testids";
import { AgentTab } from "./AgentTab";
import { ChecksTab } from "./ChecksTab";
import { Contenders } from "./Contenders";
import { HistoryTab } from "./HistoryTab";
import styles from "./inspector.module.css";
import parts from "./parts.module.css";
import { ScopeTab } from "./ScopeTab";
import { SpecTab } from "./SpecTab";
import { StageLine } from "./StageLine";
import { useReviewAhead } from "./useReviewAhead";

interface Props {
  plan: PlanView;
  detail: TaskDetail;
  tab: InspectorTab;
  view: PlanViewName;
}

const tabNames: Record<InspectorTab, string> = {
  spec: "Spec",
  scope: "Scope",
  checks: "Checks",
  agent: "Agent",
  history: "History",
};

/** Plain numbers choose views here, and a permission must not be given by a slip: these take Alt. */
const permissionKeys = [
  { id: "task.allow", label: "Allow", key: "alt+1", presses: testIds.action("allow") },
  { id: "task.deny", label: "Deny", key: "alt+2", presses: testIds.action("deny") },
  { id: "task.denyWithWords", label: "Deny and say why:", key: "alt+3", presses: testIds.denyWithWords },
];

export function TaskInspector({ plan, detail, tab, view }: Props) {
  const { task } = detail;
  const attempt = currentAttempt(detail);
  const several = isContested(task);
  const beside = useBeside(plan.id, task.id);
  const contents: Record<InspectorTab, React.ReactNode> = {
    spec: <SpecTab plan={plan} detail={detail} />,
    scope: <ScopeTab plan={plan} detail={detail} />,
    checks: <ChecksTab plan={plan} detail={detail} />,
    agent: <AgentTab plan={plan} detail={detail} />,
    history: <HistoryTab plan={plan} detail={detail} />,
  };
  // What is decided in the review, with the diff and the findings in view.
  const decides = task.stage.kind === "awaiting_approval" || isReviewReason(task.stage.reason?.code);
  const reviewable = !several && attempt !== null && attempt.head !== null && attempt.files > 0;
  useReviewAhead(plan.id, task.id, decides && reviewable ? attempt : null);
  // Where several try it, each asks for itself.
  const ask = several ? null : askOf(task.stage);
  const asking = several ? task.contenders.filter((c) => askOf(c.stage) === "permission").length : 1;
  const permission = several ? asking === 1 : ask === "permission";
  const agent = attempt ? agentRun(attempt.runs, task.id, attempt.number) : null;
  const keep = `${plan.id}/${task.id}`;
  const messaged = agent && !several && !ask && takesMessages(agent, plan.agents) ? agent : null;
  // One open attempt may get company; what is about to land may not.
  const mayJoin =
    !several &&
    attempt !== null &&
    !attempt.adopted &&
    !isSettled(task.stage.kind) &&
    !["waiting", "draft", "failed", "queued", "landing"].includes(task.stage.kind);
  const adopted = !several && detail.attempts.some((a) => a.adopted) && comparable(detail).length > 1;
  useActions([
    ...permissionKeys.map(({ id, label, key, presses }) => ({
      id,
      label: `${label} what ${task.title} asks for`,
      group: "Task" as const,
      key,
      when: () => permission,
      // The button is pressed, so that a refusal is shown beside it.
      run: () => document.querySelector<HTMLElement>(`[data-asks] [data-testid="${presses}"]`)?.click(),
    })),
    {
      id: "task.editor",
      label: "Open the worktree in the editor",
      group: "Task",
      key: "e",
      when: () => attempt?.worktree != null,
      run: () => attempt?.worktree && void shown(openInEditor(attempt.worktree)),
    },
    {
      id: "task.review",
      label: "Review this task",
      group: "Task",
      key: "v",
      when: () => reviewable,
      run: () => attempt && navigate({ at: "review", plan: plan.id, task: task.id, attempt: attempt.number }),
    },
    {
      id: "task.compare",
      label: "Compare the attempts at this task",
      group: "Task",
      key: "c",
      when: () => several || comparable(detail).length > 1,
      run: () => navigate({ at: "compare", plan: plan.id, task: task.id, pair: null }),
    },
  ]);
  return (
    <>
      <div className={styles.head}>
        <div className={styles.kind}>
          task · <span className="mono">{task.id}</span>
          {several
            ? ` · ${task.contenders.length} attempts side by side`
            : task.attempt !== null && ` · attempt ${task.attempt}`}
        </div>
        <Title plan={plan.id} id={task.id} title={task.title} />
        <StageNow detail={detail} />
      </div>
      {several && <Contenders plan={plan} detail={detail} />}
      {!several && <StageLine detail={detail} reviewed={plan.review !== null} />}
      {ask && (
        <div className={styles.asks} data-asks>
          <AgentAnswers
            ask={ask}
            keep={keep}
            keyOf={(n) => (ask === "permission" && n < 2 ? permissionKeys[n]?.key : undefined)}
            onAnswer={(answer) => answerAgent(plan.id, task.id, answer)}
            onMessage={(text) => messageAgent(plan.id, task.id, text)}
            onTerminal={agent ? () => useDesk.getState().showRun(agent.id) : undefined}
          />
        </div>
      )}
      {(detail.actions.length > 0 || reviewable || messaged || mayJoin || adopted) && (
        <div className={styles.actions}>
          <TaskActions
            actions={detail.actions}
            testIdOf={testIds.action}
            without={["approve", "allow", "deny", "compare"]}
            size="small"
            subject={task.title}
            stage={task.stage.kind}
            onAct={(action) =>
              act(action, {
                plan: plan.id,
                task: task.id,
                attempt: attempt?.number ?? 1,
                head: attempt?.head ?? null,
                run: attempt?.runs.find((r) => r.live && r.kind !== "shell")?.id ?? null,
              })
            }
          >
            {reviewable && (
              <Button
                size="small"
                look={decides ? "primary" : "normal"}
                icon={<ScanEye size={14} />}
                data-testid={testIds.openReview}
                onClick={() =>
                  navigate({ at: "review", plan: plan.id, task: task.id, attempt: attempt.number })
                }
              >
                {decides ? "Review" : "Look at the diff"}
              </Button>
            )}
            {messaged && (
              <MessageAgent
                agent={messaged.name}
                keep={keep}
                testId={testIds.messageAgent}
                onMessage={(text) => messageAgent(plan.id, task.id, text)}
              />
            )}
            {mayJoin && <TryBeside agents={plan.agents} size="small" onTry={beside.tryBeside} />}
            {adopted && (
              <Button
                size="small"
                data-testid={testIds.openCompare}
                onClick={() => navigate({ at: "compare", plan: plan.id, task: task.id, pair: null })}
              >
                Compare
              </Button>
            )}
          </TaskActions>
        </div>
      )}
      <Tabs
        label="About this task"
        value={tab}
        onChange={(next) =>
          navigate({ at: "plan", plan: plan.id, view, task: task.id, tab: next }, "replace")
        }
        tabs={(Object.keys(tabNames) as InspectorTab[]).map((id) => ({
          id,
          label: tabNames[id],
          testId: testIds.tab(id),
          content: contents[id],
        }))}
      />
    </>
  );
}

function Title({ plan, id, title }: { plan: string; id: string; title: string }) {
  const draft = useDraft(title, (next) => {
    if (next.trim()) void edit(plan, { type: "update_task", task: id, patch: { title: next.trim() } });
  });
  return (
    <input
      className={styles.title}
      aria-label="Title"
      title={draft.text}
      data-testid={testIds.inspectorTitle}
      value={draft.text}
      onChange={(e) => draft.type(e.target.value)}
      onBlur={draft.leave}
      onKeyDown={(e) => {
        if (e.key === "Escape") draft.revert();
        if (e.key === "Enter" || e.key === "Escape") e.currentTarget.blur();
      }}
    />
  );
}

function StageNow({ detail }: { detail: TaskDetail }) {
  const { task } = detail;
  const look = stageLook[task.stage.kind];
  const reason = task.stage.reason;
  return (
    <>
      <div className={styles.stageNow} data-testid={testIds.stage} data-stage={task.stage.kind}>
        <StatusShape shape={look.shape} hue={look.hue} />
        <span>{task.stage.word}</span>
        {task.since_ms !== null &&
          (isRunning(task.stage.kind) || look.hue === "need" || look.hue === "ready") && (
            <span className={styles.since}>
              · <Elapsed from={task.since_ms} />
            </span>
          )}
      </div>
      {reviewMatters(task.stage) && !isContested(task) && (
        <div className={styles.reviewNow} data-testid={testIds.reviewSentence}>
          {task.review}
        </div>
      )}
      {reason && !isContested(task) && (
        <div className={styles.reason} data-selectable>
          <Verbatim text={reason.text} />
          {reason.paths.length > 0 && (
            <ul className={parts.paths}>
              {reason.paths.map((path) => (
                <li key={path} className="mono">
                  {path}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </>
  );
}
