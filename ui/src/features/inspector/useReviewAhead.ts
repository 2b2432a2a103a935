// Reads what a review shows first while the person still reads about the task: when it opens, it is there.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { queries } from "../../ipc/queries";
import { CONTEXT } from "../../lib/fileDiff";
import { treeOrder } from "../../lib/fileTree";

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
    const read = async () => {
      const { files } = await client.fetchQuery(queries.changedFiles(plan, task, number, "branch"));
      const first = treeOrder(files)[0];
      if (first)
        await client.prefetchQuery(queries.fileDiff(plan, task, number, "branch", first.path, CONTEXT));
    };
    // The review says what went wrong, when it is opened.
    read().catch(() => {});
  }, [client, plan, task, number, head]);
}
