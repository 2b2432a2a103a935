/* With nothing selected: what the plan is for, how it stands, and what comes next. */
import { Button } from "../../components/Button";
import { TextField } from "../../components/fields";
import { StatusShape } from "../../components/StatusShape";
import { edit } from "../../ipc/ask";
import type { PlanView } from "../../ipc/bindings/PlanView";
import type { TaskView } from "../../ipc/bindings/TaskView";
import { roughly } from "../../lib/format";
import { navigate, type PlanViewName } from "../../lib/route";
import { isRunning, stageLook } from "../../lib/stage";
import styles from "./inspector.module.css";
import parts from "./parts.module.css";
import { Upstream } from "./Upstream";

const modes = {
  draft: "Draft: not started",
  running: "Running",
  paused: "Paused: what runs goes on",
  stopped: "Stopped",
  finished: "Finished",
} as const;

/** How many tasks of each group are named here. */
const few = 8;

export function PlanOverview({ plan, view }: { plan: PlanView; view: PlanViewName }) {
  // What could go wrong did not.
  const problems = plan.mode === "finished" ? [] : plan.problems;
  const by = (test: (t: TaskView) => boolean) => plan.tasks.filter(test);
  const groups = [
    { name: "Need you", tasks: by((t) => t.stage.kind === "needs_you" || t.stage.kind === "failed") },
    { name: "Ready to review", tasks: by((t) => t.stage.kind === "awaiting_approval") },
    { name: "Running", tasks: by((t) => isRunning(t.stage.kind) || t.stage.kind === "queued") },
    {
      name: "Next",
      tasks: by(
        (t) =>
          (t.stage.kind === "waiting" || t.stage.kind === "draft") &&
          t.after.every((d) => plan.tasks.find((x) => x.id === d)?.stage.kind !== "waiting"),
      ),
    },
  ].filter((g) => g.tasks.length > 0);
  return (
    <div className={styles.overview}>
      <div className={styles.head}>
        <div className={styles.kind}>plan · {modes[plan.mode]}</div>
        <h2 className={styles.planTitle}>{plan.title}</h2>
      </div>
      <div className={parts.tab}>
        <TextField
          label="Goal"
          lines={1}
          value={plan.goal}
          placeholder="What is true when all of this has landed"
          onCommit={(goal) => void edit(plan.id, { type: "update_plan", patch: { goal } })}
        />
        <dl className={parts.facts}>
          <dt>Lands on</dt>
          <dd className="mono">{plan.target}</dd>
          <Upstream plan={plan.id} target={plan.target} />
          <dt>Checks</dt>
          <dd>{plan.checks.map((c) => c.name).join(", ") || "none"}</dd>
          {plan.progress.lower_bound_ms > 0 && (
            <>
              <dt>At best</dt>
              <dd>
                {roughly(plan.progress.lower_bound_ms)}{" "}
                <span className="quiet">by the longest path and {plan.slots} slots</span>
              </dd>
            </>
          )}
        </dl>
        {problems.map((p) => (
          <div key={p.message} className={styles.problem}>
            <StatusShape shape="diamond" hue="need" />
            <div>
              {p.message} {p.hint && <span className="quiet">{p.hint}</span>}
              <div>
                <Button
                  size="small"
                  onClick={() =>
                    navigate({ at: "plan", plan: plan.id, view: "settings", task: null, tab: "spec" })
                  }
                >
                  Plan settings
                </Button>
              </div>
            </div>
          </div>
        ))}
        {groups.map((group) => (
          <section key={group.name} className={parts.part}>
            <h3>{group.name}</h3>
            <ul className={parts.tasks}>
              {group.tasks.slice(0, few).map((t) => (
                <li key={t.id}>
                  <button
                    type="button"
                    className={parts.run}
                    onClick={() => navigate({ at: "plan", plan: plan.id, view, task: t.id, tab: "spec" })}
                  >
                    <StatusShape shape={stageLook[t.stage.kind].shape} hue={stageLook[t.stage.kind].hue} />
                    <span className={parts.runName}>{t.title}</span>
                    <span className="quiet">{t.agent}</span>
                  </button>
                </li>
              ))}
              {group.tasks.length > few && (
                <li className={parts.more}>and {group.tasks.length - few} more</li>
              )}
            </ul>
          </section>
        ))}
      </div>
    </div>
  );
}
