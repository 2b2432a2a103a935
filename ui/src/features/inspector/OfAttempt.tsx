// Which of several attempts a tab is about; nothing where there is only one.

import { Button } from "../../components/Button";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { isContested } from "../../lib/contenders";
import { navigate } from "../../lib/route";

export function OfAttempt({ detail, attempt }: { detail: TaskDetail; attempt: AttemptView }) {
  const { plan, task } = detail;
  if (!isContested(task)) return null;
  return (
    <p className="quiet">
      Of attempt {attempt.number} of {attempt.agent}; the others’ stand in{" "}
      <Button
        size="small"
        look="plain"
        onClick={() => navigate({ at: "compare", plan, task: task.id, pair: null })}
      >
        Compare
      </Button>
    </p>
  );
}
