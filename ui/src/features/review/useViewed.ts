// Viewed marks of one task, compared again in the background when the head has moved.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { ChangedFiles } from "../../ipc/bindings/ChangedFiles";
import type { FileDiff } from "../../ipc/bindings/FileDiff";
import { queries } from "../../ipc/queries";
import {
  digestOf,
  isViewed,
  keepMarks,
  type Marks,
  marked,
  readMarks,
  storageKey,
  toCompare,
} from "./viewed";

/** How many files are compared by themselves after the head moved; the rest when they are opened. */
const COMPARED = 200;

export const CONTEXT = 3;

export function useViewed(plan: string, task: string, attempt: number, changed: ChangedFiles | undefined) {
  const key = storageKey(plan, task);
  const client = useQueryClient();
  const [marks, setMarks] = useState<Marks>(() => readMarks(window.localStorage, key));
  const head = changed?.head ?? "";
  const files = changed?.files;

  const change = useMemo(
    () => (path: string, mark: { digest: string; head: string } | null) =>
      setMarks((now) => {
        const next = marked(now, path, mark);
        keepMarks(window.localStorage, key, next);
        return next;
      }),
    [key],
  );

  useEffect(() => {
    if (!files || head === "") return;
    let stopped = false;
    const paths = toCompare(
      readMarks(window.localStorage, key),
      files.map((file) => file.path),
      head,
    );
    const compare = async () => {
      for (const path of paths.slice(0, COMPARED)) {
        const known = readMarks(window.localStorage, key)[path];
        const diff = await client
          .fetchQuery(queries.fileDiff(plan, task, attempt, "branch", path, CONTEXT))
          .catch(() => null);
        if (stopped) return;
        if (known && diff) change(path, digestOf(diff) === known.digest ? { ...known, head } : null);
      }
    };
    void compare();
    return () => {
      stopped = true;
    };
  }, [client, files, head, key, plan, task, attempt, change]);

  return {
    isViewed: (path: string) => isViewed(marks, path, head),
    mark: (path: string, diff: FileDiff | null) => change(path, diff && { digest: digestOf(diff), head }),
    count: (files ?? []).filter((file) => isViewed(marks, file.path, head)).length,
  };
}
