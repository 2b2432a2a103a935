import { Compare } from "../features/compare/Compare";
import { Inbox } from "../features/inbox/Inbox";
import { Landing } from "../features/landing/Landing";
import { Plan } from "../features/plan/Plan";
import { ProjectHome, Start } from "../features/projects/Start";
import { Review } from "../features/review/Review";
import { Settings } from "../features/settings/Settings";
import { Log } from "../features/timeline/Log";
import { Timeline } from "../features/timeline/Timeline";
import { Trash } from "../features/trash/Trash";
import type { Route } from "../lib/route";

/** What a route shows. */
export function Place({ route }: { route: Route }) {
  switch (route.at) {
    case "start":
      return <Start />;
    case "project":
      return <ProjectHome id={route.project} />;
    case "plan":
      return <Plan key={route.plan} plan={route.plan} view={route.view} task={route.task} tab={route.tab} />;
    case "review":
      return (
        <Review
          key={`${route.plan}/${route.task}/${route.attempt}`}
          plan={route.plan}
          task={route.task}
          attempt={route.attempt}
        />
      );
    case "compare":
      return (
        <Compare key={`${route.plan}/${route.task}`} plan={route.plan} task={route.task} pair={route.pair} />
      );
    case "landing":
      return <Landing key={route.plan} plan={route.plan} />;
    case "timeline":
      return <Timeline key={route.plan} plan={route.plan} />;
    case "log":
      return <Log key={route.plan} plan={route.plan} />;
    case "inbox":
      return <Inbox />;
    case "trash":
      return <Trash key={route.project} project={route.project} />;
    case "settings":
      return <Settings section={route.section} />;
  }
}
