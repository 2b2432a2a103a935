// Who tries a task: one agent, or several side by side, each in an attempt of its own.

import { X } from "lucide-react";
import { Button, IconButton } from "../../components/Button";
import { SelectField } from "../../components/fields";
import { Menu } from "../../components/Menu";
import { testIds } from "../../testids";
import { agentsAfter } from "./agents";
import parts from "./parts.module.css";
import { patchOf, type TabProps } from "./SpecTab";

export function AgentsField({ plan, detail }: TabProps) {
  const { task } = detail;
  const patch = patchOf(plan.id, task.id);
  const byDefault = plan.default_agent ? `Plan’s default (${plan.default_agent})` : "None yet";
  const several = task.attempts;
  // What one agent would have been is the first of several.
  const known = several.length > 0 ? several : task.agent ? [task.agent] : [];
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
                onClick={() => patch(agentsAfter(several.filter((_, at) => at !== i)))}
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
                run: () => patch(agentsAfter([...known, agent.name])),
              }))}
            />
          )}
        </div>
      </div>
    </>
  );
}
