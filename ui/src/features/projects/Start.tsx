/* The first thing a person sees: two ways in, and what this is. */
import { FolderGit2, Sprout } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { StatusShape } from "../../components/StatusShape";
import { ask } from "../../ipc/ask";
import type { ProjectView } from "../../ipc/bindings/ProjectView";
import { useProjects } from "../../ipc/queries";
import { navigate } from "../../lib/route";
import { testIds } from "../../testids";
import { useNewPlan } from "./NewPlan";
import { startOpening } from "./OpenProject";
import styles from "./projects.module.css";

export async function tryDemo(): Promise<void> {
  const made = await ask({ type: "create_demo", path: null });
  if (made) navigate({ at: "plan", plan: made.plan, view: "graph", task: null, tab: "spec" });
}

const story = [
  {
    shape: "circle",
    hue: "quiet",
    text: "Draw the work as tasks; an arrow means “starts after that has landed”.",
  },
  {
    shape: "ring2",
    hue: "work",
    text: "Press Run. Every free task gets a worktree and an agent in a real terminal.",
  },
  {
    shape: "half",
    hue: "ready",
    text: "Coppice runs your checks itself, then shows you the diff beside the evidence.",
  },
  {
    shape: "check",
    hue: "land",
    text: "Approve, and exactly what was tested lands. What waited for it starts from there.",
  },
] as const;

export function Start() {
  const [busy, setBusy] = useState(false);
  return (
    <div className={styles.start}>
      <div className={styles.startInner}>
        <h1 className={styles.brand}>Coppice</h1>
        <p className={styles.lead}>
          Run many coding agents on one repository at the same time, and still know what is true.
        </p>
        <ol className={styles.story}>
          {story.map((line) => (
            <li key={line.text}>
              <StatusShape shape={line.shape} hue={line.hue} size={16} />
              <span>{line.text}</span>
            </li>
          ))}
        </ol>
        <div className={styles.ways}>
          <Button
            look="primary"
            icon={<FolderGit2 size={15} />}
            data-testid={testIds.openProject}
            onClick={startOpening}
          >
            Open a repository
          </Button>
          <Button
            icon={<Sprout size={15} />}
            busy={busy}
            data-testid={testIds.tryDemo}
            onClick={async () => {
              setBusy(true);
              await tryDemo();
              setBusy(false);
            }}
          >
            Try the demo
          </Button>
        </div>
        <p className={styles.small}>
          The demo is a small repository with scripted agents: two minutes, no account, no key, no network.
        </p>
      </div>
    </div>
  );
}

/** A project without a plan to show. */
export function ProjectHome({ id }: { id: string }) {
  const { data } = useProjects();
  const project = data?.find((p) => p.id === id);
  if (!data) return null;
  if (!project) return <Start />;
  return project.trouble ? <Trouble project={project} /> : <NoPlans project={project} />;
}

function NoPlans({ project }: { project: ProjectView }) {
  const some = project.plans.length > 0;
  return (
    <EmptyState
      title={some ? project.name : "No plans yet"}
      actions={
        <>
          <Button
            look="primary"
            data-testid={testIds.newPlan}
            onClick={() => useNewPlan.setState({ project })}
          >
            {some ? "New plan" : "Draw a plan"}
          </Button>
          {project.plans.slice(0, 3).map((plan) => (
            <Button
              key={plan.id}
              onClick={() => navigate({ at: "plan", plan: plan.id, view: "graph", task: null, tab: "spec" })}
            >
              {plan.title}
            </Button>
          ))}
        </>
      }
    >
      {some
        ? "Choose a plan, or begin another."
        : "A plan is a graph of tasks with one goal and one target branch. Draw one, paste one as text, or open a plan file of the repository."}
    </EmptyState>
  );
}

function Trouble({ project }: { project: ProjectView }) {
  return (
    <EmptyState
      title={project.trouble ?? ""}
      art={<StatusShape shape="diamond" hue="need" size={22} />}
      actions={<Button onClick={startOpening}>Open another repository</Button>}
    >
      {project.root} can’t be used as it is. Nothing of Coppice’s is lost.
    </EmptyState>
  );
}
