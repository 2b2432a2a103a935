/*
 * Asking for attempts side by side. What begins there may wait for a slot before anything happens that is told, so
 * the task is read again as soon as the engine has agreed.
 */
import { useQueryClient } from "@tanstack/react-query";
import { ask } from "./ask";
import { keys } from "./keys";

export function useBeside(plan: string, task: string) {
  const client = useQueryClient();
  const again = () => {
    void client.invalidateQueries({ queryKey: [...keys.plan(plan)] });
    void client.invalidateQueries({ queryKey: [...keys.task(plan, task)] });
  };
  return {
    /** `null`: the task's own agent once more. */
    tryBeside: (agent: string | null) => void ask({ type: "try_beside", plan, task, agent }).then(again),
    /** `null`: whoever would review. */
    judge: (a: number, b: number, agent: string | null) =>
      void ask({ type: "judge", plan, task, a, b, agent }).then(again),
    again,
  };
}
