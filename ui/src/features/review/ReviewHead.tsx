// What is reviewed, how it stands, and what of it is shown.

import { ChevronDown, ChevronLeft, Columns2 } from "lucide-react";
import { Button } from "../../components/Button";
import { SafeText } from "../../components/diff/LineText";
import type { Layout } from "../../components/diff/rows";
import { Menu } from "../../components/Menu";
import { Segmented } from "../../components/Segmented";
import { StatusShape } from "../../components/StatusShape";
import { Elapsed } from "../../components/Time";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { DiffScope } from "../../ipc/bindings/DiffScope";
import type { Stage } from "../../ipc/bindings/Stage";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { comparable } from "../../lib/contenders";
import { shortId } from "../../lib/format";
import { navigate } from "../../lib/route";
import { stageLook } from "../../lib/stage";
import { testIds } from "../../testids";
import styles from "./Review.module.css";

export const scopes: readonly { id: DiffScope; label: string; title: string }[] = [
  { id: "branch", label: "Whole branch", title: "From where the attempt was cut to its head" },
  {
    id: "since_review",
    label: "Since last review",
    title: "What came after the head that was last reviewed",
  },
  { id: "last_run", label: "Last run", title: "What the newest run of an agent or a fixer committed" },
  { id: "uncommitted", label: "Uncommitted", title: "What the worktree holds beyond its head" },
];

type ReviewHeadProps = {
  plan: string;
  planTitle: string;
  detail: TaskDetail;
  attempt: AttemptView;
  stage: Stage;
  scope: DiffScope;
  onScope: (scope: DiffScope) => void;
  layout: Layout;
  onLayout: (layout: Layout) => void;
  onBack: () => void;
};

export function ReviewHead(props: ReviewHeadProps) {
  const { plan, planTitle, detail, attempt, stage, onBack } = props;
  const look = stageLook[stage.kind];
  return (
    <header className={styles.head}>
      <Button look="plain" icon={<ChevronLeft size={14} />} data-testid={testIds.reviewBack} onClick={onBack}>
        <span className={styles.backTo}>{planTitle}</span>
      </Button>
      <h1 className={styles.title} title={detail.task.title}>
        <SafeText text={detail.task.title} />
      </h1>
      <span className={styles.stage} data-hue={look.hue} title={stage.word}>
        <StatusShape shape={look.shape} hue={look.hue} /> <span>{stage.word}</span>
      </span>
      <span
        className={styles.about}
        title={`Attempt ${attempt.number} of ${attempt.agent}${
          attempt.head ? `, ${shortId(attempt.head)} on ${shortId(attempt.base)}` : ""
        }`}
      >
        {detail.attempts.length === 1 && `attempt ${attempt.number} · ${attempt.agent} · `}
        <Elapsed from={attempt.started_ms} to={attempt.ended_ms} />
        {attempt.head && ` · ${shortId(attempt.head)} on ${shortId(attempt.base)}`}
      </span>
      {detail.attempts.length > 1 && (
        <Menu
          align="end"
          trigger={
            <Button
              look="plain"
              icon={<ChevronDown size={14} />}
              title={`Attempt ${attempt.number} of ${detail.attempts.length}`}
            >
              {attempt.agent} · {attempt.number} of {detail.attempts.length}
            </Button>
          }
          entries={detail.attempts.map((one) => ({
            id: String(one.number),
            label: `Attempt ${one.number} · ${one.agent}`,
            note: one.stage.word,
            icon: <StatusShape {...stageLook[one.stage.kind]} />,
            run: () => navigate({ at: "review", plan, task: detail.task.id, attempt: one.number }),
          }))}
        />
      )}
      {comparable(detail).length > 1 && (
        <Button
          look="plain"
          icon={<Columns2 size={14} />}
          title="This attempt beside another"
          data-testid={testIds.openCompare}
          onClick={() => navigate({ at: "compare", plan, task: detail.task.id, pair: null })}
        >
          Compare
        </Button>
      )}
      <Segmented<DiffScope>
        label="What is shown"
        value={props.scope}
        onChange={props.onScope}
        options={scopes.map((one) => ({ ...one, testId: testIds.scope(one.id) }))}
      />
      <Segmented<Layout>
        label="Layout of the diff"
        value={props.layout}
        onChange={props.onLayout}
        options={[
          { id: "split", label: "Split" },
          { id: "unified", label: "Unified" },
        ]}
      />
    </header>
  );
}
