/* The header: where we are, what runs, how far it is, who needs you. It never scrolls away. */
import { ChevronDown, ChevronRight, FolderGit2, Pause, Play, Plus, Search, Square } from "lucide-react";
import { Button } from "../components/Button";
import { Menu } from "../components/Menu";
import { StatusShape } from "../components/StatusShape";
import { Tooltip } from "../components/Tooltip";
import { useNewPlan } from "../features/projects/NewPlan";
import { startOpening } from "../features/projects/OpenProject";
import { planLook } from "../features/projects/Rail";
import type { PlanSummary } from "../ipc/bindings/PlanSummary";
import type { ProjectView } from "../ipc/bindings/ProjectView";
import { useInbox } from "../ipc/queries";
import { runAction, useActionKey } from "../lib/actions";
import { count, duration, roughly } from "../lib/format";
import { navigate } from "../lib/route";
import { testIds } from "../testids";
import styles from "./app.module.css";
import { Cost } from "./Cost";
import { Meter } from "./Meter";

interface Props {
  projects: readonly ProjectView[];
  project: ProjectView | null;
  plan: PlanSummary | null;
}

export function Header({ projects, project, plan }: Props) {
  return (
    <header className={styles.header} data-testid={testIds.header}>
      <Crumbs projects={projects} project={project} plan={plan} />
      {plan && <RunControls plan={plan} />}
      {plan && plan.progress.total > 0 && <Far plan={plan} />}
      {plan && <Cost plan={plan.id} />}
      <span className={styles.spring} />
      <NeedsYou />
      <PaletteButton />
    </header>
  );
}

function Crumbs({ projects, project, plan }: Props) {
  if (!project) return <b className={styles.name}>Coppice</b>;
  const toPlan = (id: string) => navigate({ at: "plan", plan: id, view: "graph", task: null, tab: "spec" });
  return (
    <div className={styles.crumbs}>
      <Menu
        trigger={
          <button type="button" className={styles.crumb} title={project.root}>
            <span className="quiet">{project.name}</span>
            <ChevronDown size={13} aria-hidden />
          </button>
        }
        entries={[
          ...projects.map((p) => ({
            id: p.id,
            label: p.name,
            icon: <FolderGit2 size={15} />,
            note: p.id === project.id ? "open" : undefined,
            run: () => (p.plans[0] ? toPlan(p.plans[0].id) : navigate({ at: "project", project: p.id })),
          })),
          { rule: true as const },
          { id: "open", label: "Open a repository…", icon: <Plus size={15} />, run: startOpening },
        ]}
      />
      {plan && (
        <>
          <ChevronRight size={13} className="quiet" aria-hidden />
          <Menu
            trigger={
              <button type="button" className={styles.crumb} title={plan.title}>
                <b>{plan.title}</b>
                <ChevronDown size={13} aria-hidden />
              </button>
            }
            entries={[
              ...project.plans.map((p) => {
                const look = planLook(p);
                return {
                  id: p.id,
                  label: p.title,
                  icon: <StatusShape shape={look.shape} hue={look.hue} />,
                  note: look.note,
                  run: () => toPlan(p.id),
                };
              }),
              { rule: true as const },
              {
                id: "new",
                label: "New plan…",
                icon: <Plus size={15} />,
                run: () => useNewPlan.setState({ project }),
              },
            ]}
          />
          <Tooltip text={`What is approved lands on ${plan.target}.`}>
            <button
              type="button"
              className={styles.target}
              onClick={() =>
                navigate({ at: "plan", plan: plan.id, view: "settings", task: null, tab: "spec" })
              }
            >
              → {plan.target}
            </button>
          </Tooltip>
        </>
      )}
    </div>
  );
}

/** What the main button does, by mode. */
const verbs = {
  draft: "Run",
  running: "Pause",
  paused: "Go on",
  stopped: "Go on",
  finished: "Run again",
} as const;

function RunControls({ plan }: { plan: PlanSummary }) {
  const key = useActionKey("plan.run");
  const running = plan.mode === "running";
  const { slots, slots_used: used } = plan.progress;
  return (
    <>
      <i className={styles.sep} />
      <div className={styles.runGroup}>
        <Button
          look={running || plan.mode === "finished" ? "normal" : "primary"}
          icon={running ? <Pause size={14} /> : <Play size={14} />}
          keyHint={key}
          data-testid={running ? testIds.pause : testIds.run}
          title={running ? "No new task starts; what runs goes on." : undefined}
          onClick={() => runAction("plan.run")}
        >
          {verbs[plan.mode]}
        </Button>
        {(running || used > 0) && (
          <Button
            icon={<Square size={12} />}
            data-testid={testIds.stop}
            title="No new task starts, and running agents are ended. Their work is kept."
            onClick={() => runAction("plan.stop")}
          >
            Stop
          </Button>
        )}
      </div>
      <Tooltip
        text={`${count(used, "task")} running, ${count(slots, "slot")} in this plan. Change it in the plan’s settings.`}
      >
        <button
          type="button"
          className={styles.slots}
          data-testid={testIds.slots}
          onClick={() => navigate({ at: "plan", plan: plan.id, view: "settings", task: null, tab: "spec" })}
        >
          {used} of {slots} slots
        </button>
      </Tooltip>
    </>
  );
}

function Far({ plan }: { plan: PlanSummary }) {
  const { progress: p } = plan;
  const left = p.left_ms !== null && p.landed < p.total ? ` · ${roughly(p.left_ms)} left` : "";
  const took = plan.mode === "finished" && p.elapsed_ms > 0 ? ` · took ${duration(p.elapsed_ms)}` : "";
  return (
    <>
      <i className={styles.sep} />
      <div className={styles.far} data-testid={testIds.progress}>
        <Meter progress={p} />
        <span className={styles.farText}>
          {p.landed} of {p.total} landed
          <span className={styles.farMore}>
            {left}
            {took}
          </span>
        </span>
      </div>
    </>
  );
}

function NeedsYou() {
  const { data = [] } = useInbox();
  const key = useActionKey("go.next-waiting");
  const waiting = data.filter((i) => i.kind !== "ready_to_review").length;
  const reviews = data.length - waiting;
  if (data.length === 0) {
    return (
      <span className={styles.calm} data-testid={testIds.needsYou}>
        Nothing needs you
      </span>
    );
  }
  return (
    <Button
      className={waiting ? styles.need : styles.ready}
      icon={<StatusShape shape={waiting ? "diamond" : "half"} hue={waiting ? "need" : "ready"} />}
      keyHint={key}
      data-testid={testIds.needsYou}
      title={`${count(waiting, "task needs", "tasks need")} an answer, ${count(reviews, "is", "are")} ready to review. Goes to the next.`}
      onClick={() => runAction("go.next-waiting")}
    >
      {data.length} {data.length === 1 ? "needs" : "need"} you
    </Button>
  );
}

function PaletteButton() {
  const key = useActionKey("app.palette");
  return (
    <Tooltip text="Search commands, tasks and plans" keyHint={key}>
      <Button
        look="plain"
        icon={<Search size={14} />}
        keyHint={key}
        className={styles.paletteButton}
        aria-label="Search"
        data-testid={testIds.paletteOpen}
        onClick={() => runAction("app.palette")}
      >
        <span className={styles.searchWord}>Search</span>
      </Button>
    </Tooltip>
  );
}
