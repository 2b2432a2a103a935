import { Button } from "./Button";
import { EmptyState } from "./EmptyState";
import { StatusShape } from "./StatusShape";

interface Props {
  problem: unknown;
  onRetry?: () => void;
}

/** What could not be read, in the place where it would stand. */
export function ErrorNote({ problem, onRetry }: Props) {
  const wire =
    typeof problem === "object" && problem !== null && "wire" in problem
      ? (problem.wire as { message: string; hint: string | null })
      : null;
  const message = wire?.message ?? (problem instanceof Error ? problem.message : String(problem));
  return (
    <EmptyState
      title={message}
      art={<StatusShape shape="cross" hue="fail" size={24} />}
      actions={onRetry && <Button onClick={onRetry}>Try again</Button>}
    >
      {wire?.hint}
    </EmptyState>
  );
}
