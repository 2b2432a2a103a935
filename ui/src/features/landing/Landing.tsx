import { testIds } from "../../testids";

/** The merge queue of a plan. */
export function Landing({ plan }: { plan: string }) {
  return <section data-testid={testIds.landingList} aria-label="Landing" data-plan={plan} />;
}
