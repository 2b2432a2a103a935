// Collecting parts of one attempt, and bringing them into the other as one request.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { toast } from "../../components/toast";
import type { CompareView } from "../../ipc/bindings/CompareView";
import type { HunkRange } from "../../ipc/bindings/HunkRange";
import { keys } from "../../ipc/keys";
import { useWarning } from "../../ipc/live";
import { request, toWireError } from "../../ipc/request";
import { count } from "../../lib/format";
import { countParts, type Parts, withFile, withHunk } from "./collected";
import { type Between, keyOf, useCollections } from "./collection";
import { cannotReceive } from "./words";

const NONE: Parts = [];

export function useTaking(view: CompareView) {
  const client = useQueryClient();
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { a, b, plan, task } = view;
  const between: Between | null =
    a.head === null || b.head === null
      ? null
      : {
          plan,
          task,
          into: { attempt: a.attempt, head: a.head },
          from: { attempt: b.attempt, head: b.head },
        };
  const name = between ? keyOf(between) : "";
  const known = useCollections((c) => c.all[name]);
  const { change, settle, clear, markSent } = useCollections.getState();
  const heads = between ? `${between.into.head} ${between.from.head}` : "";

  // biome-ignore lint/correctness/useExhaustiveDependencies: another pair or other heads are the reason
  useEffect(() => {
    setProblem(null);
    if (between) settle(between);
  }, [name, heads]);

  // The engine agrees before it is done; what then stands in the way is a warning about the task.
  const warning = useWarning(plan, task);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each warning once
  useEffect(() => {
    if (!warning || !between || !known?.sent) return;
    markSent(between, false);
    setProblem(warning.message);
  }, [warning?.seq]);

  const taken = known?.taken ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each time something arrived
  useEffect(() => {
    if (!between || taken === 0) return;
    const into = `attempt ${between.into.attempt}`;
    toast({
      tone: "good",
      message: `Took ${count(taken, "part")} into ${into}. It goes through its gates again.`,
    });
    clear(between);
  }, [taken, name]);

  // Until it is settled, what was collected of other heads is no longer counted.
  const fits = known?.between.into.head === a.head && known.between.from.head === b.head;
  const parts = fits ? known.parts : NONE;
  const collect = (next: (parts: Parts) => Parts) => {
    setProblem(null);
    if (between) change(between, next);
  };
  return {
    parts,
    count: countParts(parts),
    /** The engine has agreed and is at it; the parts stay until they are there. */
    underWay: fits && known.sent,
    dropped: known?.dropped ?? null,
    problem,
    sending,
    /** Why nothing can be taken this way round; null when it can. */
    blocked: cannotReceive(a, "A") ?? (between === null ? "B has nothing yet that could be taken." : null),
    file: (path: string) => collect((now) => withFile(now, path)),
    hunk: (path: string, range: HunkRange) => collect((now) => withHunk(now, path, range)),
    clear: () => between && clear(between),
    /** Whether the engine took them. What is refused stays collected, with the reason. */
    send: async (): Promise<boolean> => {
      if (!between || parts.length === 0) return false;
      setSending(true);
      setProblem(null);
      try {
        await request({
          type: "take",
          plan,
          task,
          attempt: between.into.attempt,
          head: between.into.head,
          from: between.from.attempt,
          from_head: between.from.head,
          parts: [...parts],
        });
        // They are there when the head has moved; until then they stay in sight.
        markSent(between, true);
        return true;
      } catch (refused) {
        const { code, message, hint } = toWireError(refused);
        setProblem([message, hint].filter(Boolean).join(" "));
        if (code === "moved") {
          void client.invalidateQueries({ queryKey: [...keys.task(plan, task)] });
          void client.invalidateQueries({ queryKey: [...keys.changes(plan, task)] });
        }
        return false;
      } finally {
        setSending(false);
      }
    },
  };
}

export type Taking = ReturnType<typeof useTaking>;
