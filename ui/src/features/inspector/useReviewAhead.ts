// Reads what a review shows first while the person still reads about the task: when it opens, it is there.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { queries } from "../../ipc/queries";
import { CONTEXT } from "../../lib/fileDiff";
import { treeOrder } from "../../lib/fileTree";

/** Milliseconds that a task is looked at before its changes are read. */
const REST = 150;

/** `attempt`: the one that waits for the person, with the head that is to be read; null when none does. */
export function useReviewAhead(
  plan: string,
  task: string,
  attempt: { number: number; head: string | null } | null,
): void {
  const client = useQueryClient();
  const number = attempt?.number ?? null;
  const head = attempt?.head ?? null;
  useEffect(() => {
    if (number === null || head === null) return;
    let over = false;
    const read = async () => {
      const { files } = await client.fetchQuery(queries.changedFiles(plan, task, number, "branch"));
      const first = treeOrder(files)[0];
      if (!first || over) return;
      await client.prefetchQuery(queries.fileDiff(plan, task, number, "branch", first.path, CONTEXT));
    };
    // Of tasks that are only passed by, nothing is read. What goes wrong is said by the review.
    const rest = setTimeout(() => void read().catch(() => {}), REST);
    return () => {
      over = true;
      clearTimeout(rest);
    };
  }, [client, plan, task, number, head]);
}
