/* What is selected, and what can be done with it. Edits in place; nothing here is modal. */
import { ErrorNote } from "../../components/ErrorNote";
import { usePlan, useTask } from "../../ipc/queries";
import type { InspectorTab, PlanViewName } from "../../lib/route";
import { testIds } from "../../testids";
import styles from "./inspector.module.css";
import { PlanOverview } from "./PlanOverview";
import { TaskInspector } from "./TaskInspector";

interface Props {
  plan: string;
  task: string | null;
  tab: InspectorTab;
  view: PlanViewName;
}

export function Inspector({ plan: id, task, tab, view }: Props) {
  const { data: plan } = usePlan(id);
  return (
    <aside className={styles.inspector} aria-label="Inspector" data-testid={testIds.inspector}>
      {plan &&
        (task === null ? (
          <PlanOverview plan={plan} view={view} />
        ) : (
          <OneTask key={task} plan={id} task={task} tab={tab} view={view} />
        ))}
    </aside>
  );
}

function OneTask({
  plan: id,
  task,
  tab,
  view,
}: {
  plan: string;
  task: string;
  tab: InspectorTab;
  view: PlanViewName;
}) {
  const { data: plan } = usePlan(id);
  const { data: detail, error, refetch } = useTask(id, task);
  if (error && !detail) return <ErrorNote problem={error} onRetry={() => void refetch()} />;
  if (!plan || !detail) return null;
  // The plan's snapshot may be newer than the detail's; the card and the inspector must not disagree.
  const now = plan.tasks.find((t) => t.id === task) ?? detail.task;
  return <TaskInspector plan={plan} detail={{ ...detail, task: now }} tab={tab} view={view} />;
}
