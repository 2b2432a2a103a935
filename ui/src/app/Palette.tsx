/* One place to get anywhere: commands, tasks and plans. */
import { useQueries } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Dialog } from "radix-ui";
import { Kbd } from "../components/Kbd";
import { StatusShape } from "../components/StatusShape";
import surface from "../components/surface.module.css";
import { planLook } from "../features/projects/Rail";
import { queries, useProjects } from "../ipc/queries";
import { allActions, keyOf, useRegistry } from "../lib/actions";
import { useDesk } from "../lib/desk";
import { matchScore } from "../lib/match";
import { navigate } from "../lib/route";
import { stageLook } from "../lib/stage";
import { testIds } from "../testids";
import styles from "./app.module.css";

export function Palette() {
  const open = useDesk((d) => d.paletteOpen);
  const set = useDesk((d) => d.set);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => set({ paletteOpen: next })}>
      <Dialog.Portal>
        <Dialog.Overlay className={surface.scrim} />
        <Dialog.Content className={styles.palette} aria-describedby={undefined} data-testid={testIds.palette}>
          <Dialog.Title className="visually-hidden">Search commands, tasks and plans</Dialog.Title>
          <PaletteBody close={() => set({ paletteOpen: false })} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody({ close }: { close: () => void }) {
  const offers = useRegistry((r) => r.offers);
  const own = useDesk((d) => d.keys);
  const { data: projects = [] } = useProjects();
  const summaries = projects.flatMap((p) => p.plans.map((plan) => ({ plan, project: p })));
  const plans = useQueries({ queries: summaries.map(({ plan }) => queries.plan(plan.id)) });
  const actions = allActions(offers).filter((a) => !a.hidden && (a.when?.() ?? true));
  const groups = [...new Set(actions.map((a) => a.group))];
  const go = (run: () => void) => () => {
    close();
    // The dialog gives the focus back first; what runs may want it.
    requestAnimationFrame(run);
  };

  return (
    <Command className={styles.command} loop label="Search" filter={matchScore}>
      <Command.Input className={styles.search} placeholder="Search commands, tasks, plans…" />
      <Command.List className={styles.found}>
        <Command.Empty className={styles.nothing}>Nothing is called that.</Command.Empty>
        {groups.map((group) => (
          <Command.Group key={group} heading={group} className={styles.foundGroup}>
            {actions
              .filter((a) => a.group === group)
              .map((action) => {
                const key = keyOf(action, own);
                return (
                  <Command.Item
                    key={action.id}
                    value={`${action.label} ${action.id}`}
                    className={surface.item}
                    onSelect={go(action.run)}
                  >
                    {action.label}
                    {key && <Kbd keys={key} />}
                  </Command.Item>
                );
              })}
          </Command.Group>
        ))}
        <Command.Group heading="Plans" className={styles.foundGroup}>
          {summaries.map(({ plan, project }) => {
            const look = planLook(plan);
            return (
              <Command.Item
                key={plan.id}
                value={`${plan.title} ${project.name} plan ${plan.id}`}
                className={surface.item}
                onSelect={go(() =>
                  navigate({ at: "plan", plan: plan.id, view: "graph", task: null, tab: "spec" }),
                )}
              >
                <StatusShape shape={look.shape} hue={look.hue} />
                {plan.title}
                <span className={surface.note}>{project.name}</span>
              </Command.Item>
            );
          })}
        </Command.Group>
        <Command.Group heading="Tasks" className={styles.foundGroup}>
          {plans.flatMap(({ data: plan }) =>
            plan
              ? plan.tasks.map((task) => (
                  <Command.Item
                    key={`${plan.id}/${task.id}`}
                    value={`${task.title} ${task.id} ${plan.title} task ${plan.id}`}
                    className={surface.item}
                    onSelect={go(() =>
                      navigate({ at: "plan", plan: plan.id, view: "graph", task: task.id, tab: "spec" }),
                    )}
                  >
                    <StatusShape {...pick(stageLook[task.stage.kind])} />
                    {task.title}
                    <span className={surface.note}>
                      {task.stage.word} · {plan.title}
                    </span>
                  </Command.Item>
                ))
              : [],
          )}
        </Command.Group>
      </Command.List>
    </Command>
  );
}

const pick = ({ shape, hue }: (typeof stageLook)[keyof typeof stageLook]) => ({ shape, hue });
