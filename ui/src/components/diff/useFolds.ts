// Which unchanged regions are unfolded, and the lines inside them, read when they are first asked for.

import { useMemo, useState } from "react";
import type { FileDiff } from "../../lib/fileDiff";
import {
  type Context,
  contextOf,
  type Gap,
  type Layout,
  layRows,
  type NoteAt,
  type Rows,
  type Unfolded,
  withNotes,
} from "./rows";

type Folds = {
  /** The diff that these folds belong to: another one begins folded. */
  diff: FileDiff;
  open: ReadonlyMap<number, Unfolded>;
  context: Context;
  /** How many lines around hunks `context` holds. */
  reach: number;
  loading: ReadonlySet<number>;
};

const closed = (diff: FileDiff): Folds => ({
  diff,
  open: new Map(),
  context: new Map(),
  reach: 0,
  loading: new Set(),
});

export function useFolds(
  diff: FileDiff,
  layout: Layout,
  notes: readonly NoteAt[],
  wider: ((context: number) => Promise<FileDiff>) | undefined,
): {
  rows: Rows;
  loading: ReadonlySet<number>;
  unfold: ((gap: Gap, top: number, bottom: number) => void) | undefined;
} {
  const [kept, setFolds] = useState(() => closed(diff));
  const folds = kept.diff === diff ? kept : closed(diff);
  // A note that comes or goes leaves the layout of the lines as it is.
  const bare = useMemo(
    () => layRows(diff, layout, folds.open, folds.context),
    [diff, layout, folds.open, folds.context],
  );
  const rows = useMemo(() => withNotes(bare, notes), [bare, notes]);
  if (!wider) return { rows, loading: folds.loading, unfold: undefined };

  const unfold = (gap: Gap, top: number, bottom: number) => {
    const before = folds.open.get(gap.index) ?? { top: 0, bottom: 0 };
    const wanted = { top: before.top + top, bottom: before.bottom + bottom };
    const open = new Map(folds.open).set(gap.index, wanted);
    // Git's own context of 3 is part of what is asked; a whole gap means the whole file.
    const reach = Math.max(wanted.top, wanted.bottom) + 3;
    if (reach <= folds.reach) {
      setFolds({ ...folds, open });
      return;
    }
    const asked = reach > 200 ? Math.max(diff.old_lines, diff.new_lines) + 3 : Math.max(reach, 83);
    setFolds({ ...folds, open, loading: new Set(folds.loading).add(gap.index) });
    const settle = (more: Partial<Folds>) =>
      setFolds((now) => {
        if (now.diff !== diff) return now;
        const loading = new Set(now.loading);
        loading.delete(gap.index);
        return { ...now, loading, ...more };
      });
    wider(asked).then(
      (wide) => settle({ context: contextOf(wide), reach: asked }),
      () => settle({}),
    );
  };
  return { rows, loading: folds.loading, unfold };
}
