/* A plan: the same data as a graph, an outline, text and settings. */
import { Network, Plus, Redo2, Undo2 } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { Segmented } from "../../components/Segmented";
import { StatusShape } from "../../components/StatusShape";
import { Tooltip } from "../../components/Tooltip";
import { ask } from "../../ipc/ask";
import type { PlanView } from "../../ipc/bindings/PlanView";
import { usePlan } from "../../ipc/queries";
import { runAction, useActionKey, useActions } from "../../lib/actions";
import { cx } from "../../lib/cx";
import { type InspectorTab, navigate, type PlanViewName } from "../../lib/route";
import { testIds } from "../../testids";
import { Canvas } from "./canvas/Canvas";
import { useLit } from "./canvas/lit";
import { keeps } from "./keeps";
import { Outline } from "./outline/Outline";
import { PlanSettings } from "./PlanSettings";
import { PlanText } from "./PlanText";
import styles from "./plan.module.css";

interface Props {
  plan: string;
  view: PlanViewName;
  task: string | null;
  tab: InspectorTab;
}

const views = [
  { id: "graph", label: "Graph", testId: testIds.viewGraph },
  { id: "outline", label: "Outline", testId: testIds.viewOutline },
  { id: "text", label: "Text", testId: testIds.viewText },
  { id: "settings", label: "Settings", testId: testIds.viewSettings },
] as const;

export function Plan({ plan: id, view, task, tab }: Props) {
  const { data: plan, error, refetch } = usePlan(id);
  const [filter, setFilter] = useState("");
  useFilter(plan, filter);
  useActions([
    {
      id: "plan.undo",
      label: "Undo",
      group: "Plan",
      key: "z mod+z",
      when: () => plan?.can_undo ?? false,
      run: () => void ask({ type: "undo", plan: id }),
    },
    {
      id: "plan.redo",
      label: "Redo",
      group: "Plan",
      key: "shift+z mod+shift+z",
      when: () => plan?.can_redo ?? false,
      run: () => void ask({ type: "redo", plan: id }),
    },
  ]);
  if (error && !plan) return <ErrorNote problem={error} onRetry={() => void refetch()} />;
  if (!plan) return null;
  return (
    <section className={styles.plan} aria-label={plan.title}>
      <Bar plan={plan} view={view} task={task} tab={tab} filter={filter} setFilter={setFilter} />
      <div className={styles.body}>{contentOf(view, plan, task, tab, filter)}</div>
    </section>
  );
}

function contentOf(
  view: PlanViewName,
  plan: PlanView,
  task: string | null,
  tab: InspectorTab,
  filter: string,
): ReactNode {
  switch (view) {
    case "graph":
      return (
        <>
          <Canvas plan={plan} task={task} tab={tab} />
          {plan.tasks.length === 0 && <EmptyCanvas />}
        </>
      );
    case "outline":
      return <Outline plan={plan} task={task} tab={tab} filter={filter} />;
    case "text":
      return <PlanText plan={plan} />;
    case "settings":
      return <PlanSettings key={plan.id} plan={plan} />;
  }
}

interface BarProps extends Omit<Props, "plan"> {
  plan: PlanView;
  filter: string;
  setFilter: (text: string) => void;
}

function Bar({ plan, view, task, tab, filter, setFilter }: BarProps) {
  const undo = useActionKey("plan.undo");
  const redo = useActionKey("plan.redo");
  const add = useActionKey("task.new");
  const drawing = view === "graph" || view === "outline";
  return (
    <div className={cx(styles.bar, view === "graph" && styles.floating)}>
      <Segmented
        label="View of the plan"
        options={views}
        value={view}
        onChange={(next) => navigate({ at: "plan", plan: plan.id, view: next, task, tab })}
      />
      {drawing && (
        <div className={styles.tools}>
          <Button
            icon={<Plus size={14} />}
            keyHint={add}
            data-testid={testIds.newTask}
            onClick={() => runAction("task.new")}
          >
            Task
          </Button>
          <IconButton
            icon={<Undo2 size={15} />}
            label="Undo"
            keyHint={undo}
            disabled={!plan.can_undo}
            data-testid={testIds.undo}
            onClick={() => runAction("plan.undo")}
          />
          <IconButton
            icon={<Redo2 size={15} />}
            label="Redo"
            keyHint={redo}
            disabled={!plan.can_redo}
            data-testid={testIds.redo}
            onClick={() => runAction("plan.redo")}
          />
        </div>
      )}
      <span className={styles.spring} />
      {plan.mode !== "finished" && plan.problems[0] && <Problems plan={plan} />}
      {drawing && plan.tasks.length > 5 && (
        <input
          type="search"
          className={styles.filter}
          placeholder="Filter"
          aria-label="Filter tasks by title, id, agent or state"
          value={filter}
          onChange={(e) => setFilter(e.target.value)}
          onKeyDown={(e) => e.key === "Escape" && setFilter("")}
        />
      )}
    </div>
  );
}

function Problems({ plan }: { plan: PlanView }) {
  const [first] = plan.problems;
  if (!first) return null;
  const more = plan.problems.length - 1;
  return (
    <Tooltip text={first.hint ?? first.message}>
      <button
        type="button"
        className={styles.problems}
        data-testid={testIds.planProblems}
        onClick={() => navigate({ at: "plan", plan: plan.id, view: "settings", task: null, tab: "spec" })}
      >
        <StatusShape shape="diamond" hue="need" size={12} />
        <span>
          {first.message}
          {more > 0 && ` And ${more} more.`}
        </span>
      </button>
    </Tooltip>
  );
}

function EmptyCanvas() {
  return (
    <div className={styles.empty}>
      <EmptyState
        title="An empty plan"
        art={<Network size={22} />}
        actions={
          <>
            <Button look="primary" icon={<Plus size={14} />} onClick={() => runAction("task.new")}>
              First task
            </Button>
            <Button onClick={() => runAction("view.text")}>Write it as text</Button>
          </>
        }
      >
        Double-click anywhere to add a task. Drag from a task’s right edge to say what comes after it.
      </EmptyState>
    </div>
  );
}

function useFilter(plan: PlanView | undefined, filter: string): void {
  useEffect(() => {
    const kept =
      filter.trim() === "" || !plan
        ? null
        : new Set(plan.tasks.filter((t) => keeps(t, filter.trim())).map((t) => t.id));
    useLit.setState({ kept });
  }, [plan, filter]);
  useEffect(() => () => useLit.setState({ kept: null, renaming: null }), []);
}
