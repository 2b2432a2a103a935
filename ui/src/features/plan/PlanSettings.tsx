/* What holds for the whole plan. Every field saves itself, as an edit that can be undone. */
import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { Confirm } from "../../components/Dialog";
import { DurationField, ListField, NumberField, SelectField, TextField } from "../../components/fields";
import { StatusShape } from "../../components/StatusShape";
import { ask } from "../../ipc/ask";
import type { CheckSpec } from "../../ipc/bindings/CheckSpec";
import type { PlanView } from "../../ipc/bindings/PlanView";
import type { SetupSpec } from "../../ipc/bindings/SetupSpec";
import { navigate } from "../../lib/route";
import { testIds } from "../../testids";
import { AgentSettings } from "./AgentSettings";
import { free } from "./free";
import styles from "./plan.module.css";
import { ReviewSettings } from "./ReviewSettings";
import { type Patch, usePlanPatch } from "./usePlanPatch";

export function PlanSettings({ plan: saved }: { plan: PlanView }) {
  const { shown: plan, patch } = usePlanPatch(saved);
  const setup = (part: Partial<SetupSpec>) => patch((now) => ({ setup: { ...now.setup, ...part } }));
  return (
    <div className={styles.settings}>
      <div className={styles.settingsInner}>
        {plan.problems.length > 0 && <PlanProblems plan={plan} />}
        <section className={styles.group}>
          <h2>Plan</h2>
          <TextField
            label="Title"
            testId={testIds.field("title")}
            value={plan.title}
            check={(t) => (t.trim() ? null : "A plan has a title.")}
            onCommit={(title) => patch({ title: title.trim() })}
          />
          <TextField
            label="Goal"
            lines={2}
            value={plan.goal}
            placeholder="What is true when all of this has landed"
            onCommit={(goal) => patch({ goal })}
          />
          <TextField
            label="Target"
            mono
            testId={testIds.field("target")}
            value={plan.target}
            hint="The branch that approved work lands on."
            check={(t) => (t.trim() ? null : "A plan lands on a branch.")}
            onCommit={(target) => patch({ target: target.trim() })}
          />
          <NumberField
            label="Slots"
            min={1}
            max={256}
            testId={testIds.field("slots")}
            value={plan.slots}
            hint="How many tasks run at the same time."
            onCommit={(slots) => patch({ slots })}
          />
        </section>
        <section className={styles.group}>
          <h2>Approval and landing</h2>
          <SelectField
            label="Approve"
            testId={testIds.field("approve")}
            value={plan.approve}
            options={[
              { id: "manual", label: "By hand: every task waits for you" },
              { id: "auto", label: "Automatically, when every gate is green" },
            ]}
            onCommit={(approve) => patch({ approve })}
          />
          <SelectField
            label="Land"
            value={plan.land}
            options={[
              { id: "merge", label: "Merge: keeps the commits, adds a merge commit" },
              { id: "squash", label: "Squash: one commit for each task" },
              { id: "rebase", label: "Rebase: the commits again, on the target" },
            ]}
            onCommit={(land) => patch({ land })}
          />
          <SelectField
            label="Leftovers"
            value={plan.commit}
            options={[
              { id: "ask", label: "Ask me when an agent leaves files uncommitted" },
              { id: "scope", label: "Commit those inside the scope, by name" },
            ]}
            onCommit={(commit) => patch({ commit })}
          />
        </section>
        <section className={styles.group}>
          <h2>Setup</h2>
          <p>Runs once in each fresh worktree, before the agent.</p>
          <TextField
            label="Command"
            mono
            value={plan.setup.command ?? ""}
            placeholder="none, for example npm ci"
            onCommit={(command) => setup({ command: command.trim() || null })}
          />
          <ListField
            label="Copy"
            value={plan.setup.copy}
            placeholder="none, for example .env"
            hint="Ignored files that a worktree needs; one on each line."
            onCommit={(copy) => setup({ copy })}
          />
          <ListField
            label="Ports"
            value={plan.setup.ports}
            placeholder="none, for example web"
            hint="A port of its own for each worktree, exported as COPPICE_PORT_WEB."
            onCommit={(ports) => setup({ ports })}
          />
          <DurationField
            label="Time limit"
            value={plan.setup.timeout_ms}
            placeholder="10m"
            onCommit={(ms) => setup({ timeout_ms: ms || null })}
          />
        </section>
        <Checks plan={plan} patch={patch} />
        <ReviewSettings plan={plan} patch={patch} />
        <AgentSettings plan={plan} patch={patch} />
        <Danger plan={plan} />
      </div>
    </div>
  );
}

function PlanProblems({ plan }: { plan: PlanView }) {
  return (
    <section className={styles.group} aria-label="Problems">
      {plan.problems.map((p) => (
        <div key={p.message} className={styles.default}>
          <StatusShape shape="diamond" hue="need" />
          <span>
            {p.message} {p.hint}
          </span>
        </div>
      ))}
    </section>
  );
}

export interface PartProps {
  plan: PlanView;
  patch: Patch;
}

function Checks({ plan, patch }: PartProps) {
  const change = (name: string, part: Partial<CheckSpec>) =>
    patch((now) => ({ checks: now.checks.map((c) => (c.name === name ? { ...c, ...part } : c)) }));
  return (
    <section className={styles.group}>
      <h2>Checks</h2>
      <p>Coppice runs these itself, on every attempt and on every merged tree before it lands.</p>
      <div className={styles.rows}>
        {plan.checks.map((check, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a check's place is what stays while its name is edited
          <div key={i} className={`${styles.row} ${styles.checkRow}`}>
            <TextField
              label="Name"
              hideLabel
              value={check.name}
              check={(t) =>
                t.trim() === ""
                  ? "A check has a name."
                  : plan.checks.some((c, j) => j !== i && c.name === t.trim())
                    ? "Another check has this name."
                    : null
              }
              onCommit={(name) => change(check.name, { name: name.trim() })}
            />
            <TextField
              label={`Command of ${check.name}`}
              hideLabel
              mono
              testId={testIds.field(`check-${i}-command`)}
              value={check.command}
              placeholder="npm test"
              check={(t) => (t.trim() ? null : "A check runs a command.")}
              onCommit={(command) => change(check.name, { command })}
            />
            <DurationField
              label={`Time limit of ${check.name}`}
              hideLabel
              value={check.timeout_ms}
              placeholder="no limit"
              onCommit={(ms) => change(check.name, { timeout_ms: ms || null })}
            />
            <IconButton
              icon={<Trash2 size={14} />}
              label={`Remove the check ${check.name}`}
              onClick={() => patch((now) => ({ checks: now.checks.filter((c) => c.name !== check.name) }))}
            />
          </div>
        ))}
      </div>
      <div>
        <Button
          size="small"
          icon={<Plus size={14} />}
          data-testid={testIds.addCheck}
          onClick={() =>
            patch((now) => ({
              checks: [...now.checks, { name: free("check", now.checks), command: "true", timeout_ms: null }],
            }))
          }
        >
          Check
        </Button>
      </div>
    </section>
  );
}

function Danger({ plan }: { plan: PlanView }) {
  const [asked, setAsked] = useState(false);
  const busy = plan.mode === "running" || plan.progress.slots_used > 0;
  return (
    <section className={styles.group}>
      <h2>Remove this plan</h2>
      <p>
        Its attempts’ worktrees go to the trash and can be restored from there. What has landed stays landed.
        {busy && " Stop the plan first."}
      </p>
      <div>
        <Button look="danger" disabled={busy} icon={<Trash2 size={14} />} onClick={() => setAsked(true)}>
          Remove plan…
        </Button>
      </div>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title={`Remove “${plan.title}”?`}
        verb="Remove plan"
        danger
        onConfirm={async () => {
          setAsked(false);
          if ((await ask({ type: "delete_plan", plan: plan.id })) !== null) {
            navigate({ at: "project", project: plan.project });
          }
        }}
      >
        The plan and its {plan.tasks.length} tasks go. Worktrees move to the trash, commits and uncommitted
        files stay under keep refs, and everything that has landed on {plan.target} stays.
      </Confirm>
    </section>
  );
}
