import { Landing } from "../features/landing/Landing";
import { Review } from "../features/review/Review";
import type { Route } from "../lib/route";

/** What a route shows. */
export function Place({ route }: { route: Route }) {
  switch (route.at) {
    case "review":
      return <Review plan={route.plan} task={route.task} attempt={route.attempt} />;
    case "landing":
      return <Landing plan={route.plan} />;
    default:
      return <p>{route.at}</p>;
  }
}
