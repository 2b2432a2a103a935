import type { RunView } from "../ipc/bindings/RunView";
import { usedBy, usedSentence, usedWord } from "../lib/usage";
import { testIds } from "../testids";
import { Tooltip } from "./Tooltip";
import styles from "./Usage.module.css";

interface Props {
  runs: readonly Pick<RunView, "usage">[];
  /** What used it, for tests. */
  of: string;
}

/** What runs have used: tokens and money, every number on hover. Nothing where none has told. */
export function Usage({ runs, of }: Props) {
  const used = usedBy(runs);
  return (
    used && (
      <Tooltip text={usedSentence(used)}>
        <span className={styles.usage} data-testid={testIds.usage(of)}>
          {usedWord(used)}
        </span>
      </Tooltip>
    )
  );
}
