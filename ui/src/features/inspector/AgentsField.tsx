// Who tries a task: one agent, or several side by side, each in an attempt of its own.

import { X } from "lucide-react";
import { Button, IconButton } from "../../components/Button";
import { SelectField } from "../../components/fields";
import { Menu } from "../../components/Menu";
import { edit } from "../../ipc/ask";
import type { TaskPatch } from "../../ipc/bindings/TaskPatch";
import type { TaskView } from "../../ipc/bindings/TaskView";
import { usePending } from "../../ipc/pending";
import { testIds } from "../../testids";
import { agentsAfter, without } from "./agents";
import parts from "./parts.module.css";
import type { TabProps } from "./SpecTab";

type Tried = Pick<TaskView, "attempts" | "agent">;

/** What one agent would have been is the first of several. */
function knownOf({ attempts, agent }: Tried): string[] {
  return attempts.length > 0 ? attempts : agent ? [agent] : [];
}

export function AgentsField({ plan, detail }: TabProps) {
  const { shown: task, patch } = usePending<Tried, TaskPatch>({
    saved: detail.task,
    revision: plan.revision,
    merge: (now, { attempts, agent }) => ({
      attempts: attempts ?? now.attempts,
      agent: agent === undefined ? now.agent : agent || plan.default_agent,
    }),
    send: (patch) => edit(plan.id, { type: "update_task", task: detail.task.id, patch }),
  });
  const byDefault = plan.default_agent ? `Plan’s default (${plan.default_agent})` : "None yet";
  const several = task.attempts;
  const known = knownOf(task);
  return (
    <>
      {several.length === 0 && (
        <SelectField
          label="Agent"
          testId={testIds.field("agent")}
          value={task.agent === plan.default_agent ? "" : (task.agent ?? "")}
          options={[
            { id: "", label: byDefault },
            ...plan.agents
              .filter((a) => a.name !== plan.default_agent)
              .map((a) => ({ id: a.name, label: a.name })),
          ]}
          onCommit={(agent) => patch({ agent })}
        />
      )}
      <div className={parts.line} data-testid={testIds.sideAgents}>
        <span className={parts.lineName}>{several.length > 0 ? "Agents" : "Side by side"}</span>
        <div className={parts.chips}>
          {several.map((agent, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one agent may stand here more than once
            <span key={i} className={parts.chip}>
              <span className={parts.chipName}>{agent}</span>
              <IconButton
                size="small"
                className={parts.chipX}
                icon={<X size={12} />}
                label={`No attempt of ${agent}`}
                data-testid={testIds.sideAgentDrop(i)}
                onClick={() => patch((now) => agentsAfter(without(now.attempts, agent, i)))}
              />
            </span>
          ))}
          {plan.agents.length > 0 && (
            <Menu
              trigger={
                <Button
                  size="small"
                  look="plain"
                  title="Each agent makes an attempt of its own from the same commit; then you compare and adopt one."
                  data-testid={testIds.sideAgentAdd}
                >
                  {several.length > 0 ? "Add…" : "Only one. Add…"}
                </Button>
              }
              entries={plan.agents.map((agent) => ({
                id: agent.name,
                label: agent.name,
                note: known.includes(agent.name) ? "once more" : (agent.model ?? agent.adapter),
                testId: testIds.tryBesideAgent(agent.name),
                run: () => patch((now) => agentsAfter([...knownOf(now), agent.name])),
              }))}
            />
          )}
        </div>
      </div>
    </>
  );
}
