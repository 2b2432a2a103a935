/* The rail: what wants attention, the plans of each project, and ways to look back. Its counts are live. */
import {
  Archive,
  CalendarRange,
  FolderX,
  GitMerge,
  Inbox as InboxIcon,
  ListTree,
  MoreHorizontal,
  Plus,
  ScanEye,
  ScrollText,
  Settings as SettingsIcon,
} from "lucide-react";
import { type ReactNode, useState } from "react";
import { IconButton } from "../../components/Button";
import { Confirm } from "../../components/Dialog";
import { Menu } from "../../components/Menu";
import { StatusShape } from "../../components/StatusShape";
import { ask } from "../../ipc/ask";
import type { PlanSummary } from "../../ipc/bindings/PlanSummary";
import type { ProjectView } from "../../ipc/bindings/ProjectView";
import { useInbox, useLanding, useProjects } from "../../ipc/queries";
import { cx } from "../../lib/cx";
import { href, navigate, planOf, type Route, useRoute } from "../../lib/route";
import type { Hue, Shape } from "../../lib/stage";
import { testIds } from "../../testids";
import { useNewPlan } from "./NewPlan";
import { startOpening } from "./OpenProject";
import styles from "./projects.module.css";

export function Rail({ plan }: { plan: PlanSummary | null }) {
  const route = useRoute();
  const { data: projects = [] } = useProjects();
  const { data: inbox = [] } = useInbox();
  const review = inbox.find((i) => i.kind === "ready_to_review");
  const reviews = inbox.filter((i) => i.kind === "ready_to_review").length;
  const project = projects.find((p) => p.id === plan?.project) ?? projects[0];
  const toReview: Route = review
    ? { at: "review", plan: review.plan, task: review.task, attempt: review.attempt ?? 1 }
    : { at: "inbox" };

  return (
    <nav className={styles.rail} aria-label="Main" data-testid={testIds.rail}>
      <h2 className={styles.heading}>Attention</h2>
      <Line
        to={{ at: "inbox" }}
        on={route.at === "inbox"}
        icon={<InboxIcon size={15} />}
        note={inbox.length || null}
        testId={testIds.goInbox}
      >
        Inbox
      </Line>
      <Line
        to={toReview}
        on={route.at === "review"}
        icon={<ScanEye size={15} />}
        note={reviews || null}
        testId={testIds.goReview}
      >
        Review
      </Line>
      {plan && <LandingLine plan={plan.id} on={route.at === "landing"} />}

      {projects.map((p) => (
        <ProjectPlans key={p.id} project={p} shown={planOf(route) ?? plan?.id ?? null} route={route} />
      ))}
      {projects.length > 0 && (
        <button
          type="button"
          className={styles.quietLine}
          data-testid={testIds.openProject}
          onClick={startOpening}
        >
          <Plus size={15} /> Open a repository
        </button>
      )}

      {plan && (
        <>
          <h2 className={styles.heading}>Look back</h2>
          <Line
            to={{ at: "timeline", plan: plan.id }}
            on={route.at === "timeline"}
            icon={<CalendarRange size={15} />}
            testId={testIds.goTimeline}
          >
            Timeline
          </Line>
          <Line
            to={{ at: "log", plan: plan.id }}
            on={route.at === "log"}
            icon={<ScrollText size={15} />}
            testId={testIds.goLog}
          >
            Log
          </Line>
        </>
      )}
      <div className={styles.spring} />
      {project && (
        <Line
          to={{ at: "trash", project: project.id }}
          on={route.at === "trash"}
          icon={<Archive size={15} />}
          note={project.trash || null}
          testId={testIds.goTrash}
        >
          Trash
        </Line>
      )}
      <Line
        to={{ at: "settings", section: "general" }}
        on={route.at === "settings"}
        icon={<SettingsIcon size={15} />}
        testId={testIds.goSettings}
      >
        Settings
      </Line>
    </nav>
  );
}

function LandingLine({ plan, on }: { plan: string; on: boolean }) {
  const { data } = useLanding(plan);
  const waiting = (data?.queue.length ?? 0) + (data?.held.length ?? 0);
  return (
    <Line
      to={{ at: "landing", plan }}
      on={on}
      icon={<GitMerge size={15} />}
      note={waiting || null}
      testId={testIds.goLanding}
    >
      Landing
    </Line>
  );
}

interface LineProps {
  to: Route;
  on: boolean;
  icon: ReactNode;
  note?: ReactNode;
  testId: string;
  children: ReactNode;
}

function Line({ to, on, icon, note, testId, children }: LineProps) {
  return (
    <a
      href={href(to)}
      className={cx(styles.line, on && styles.on)}
      aria-current={on ? "page" : undefined}
      data-testid={testId}
    >
      <span className={styles.icon}>{icon}</span>
      <span className={styles.lineText}>{children}</span>
      {note != null && <span className={styles.note}>{note}</span>}
    </a>
  );
}

/** A plan at a glance: what asks for a person first, then what runs, then how far it is. */
export function planLook(plan: PlanSummary): { shape: Shape; hue: Hue; note: string } {
  const { progress: p, mode } = plan;
  const far = `${p.landed}/${p.total}`;
  if (p.needs_you > 0) return { shape: "diamond", hue: "need", note: far };
  if (p.failed > 0) return { shape: "cross", hue: "fail", note: far };
  if (p.ready_to_review > 0) return { shape: "half", hue: "ready", note: far };
  if (mode === "finished") return { shape: "check", hue: "land", note: "landed" };
  if (mode === "running") return { shape: "ring3", hue: "work", note: far };
  if (mode === "draft") return { shape: "dotted", hue: "quiet", note: "draft" };
  return { shape: "circle", hue: "quiet", note: mode };
}

function ProjectPlans({
  project,
  shown,
  route,
}: {
  project: ProjectView;
  shown: string | null;
  route: Route;
}) {
  const [closing, setClosing] = useState(false);
  return (
    <section className={styles.project} aria-label={project.name} data-testid={testIds.project(project.id)}>
      <div className={styles.projectHead}>
        <a
          href={href({ at: "project", project: project.id })}
          className={styles.heading}
          title={project.root}
        >
          {project.name}
        </a>
        <span className={styles.projectTools}>
          <Menu
            trigger={
              <IconButton
                size="small"
                icon={<MoreHorizontal size={15} />}
                label={`More of ${project.name}`}
              />
            }
            entries={[
              {
                id: "new",
                label: "New plan…",
                icon: <Plus size={15} />,
                run: () => useNewPlan.setState({ project }),
              },
              {
                id: "trash",
                label: "Trash",
                icon: <Archive size={15} />,
                note: project.trash || null,
                run: () => navigate({ at: "trash", project: project.id }),
              },
              { rule: true },
              {
                id: "close",
                label: "Close project…",
                icon: <FolderX size={15} />,
                run: () => setClosing(true),
              },
            ]}
          />
          <IconButton
            size="small"
            icon={<Plus size={15} />}
            label={`New plan in ${project.name}`}
            data-testid={project.plans.length ? `${testIds.newPlan}-${project.id}` : testIds.newPlan}
            onClick={() => useNewPlan.setState({ project })}
          />
        </span>
      </div>
      {project.trouble && <p className={styles.trouble}>{project.trouble}</p>}
      {project.plans.map((plan) => {
        const look = planLook(plan);
        const on = plan.id === shown && ["plan", "landing", "timeline", "log", "review"].includes(route.at);
        return (
          <a
            key={plan.id}
            href={href({ at: "plan", plan: plan.id, view: "graph", task: null, tab: "spec" })}
            className={cx(styles.line, on && styles.on)}
            aria-current={on ? "page" : undefined}
            data-testid={testIds.plan(plan.id)}
            title={plan.title}
          >
            <span className={styles.icon}>
              <StatusShape shape={look.shape} hue={look.hue} />
            </span>
            <span className={styles.lineText}>{plan.title}</span>
            <span className={styles.note}>{look.note}</span>
          </a>
        );
      })}
      {project.plans.length === 0 && (
        <button type="button" className={styles.quietLine} onClick={() => useNewPlan.setState({ project })}>
          <ListTree size={15} /> Draw the first plan
        </button>
      )}
      <Confirm
        open={closing}
        onClose={() => setClosing(false)}
        title={`Close ${project.name}?`}
        verb="Close project"
        onConfirm={async () => {
          setClosing(false);
          const closed = await ask({ type: "close_project", project: project.id });
          if (closed !== null) navigate({ at: "start" });
        }}
      >
        Coppice forgets the project and stops showing its plans. Nothing in the repository changes: commits,
        branches and the trash stay where they are, and opening it again brings the plans back.
      </Confirm>
    </section>
  );
}
