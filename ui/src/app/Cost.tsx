/* What a plan has cost so far. */
import { useQuery } from "@tanstack/react-query";
import { Tooltip } from "../components/Tooltip";
import { queries } from "../ipc/queries";
import { money, usedBy, usedSentence } from "../lib/usage";
import { testIds } from "../testids";
import styles from "./app.module.css";

/** The sum over all the plan's runs; nothing where no price is known. */
export function Cost({ plan }: { plan: string }) {
  const { data: used } = useQuery({ ...queries.runs(plan), select: usedBy });
  if (!used || used.cost === null) return null;
  return (
    <>
      <i className={styles.sep} />
      <Tooltip text={`This plan has used ${usedSentence(used)}`}>
        <span className={styles.cost} data-testid={testIds.planCost}>
          {money(used.cost)}
        </span>
      </Tooltip>
    </>
  );
}
