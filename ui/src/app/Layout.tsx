/* The window: header, rail, the place that the route names, and the terminals beneath it. */
import { useEffect } from "react";
import { Panel } from "react-resizable-panels";
import { Divider, Panels } from "../components/Splitter";
import { StatusShape } from "../components/StatusShape";
import { Inspector } from "../features/inspector/Inspector";
import { NewPlan } from "../features/projects/NewPlan";
import { OpenProject } from "../features/projects/OpenProject";
import { Rail } from "../features/projects/Rail";
import { Dock } from "../features/terminals/Dock";
import { useEngineState } from "../ipc/engine";
import { usePassing } from "../ipc/live";
import { useDesk } from "../lib/desk";
import { navigate, type Route, useRoute } from "../lib/route";
import { testIds } from "../testids";
import styles from "./app.module.css";
import { useCurrent } from "./current";
import { GlobalActions } from "./GlobalActions";
import { Header } from "./Header";
import { KeySheet } from "./KeySheet";
import { Palette } from "./Palette";
import { Place } from "./Place";

/** Places that stand beside the terminals of their plan. */
function hasDock(route: Route): boolean {
  return route.at === "plan" || route.at === "landing" || route.at === "timeline";
}

export function Layout() {
  const route = useRoute();
  const { projects, project, plan } = useCurrent(route);
  const { railOpen, inspectorOpen, dockOpen } = useDesk();
  const engine = useEngineState();

  // Opening the program goes on where it was left.
  useEffect(() => {
    if (route.at !== "start" || !projects || projects.length === 0) return;
    if (plan) navigate({ at: "plan", plan: plan.id, view: "graph", task: null, tab: "spec" }, "replace");
    else if (project) navigate({ at: "project", project: project.id }, "replace");
  }, [route.at, projects, plan, project]);

  const full = route.at === "review" || route.at === "compare";
  const showRail = railOpen && !full && (projects?.length ?? 0) > 0;
  const showInspector =
    inspectorOpen && route.at === "plan" && route.view !== "settings" && route.view !== "text";
  const showDock = dockOpen && plan !== null && hasDock(route) && plan.mode !== "draft";
  const across = [...(showRail ? ["rail"] : []), "middle", ...(showInspector ? ["inspector"] : [])];

  return (
    <div className={styles.app} data-engine-pid={engine.engine_pid ?? undefined}>
      <Header projects={projects ?? []} project={project} plan={plan} />
      <Banner />
      <Panels id="across" orientation="horizontal" panels={across}>
        {showRail && (
          <>
            <Panel
              id="rail"
              defaultSize={204}
              minSize={148}
              maxSize={360}
              groupResizeBehavior="preserve-pixel-size"
            >
              <Rail plan={plan} />
            </Panel>
            <Divider label="Resize the rail" />
          </>
        )}
        <Panel id="middle" minSize={360}>
          <Panels id="down" orientation="vertical" panels={["place", ...(showDock ? ["dock"] : [])]}>
            <Panel id="place" minSize={140}>
              <main className={styles.place}>{projects && <Place route={route} />}</main>
            </Panel>
            {showDock && (
              <>
                <Divider label="Resize the terminals" />
                <Panel id="dock" defaultSize="34" minSize={96} groupResizeBehavior="preserve-pixel-size">
                  <div className={styles.dock}>
                    <Dock plan={plan.id} />
                  </div>
                </Panel>
              </>
            )}
          </Panels>
        </Panel>
        {showInspector && (
          <>
            <Divider label="Resize the inspector" />
            <Panel
              id="inspector"
              defaultSize={328}
              minSize={272}
              maxSize={560}
              groupResizeBehavior="preserve-pixel-size"
            >
              <Inspector plan={route.plan} task={route.task} tab={route.tab} view={route.view} />
            </Panel>
          </>
        )}
      </Panels>
      <GlobalActions plan={plan} />
      <Palette />
      <KeySheet />
      <OpenProject />
      <NewPlan />
    </div>
  );
}

/** Calm words while the engine is away or the machine is in trouble: what runs goes on. */
function Banner() {
  const engine = useEngineState();
  const trouble = usePassing((p) => p.trouble);
  if (engine.connected && !trouble) return null;
  const text = engine.connected
    ? trouble
    : `${engine.message ?? "The engine is being started again."} Agents go on; nothing is lost.`;
  return (
    <div className={styles.banner} role="status" data-testid={testIds.engineBanner}>
      <StatusShape shape={engine.connected ? "diamond" : "ring2"} hue={engine.connected ? "need" : "work"} />
      {text}
    </div>
  );
}
