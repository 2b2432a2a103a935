// What is compared, how it stands, and which of the three diffs is shown.

import { ChevronLeft, Scale } from "lucide-react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { SafeText } from "../../components/diff/LineText";
import type { Layout } from "../../components/diff/rows";
import { Menu } from "../../components/Menu";
import { Segmented } from "../../components/Segmented";
import { StatusShape } from "../../components/StatusShape";
import type { AgentSpec } from "../../ipc/bindings/AgentSpec";
import type { CompareView } from "../../ipc/bindings/CompareView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { comparable } from "../../lib/contenders";
import { count, shortId } from "../../lib/format";
import { stageLook } from "../../lib/stage";
import { testIds } from "../../testids";
import styles from "./Compare.module.css";
import { type Diff, diffNames, diffs } from "./diffs";

interface Props {
  planTitle: string;
  detail: TaskDetail;
  view: CompareView;
  agents: readonly AgentSpec[];
  diff: Diff;
  onDiff: (diff: Diff) => void;
  layout: Layout;
  onLayout: (layout: Layout) => void;
  onJudge: (agent: string | null) => void;
  onBack: () => void;
}

export function CompareHead(props: Props) {
  const { detail, view, agents, onJudge } = props;
  const { task } = detail;
  const look = stageLook[task.stage.kind];
  const readable = view.a.head !== null && view.b.head !== null;
  const judged = detail.judging ? "A judge reads now…" : "Ask a judge…";
  return (
    <header className={styles.head}>
      <Button look="plain" icon={<ChevronLeft size={14} />} onClick={props.onBack}>
        <span className={styles.backTo}>{props.planTitle}</span>
      </Button>
      <h1 className={styles.title} title={task.title}>
        <SafeText text={task.title} />
      </h1>
      <span className={styles.stage} data-hue={look.hue} title={task.stage.word}>
        <StatusShape shape={look.shape} hue={look.hue} /> <span>{task.stage.word}</span>
      </span>
      <span className={styles.about}>
        {count(comparable(detail).length, "attempt")} from <CopyId id={view.base} show={shortId(view.base)} />
        , same spec
      </span>
      <Segmented<Diff>
        label="Which diff"
        value={props.diff}
        onChange={props.onDiff}
        options={diffs.map((id) => ({
          id,
          label: diffNames[id].label,
          title: diffNames[id].title,
          testId: testIds.compareDiff(id),
        }))}
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
      <Menu
        align="end"
        trigger={
          <Button
            look="plain"
            icon={<Scale size={14} />}
            disabled={!readable || detail.judging}
            busy={detail.judging}
            title={
              readable
                ? "Blind, and twice with the order swapped. A judge advises; you decide."
                : "A judge can read them once both have committed something."
            }
            data-testid={testIds.judge}
          >
            {judged}
          </Button>
        }
        entries={[
          { id: "", label: "Whoever reviews", run: () => onJudge(null) },
          { rule: true, label: "Or" },
          ...agents.map((agent) => ({
            id: agent.name,
            label: agent.name,
            note: agent.model ?? agent.adapter,
            run: () => onJudge(agent.name),
          })),
        ]}
      />
    </header>
  );
}
