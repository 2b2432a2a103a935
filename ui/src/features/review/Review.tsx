import { testIds } from "../../testids";

/** The diff of an attempt beside its evidence. */
export function Review({ plan, task, attempt }: { plan: string; task: string; attempt: number }) {
  return <section data-testid={testIds.review} aria-label="Review" data-of={`${plan} ${task} ${attempt}`} />;
}
