// Carrying out what the footer offers, for exactly the head that is shown.

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast, toastError } from "../../components/toast";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { RunView } from "../../ipc/bindings/RunView";
import type { TaskAction } from "../../ipc/bindings/TaskAction";
import { keys } from "../../ipc/keys";
import { Refused, request } from "../../ipc/request";
import { requestOf } from "../../ipc/taskActions";
import { shortId } from "../../lib/format";
import { navigate } from "../../lib/route";

type Subject = {
  plan: string;
  task: string;
  attempt: AttemptView;
  /** The attempt alone that is meant, where several stand side by side. */
  alone: number | undefined;
  shownHead: string | null;
  onTerminal: (run: string) => void;
};

export function useAct({ plan, task, attempt, alone, shownHead, onTerminal }: Subject) {
  const client = useQueryClient();
  const [busy, setBusy] = useState<TaskAction | null>(null);
  const act = (action: TaskAction) => {
    if (action === "compare") return navigate({ at: "compare", plan, task, pair: null });
    const run = attempt.runs.find((one) => one.live)?.id ?? null;
    const asked = requestOf(action, { plan, task, attempt: attempt.number, alone, head: shownHead, run });
    if (!asked) return;
    setBusy(action);
    request(asked)
      .then((answer: unknown) => {
        if (action === "approve") toast({ tone: "good", message: `Approved ${shortId(shownHead ?? "")}` });
        if (action === "open_shell") onTerminal((answer as RunView).id);
      })
      .catch((problem) => {
        toastError(problem);
        if (problem instanceof Refused && problem.wire.code === "moved") {
          void client.invalidateQueries({ queryKey: [...keys.task(plan, task)] });
          void client.invalidateQueries({ queryKey: [...keys.changes(plan, task)] });
        }
      })
      .finally(() => setBusy(null));
  };
  return { act, busy };
}
