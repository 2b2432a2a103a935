// A person's unsent comments on one attempt, and how each of them stands at the head that is shown.

import { type UseQueryResult, useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { ChangedFiles } from "../../ipc/bindings/ChangedFiles";
import { readWhole, sameDiff } from "../../ipc/diffLines";
import { keys } from "../../ipc/keys";
import { queries } from "../../ipc/queries";
import type { FileDiff } from "../../lib/fileDiff";
import { draftBox } from "./draftBox";
import { type Draft, type DraftStanding, draftStanding, draftsKey, linesOf, mustCompare } from "./drafts";

export type PlacedDraft = { draft: Draft; standing: DraftStanding };

/** Lines around changes that are asked for, so that the whole file comes. */
const WHOLE = 1_000_000;

const dataOf = (read: UseQueryResult<FileDiff>[]) => read.map(({ data }) => data);

export function useDrafts(plan: string, task: string, attempt: number, changed: ChangedFiles | undefined) {
  const client = useQueryClient();
  const key = draftsKey(plan, task, attempt);
  const box = useMemo(() => draftBox(window.localStorage, key), [key]);
  const [drafts, setDrafts] = useState(box.all);
  useEffect(() => {
    box.tell(setDrafts);
    // A window that goes takes its timers along.
    window.addEventListener("pagehide", box.flush);
    return () => {
      window.removeEventListener("pagehide", box.flush);
      box.tell(null);
      box.flush();
    };
  }, [box]);

  const compared = useMemo(() => {
    if (!changed) return [];
    const moved = drafts.filter((draft) => mustCompare(draft, changed.head, changed.files));
    return [...new Set(moved.flatMap((draft) => draft.file ?? []))];
  }, [drafts, changed]);
  const read = useQueries({
    queries: compared.map((path) => ({
      queryKey: keys.wholeFile(plan, task, attempt, path),
      queryFn: () => readWhole(client, queries.fileDiff(plan, task, attempt, "branch", path, WHOLE)),
      structuralSharing: sameDiff,
    })),
    combine: dataOf,
  });
  const placed = useMemo((): PlacedDraft[] => {
    const lines = new Map(
      compared.flatMap((path, i) => {
        const data = read[i];
        return data ? [[path, linesOf(data)] as const] : [];
      }),
    );
    return drafts.map((draft) => ({
      draft,
      standing: changed
        ? draftStanding(draft, changed.head, changed.files, lines.get(draft.file ?? ""))
        : { is: "here", line: draft.line, end: draft.end },
    }));
  }, [drafts, changed, compared, read]);

  return { placed, box };
}
