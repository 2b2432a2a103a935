/* The plan's agents: a name, a kind, and what that kind of program takes. */
import { Plus, Trash2 } from "lucide-react";
import { Button, IconButton } from "../../components/Button";
import { linesOf, SelectField, TextField } from "../../components/fields";
import type { AgentSpec } from "../../ipc/bindings/AgentSpec";
import { lineOf, wordsOf } from "../../lib/commandLine";
import { testIds } from "../../testids";
import { asKind, freshAgent, kinds } from "./agentKinds";
import { free } from "./free";
import type { PartProps } from "./PlanSettings";
import styles from "./plan.module.css";

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
  const change = (i: number, part: Partial<AgentSpec>) => {
    const was = plan.agents[i];
    const agents = plan.agents.map((a, j) => (j === i ? { ...a, ...part } : a));
    if (!was || part.name === undefined || part.name === was.name) return patch({ agents });
    // Whoever is named by the plan is still the same agent under its new name.
    const name = part.name;
    patch({
      agents,
      ...(plan.default_agent === was.name && { default_agent: name }),
      ...(plan.fixer === was.name && { fixer: name }),
      ...(plan.review?.agents.includes(was.name) && {
        review: { ...plan.review, agents: plan.review.agents.map((one) => (one === was.name ? name : one)) },
      }),
    });
  };
  return (
    <section className={styles.group}>
      <h2>Agents</h2>
      <p>
        Claude Code and Codex run in their own terminal with settings for that launch alone. A command sees
        its brief in the file COPPICE_BRIEF; a scripted one plays a script, for rehearsal.
      </p>
      <div className={styles.rows}>
        {plan.agents.map((agent, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an agent's place is what stays while its name is edited
          <div key={i} className={`${styles.row} ${styles.agentRow}`}>
            <TextField
              label="Name"
              hideLabel
              testId={testIds.field(`agent-${i}-name`)}
              value={agent.name}
              check={(t) =>
                !/^[\w-]+$/.test(t.trim())
                  ? "Letters, digits, - and _."
                  : plan.agents.some((a, j) => j !== i && a.name === t.trim())
                    ? "Another agent has this name."
                    : null
              }
              onCommit={(name) => change(i, { name: name.trim() })}
            />
            <SelectField
              label={`Kind of ${agent.name}`}
              hideLabel
              testId={testIds.field(`agent-${i}-kind`)}
              value={agent.adapter}
              options={kindsWith(agent.adapter)}
              onCommit={(adapter) => change(i, asKind(agent, adapter))}
            />
            <First agent={agent} at={i} change={(part) => change(i, part)} />
            <IconButton
              icon={<Trash2 size={14} />}
              label={`Remove the agent ${agent.name}`}
              onClick={() => patch({ agents: plan.agents.filter((_, j) => j !== i) })}
            />
            {programs[agent.adapter] && <Program agent={agent} at={i} change={(part) => change(i, part)} />}
          </div>
        ))}
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
          onClick={() => {
            const name = free("agent", plan.agents);
            const agents = [...plan.agents, freshAgent(name)];
            patch(plan.agents.length ? { agents } : { agents, default_agent: name });
          }}
        >
          Agent
        </Button>
      </div>
    </section>
  );
}

interface OneProps {
  agent: AgentSpec;
  at: number;
  change: (part: Partial<AgentSpec>) => void;
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
