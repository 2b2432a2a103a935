// A person's unsent comments on one attempt, and how each of them stands at the head that is shown.

import { useQueries } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { ChangedFiles } from "../../ipc/bindings/ChangedFiles";
import { queries } from "../../ipc/queries";
import {
  type Draft,
  type DraftStanding,
  draftStanding,
  draftsKey,
  keepDrafts,
  linesOf,
  mustCompare,
  put,
  readDrafts,
} from "./drafts";

export type PlacedDraft = { draft: Draft; standing: DraftStanding };

/** Lines around changes that are asked for, so that the whole file comes. */
const WHOLE = 1_000_000;

export function useDrafts(plan: string, task: string, attempt: number, changed: ChangedFiles | undefined) {
  const key = draftsKey(plan, task, attempt);
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => readDrafts(window.localStorage, key));
  const change = useMemo(
    () => (next: (now: readonly Draft[]) => Draft[]) =>
      setDrafts((now) => {
        const after = next(now);
        keepDrafts(window.localStorage, key, after);
        return after;
      }),
    [key],
  );

  const head = changed?.head ?? null;
  const compared = useMemo(() => {
    if (!changed) return [];
    const moved = drafts.filter((draft) => mustCompare(draft, changed.head, changed.files));
    return [...new Set(moved.flatMap((draft) => draft.file ?? []))];
  }, [drafts, changed]);
  const read = useQueries({
    queries: compared.map((path) => queries.fileDiff(plan, task, attempt, "branch", path, WHOLE)),
  });
  const lines = new Map(
    compared.flatMap((path, i) => {
      const { data } = read[i] ?? {};
      return data ? [[path, linesOf(data)] as const] : [];
    }),
  );
  const placed: PlacedDraft[] = drafts.map((draft) => ({
    draft,
    standing:
      changed && head !== null
        ? draftStanding(draft, head, changed.files, lines.get(draft.file ?? ""))
        : { is: "here", line: draft.line, end: draft.end },
  }));

  return {
    placed,
    put: (draft: Draft) => change((now) => put(now, draft)),
    remove: (ids: readonly string[]) => change((now) => now.filter((draft) => !ids.includes(draft.id))),
  };
}
