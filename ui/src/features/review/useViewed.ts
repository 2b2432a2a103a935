// Viewed marks of one task, kept across restarts.

import { useCallback, useMemo, useState } from "react";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import { isViewed, keepMarks, type Marks, marked, readMarks, storageKey } from "./viewed";

export function useViewed(plan: string, task: string, files: readonly ChangedFile[]) {
  const key = storageKey(plan, task);
  const [marks, setMarks] = useState<Marks>(() => readMarks(window.localStorage, key));
  const count = useMemo(() => files.filter((file) => isViewed(marks, file)).length, [files, marks]);
  const isViewedNow = useCallback((file: ChangedFile) => isViewed(marks, file), [marks]);
  return {
    isViewed: isViewedNow,
    mark: (file: ChangedFile, viewed: boolean) =>
      setMarks((now) => {
        const next = marked(now, file, viewed);
        keepMarks(window.localStorage, key, next);
        return next;
      }),
    count,
  };
}
