import { X } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { Code } from "../../components/Code";
import { CopyId } from "../../components/CopyId";
import { TextField } from "../../components/fields";
import { Menu } from "../../components/Menu";
import { StatusShape } from "../../components/StatusShape";
import { edit } from "../../ipc/ask";
import type { PlanView } from "../../ipc/bindings/PlanView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import type { TaskPatch } from "../../ipc/bindings/TaskPatch";
import { currentAttempt, isContested } from "../../lib/contenders";
import { currentRoute, navigate } from "../../lib/route";
import { reviewMatters, stageLook } from "../../lib/stage";
import { testIds } from "../../testids";
import parts from "./parts.module.css";

export interface TabProps {
  plan: PlanView;
  detail: TaskDetail;
}

export function patchOf(plan: string, task: string) {
  return (patch: TaskPatch) => void edit(plan, { type: "update_task", task, patch });
}

export function SpecTab({ plan, detail }: TabProps) {
  const { task } = detail;
  const patch = patchOf(plan.id, task.id);
  const [editing, setEditing] = useState(false);
  const attempt = currentAttempt(detail);
  // Each of several has a head and a review of its own.
  const several = isContested(task);
  const showRows = !editing && detail.requirements.length > 0;
  return (
    <div className={parts.tab}>
      <dl className={parts.facts}>
        {task.why_waiting && <Fact name="Why waiting" text={task.why_waiting} testId={testIds.whyWaiting} />}
        {task.unblocks && <Fact name="Unblocks" text={task.unblocks} testId={testIds.unblocks} />}
        {detail.landing_effect && <Fact name="Approving" text={detail.landing_effect} />}
        {attempt && !several && !reviewMatters(task.stage) && <Fact name="Review" text={task.review} />}
        {attempt && (
          <>
            <dt>Base</dt>
            <dd>
              <CopyId id={attempt.base} /> <span className="quiet">{plan.target}</span>
            </dd>
          </>
        )}
        {attempt?.head && !several && (
          <>
            <dt>Head</dt>
            <dd>
              <CopyId id={attempt.head} />{" "}
              <span className="quiet">
                {attempt.commits.length} {attempt.commits.length === 1 ? "commit" : "commits"} ·{" "}
                {attempt.files} files · +{attempt.added} −{attempt.deleted}
              </span>
            </dd>
          </>
        )}
      </dl>
      <TextField
        label="Role"
        lines={1}
        testId={testIds.field("role")}
        value={task.role}
        placeholder="One sentence: who the agent is here"
        onCommit={(role) => patch({ role })}
      />
      <TextField
        label="Delivers"
        lines={1}
        testId={testIds.field("deliverable")}
        value={task.deliverable}
        placeholder="What exists afterwards"
        onCommit={(deliverable) => patch({ deliverable })}
      />
      <Dependencies plan={plan} detail={detail} />
      <section className={parts.part}>
        <div className={parts.partHead}>
          <h3>{showRows ? "Requirements" : "Spec"}</h3>
          {detail.requirements.length > 0 && (
            <Button size="small" look="plain" onClick={() => setEditing(!editing)}>
              {editing ? "Done" : "Edit"}
            </Button>
          )}
        </div>
        {showRows ? (
          <ol className={parts.reqs}>
            {detail.requirements.map((r) => (
              <li key={r.id} data-selectable>
                <span className="quiet">{r.id}</span>
                <span>
                  <Code text={r.text} />
                </span>
              </li>
            ))}
          </ol>
        ) : (
          <TextField
            label="Spec"
            hideLabel
            lines={5}
            testId={testIds.field("spec")}
            value={task.spec}
            placeholder={"1. What must be true when this is done\n2. One requirement on each numbered line"}
            onCommit={(spec) => patch({ spec })}
          />
        )}
      </section>
      <section className={parts.part}>
        <h3>Contract</h3>
        <TextField
          label="Contract"
          hideLabel
          lines={2}
          mono
          value={task.contract}
          placeholder="What this promises to the tasks after it: signatures, paths, routes"
          onCommit={(contract) => patch({ contract })}
        />
      </section>
    </div>
  );
}

function Fact({ name, text, testId }: { name: string; text: string; testId?: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd data-testid={testId}>{text}</dd>
    </>
  );
}

function Dependencies({ plan, detail }: TabProps) {
  const { task } = detail;
  const before = task.after.map(
    (id) => plan.tasks.find((t) => t.id === id) ?? { id, title: id, stage: null },
  );
  const possible = plan.tasks.filter(
    (t) => t.id !== task.id && !task.after.includes(t.id) && !detail.downstream.includes(t.id),
  );
  const go = (id: string) => {
    const here = currentRoute();
    if (here.at === "plan") navigate({ ...here, task: id });
  };
  return (
    <div className={parts.line}>
      <span className={parts.lineName}>After</span>
      <div className={parts.chips}>
        {before.map((t) => (
          <span key={t.id} className={parts.chip}>
            <button type="button" className={parts.chipName} onClick={() => go(t.id)}>
              {t.stage && <StatusShape {...lookOf(t.stage.kind)} size={12} />}
              {t.title}
            </button>
            <IconButton
              size="small"
              className={parts.chipX}
              icon={<X size={12} />}
              label={`Don’t wait for ${t.title}`}
              onClick={() => void edit(plan.id, { type: "disconnect", from: t.id, to: task.id })}
            />
          </span>
        ))}
        {possible.length > 0 && (
          <Menu
            trigger={
              <Button size="small" look="plain" data-testid="add-dependency">
                {before.length ? "Add…" : "Nothing. Add…"}
              </Button>
            }
            entries={possible.slice(0, 200).map((t) => ({
              id: t.id,
              label: t.title,
              icon: <StatusShape {...lookOf(t.stage.kind)} />,
              run: () => void edit(plan.id, { type: "connect", from: t.id, to: task.id }),
            }))}
          />
        )}
      </div>
    </div>
  );
}

function lookOf(kind: keyof typeof stageLook) {
  const { shape, hue } = stageLook[kind];
  return { shape, hue };
}
