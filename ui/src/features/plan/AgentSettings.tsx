/* The plan's agents: a name, a kind, and what that kind of program takes. */
import { Plus, Trash2 } from "lucide-react";
import { useRef } from "react";
import { Button, IconButton } from "../../components/Button";
import { linesOf, SelectField, TextField } from "../../components/fields";
import type { AgentSpec } from "../../ipc/bindings/AgentSpec";
import type { PlanPatch } from "../../ipc/bindings/PlanPatch";
import type { PlanView } from "../../ipc/bindings/PlanView";
import { lineOf, wordsOf } from "../../lib/commandLine";
import { testIds } from "../../testids";
import { asKind, freshAgent, kinds } from "./agentKinds";
import { free } from "./free";
import type { PartProps } from "./PlanSettings";
import styles from "./plan.module.css";
import { type Standing, standing } from "./standing";

/** Programs that Coppice knows, with what can be chosen for each of them. */
const programs: Record<string, { model: string; effort: string; permission: string; tools?: string }> = {
  claude: {
    model: "for example opus",
    effort: "for example high",
    permission: "for example acceptEdits",
    tools: 'all; for example Edit "Bash(npm test:*)"',
  },
  codex: {
    model: "for example gpt-5-codex",
    effort: "for example high",
    permission: "for example workspace-write",
  },
};

export function AgentSettings({ plan, patch }: PartProps) {
  const rows = useRef<readonly Standing[]>([]);
  rows.current = standing(
    rows.current,
    plan.agents.map((a) => a.name),
  );
  const change = (name: string, part: Partial<AgentSpec>) => patch((now) => changed(now, name, part));
  return (
    <section className={styles.group}>
      <h2>Agents</h2>
      <p>
        Claude Code and Codex run in their own terminal with settings for that launch alone. A command sees
        its brief in the file COPPICE_BRIEF; a scripted one plays a script, for rehearsal.
      </p>
      <div className={styles.rows}>
        {rows.current.map(({ id, name }, at) => {
          const agent = plan.agents.find((a) => a.name === name);
          return (
            agent && (
              <Row
                key={id}
                agent={agent}
                at={at}
                taken={(other) => other !== name && plan.agents.some((a) => a.name === other)}
                change={(part) => change(name, part)}
                onKind={(adapter) =>
                  patch((now) => {
                    const was = now.agents.find((a) => a.name === name);
                    return was ? changed(now, name, asKind(was, adapter)) : {};
                  })
                }
                onRemove={() => patch((now) => ({ agents: now.agents.filter((a) => a.name !== name) }))}
              />
            )
          );
        })}
      </div>
      {plan.agents.length > 0 && (
        <SelectField
          label="By default"
          value={plan.default_agent ?? ""}
          options={[
            { id: "", label: "None: each task names its own" },
            ...plan.agents.map((a) => ({ id: a.name, label: a.name })),
          ]}
          onCommit={(name) => patch({ default_agent: name })}
        />
      )}
      <div>
        <Button
          size="small"
          icon={<Plus size={14} />}
          data-testid={testIds.addAgent}
          onClick={() =>
            patch((now) => {
              const name = free("agent", now.agents);
              const agents = [...now.agents, freshAgent(name)];
              return now.agents.length ? { agents } : { agents, default_agent: name };
            })
          }
        >
          Agent
        </Button>
      </div>
    </section>
  );
}

/** The list with one of them changed; whoever is named by the plan is still the same agent under its new name. */
function changed(now: PlanView, was: string, part: Partial<AgentSpec>): PlanPatch {
  if (!now.agents.some((a) => a.name === was)) return {};
  const agents = now.agents.map((a) => (a.name === was ? { ...a, ...part } : a));
  const { name } = part;
  if (name === undefined || name === was) return { agents };
  return {
    agents,
    ...(now.default_agent === was && { default_agent: name }),
    ...(now.fixer === was && { fixer: name }),
    ...(now.review?.agents.includes(was) && {
      review: { ...now.review, agents: now.review.agents.map((one) => (one === was ? name : one)) },
    }),
  };
}

interface OneProps {
  agent: AgentSpec;
  at: number;
  change: (part: Partial<AgentSpec>) => void;
}

interface RowProps extends OneProps {
  /** Whether another agent has this name. */
  taken: (name: string) => boolean;
  onKind: (adapter: string) => void;
  onRemove: () => void;
}

function Row({ agent, at, taken, change, onKind, onRemove }: RowProps) {
  return (
    <div className={`${styles.row} ${styles.agentRow}`}>
      <TextField
        label="Name"
        hideLabel
        testId={testIds.field(`agent-${at}-name`)}
        value={agent.name}
        check={(t) =>
          !/^[\w-]+$/.test(t.trim())
            ? "Letters, digits, - and _."
            : taken(t.trim())
              ? "Another agent has this name."
              : null
        }
        onCommit={(name) => change({ name: name.trim() })}
      />
      <SelectField
        label={`Kind of ${agent.name}`}
        hideLabel
        testId={testIds.field(`agent-${at}-kind`)}
        value={agent.adapter}
        options={kindsWith(agent.adapter)}
        onCommit={onKind}
      />
      <First agent={agent} at={at} change={change} />
      <IconButton
        icon={<Trash2 size={14} />}
        label={`Remove the agent ${agent.name}`}
        data-testid={testIds.removeAgent(at)}
        onClick={onRemove}
      />
      {programs[agent.adapter] && <Program agent={agent} at={at} change={change} />}
    </div>
  );
}

/** What an agent of this kind cannot do without, or is mostly asked for. */
function First({ agent, at, change }: OneProps) {
  const program = programs[agent.adapter];
  if (program) {
    return (
      <TextField
        label={`Model of ${agent.name}`}
        hideLabel
        mono
        testId={testIds.field(`agent-${at}-model`)}
        value={agent.model ?? ""}
        placeholder={`its own default model, ${program.model}`}
        onCommit={(model) => change({ model: model.trim() || null })}
      />
    );
  }
  if (agent.adapter === "scripted") {
    return (
      <TextField
        label={`Script of ${agent.name}`}
        hideLabel
        mono
        value={agent.script ?? ""}
        placeholder="agent.toml"
        onCommit={(script) => change({ script: linesOf(script)[0] ?? null })}
      />
    );
  }
  return (
    <TextField
      label={`Command of ${agent.name}`}
      hideLabel
      mono
      testId={testIds.field(`agent-${at}-command`)}
      value={lineOf(agent.command)}
      placeholder="sh agent.sh"
      onCommit={(line) => change({ command: wordsOf(line) })}
    />
  );
}

/** The rest of what a known program can be told. */
function Program({ agent, at, change }: OneProps) {
  const program = programs[agent.adapter];
  if (!program) return null;
  return (
    <div className={styles.program}>
      <TextField
        label="Effort"
        mono
        testId={testIds.field(`agent-${at}-effort`)}
        value={agent.effort ?? ""}
        placeholder={program.effort}
        onCommit={(effort) => change({ effort: effort.trim() || null })}
      />
      <TextField
        label="Permission"
        mono
        testId={testIds.field(`agent-${at}-permission`)}
        value={agent.permission ?? ""}
        placeholder={program.permission}
        onCommit={(permission) => change({ permission: permission.trim() || null })}
      />
      {program.tools && (
        <TextField
          label="Tools"
          mono
          testId={testIds.field(`agent-${at}-tools`)}
          value={lineOf(agent.tools)}
          placeholder={program.tools}
          onCommit={(line) => change({ tools: wordsOf(line) })}
        />
      )}
      <TextField
        label="Arguments"
        mono
        testId={testIds.field(`agent-${at}-args`)}
        value={lineOf(agent.args)}
        placeholder="none"
        hint={at === 0 ? "Added to its command line as they are." : undefined}
        onCommit={(line) => change({ args: wordsOf(line) })}
      />
    </div>
  );
}

function kindsWith(own: string): { id: string; label: string }[] {
  return kinds.some((k) => k.id === own) ? kinds : [...kinds, { id: own, label: own }];
}
