/* A task that has no title yet, and so does not exist yet: the engine names it after its title. */
import type { Node, NodeProps } from "@xyflow/react";
import { memo } from "react";
import { StatusShape } from "../../../components/StatusShape";
import { testIds } from "../../../testids";
import { TitleInput } from "../TitleInput";
import styles from "./canvas.module.css";

export type DraftNodeType = Node<{ onDone: (title: string | null) => void }, "draft">;

export const DraftNode = memo(function DraftNode({ data }: NodeProps<DraftNodeType>) {
  return (
    <div className={`${styles.node} ${styles.selected}`} data-testid="node-draft">
      <div className={styles.first}>
        <StatusShape shape="dotted" hue="quiet" />
        <TitleInput
          value=""
          placeholder="Title, then Enter"
          testId={testIds.draftTitle}
          onDone={data.onDone}
        />
      </div>
      <div className={styles.second}>Esc leaves it out</div>
    </div>
  );
});
