/*
 * Keeps the cache true: what happened in the engine makes cached answers old, at most once per painted frame.
 * Also holds what is told only in passing: the latest line of each living run, and trouble with the machine.
 */
import type { QueryClient } from "@tanstack/react-query";
import { create } from "zustand";
import type { Event } from "./bindings/Event";
import type { Notice } from "./bindings/Notice";
import { type EngineState, readEngineState, setEngineState } from "./engine";
import { type Key, keys } from "./keys";
import { staleAfter, withoutCovered } from "./stale";
import { transport } from "./transport";

interface Passing {
  /** The last line of each living run's screen, by `plan\ntask`. */
  lines: Readonly<Record<string, string>>;
  /** The newest warning about each task, by `plan\ntask`. */
  warnings: Readonly<Record<string, { seq: number; message: string }>>;
  trouble: string | null;
}

export const usePassing = create<Passing>(() => ({ lines: {}, warnings: {}, trouble: null }));

const lineKey = (plan: string, task: string) => `${plan}\n${task}`;

/** The latest action of a task's run, newer than the plan's snapshot; undefined while none was heard. */
export function useLatestLine(plan: string, task: string): string | undefined {
  return usePassing((p) => p.lines[lineKey(plan, task)]);
}

/** The newest warning about a task since this window follows; undefined while none was heard. */
export function useWarning(plan: string, task: string): { seq: number; message: string } | undefined {
  return usePassing((p) => p.warnings[lineKey(plan, task)]);
}

/** The most events of one plan kept in the cache for its log. */
export const logLimit = 20_000;

/** Applies notices to a cache, coalesced by `schedule` (a frame in the window). */
export function noticeSink(
  client: QueryClient,
  schedule: (flush: () => void) => void,
  onWarning: (message: string) => void = () => {},
): (notice: Notice) => void {
  let stale: Key[] = [];
  let events: Event[] = [];
  let lines: Record<string, string> = {};
  let all = false;
  let planned = false;

  const plan = () => {
    if (planned) return;
    planned = true;
    schedule(flush);
  };
  const flush = () => {
    planned = false;
    const [keysNow, eventsNow, linesNow, allNow] = [stale, events, lines, all];
    stale = [];
    events = [];
    lines = {};
    all = false;
    if (Object.keys(linesNow).length > 0)
      usePassing.setState((p) => ({ lines: { ...p.lines, ...linesNow } }));
    warn(eventsNow);
    append(client, eventsNow);
    if (allNow) return void client.invalidateQueries();
    // An answer under way may be older than the event, and starting it over each frame would let a busy plan never
    // be read at all: it is let finish, and read again after that.
    for (const queryKey of withoutCovered(keysNow)) {
      if (client.isFetching({ queryKey }) > 0) stale.push(queryKey);
      else void client.invalidateQueries({ queryKey });
    }
    if (stale.length > 0) plan();
  };

  return (notice) => {
    switch (notice.type) {
      case "event":
        stale.push(...staleAfter(notice.event));
        events.push(notice.event);
        if (notice.event.type === "warning") onWarning(notice.event.message);
        break;
      case "action":
        lines[lineKey(notice.plan, notice.task)] = notice.line;
        break;
      case "lagged":
        all = true;
        break;
      case "trouble":
        usePassing.setState({ trouble: notice.message });
        return;
    }
    plan();
  };
}

/** Keeps the newest warning about each task. */
function warn(events: readonly Event[]): void {
  const heard: Record<string, { seq: number; message: string }> = {};
  for (const e of events) {
    if (e.type === "warning" && e.plan && e.task)
      heard[lineKey(e.plan, e.task)] = { seq: e.seq, message: e.message };
  }
  if (Object.keys(heard).length > 0) usePassing.setState((p) => ({ warnings: { ...p.warnings, ...heard } }));
}

/** Adds events to the logs that are being looked at. */
function append(client: QueryClient, events: readonly Event[]): void {
  for (const [plan, added] of groupByPlan(events)) {
    if (!plan) continue;
    client.setQueryData<Event[]>([...keys.log(plan)], (known) => {
      if (!known) return undefined;
      const last = known.at(-1)?.seq ?? -1;
      const newer = added.filter((e) => e.seq > last);
      return newer.length ? [...known, ...newer].slice(-logLimit) : known;
    });
  }
}

function groupByPlan(events: readonly Event[]): Map<string, Event[]> {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    const plan = event.plan ?? "";
    const group = groups.get(plan);
    if (group) group.push(event);
    else groups.set(plan, [event]);
  }
  return groups;
}

/** Follows the engine for as long as the window lives. */
export async function follow(client: QueryClient, onWarning: (message: string) => void): Promise<void> {
  const shell = await transport();
  // A hidden window paints no frames; what happened must not pile up until it is looked at.
  const schedule = (flush: () => void) => {
    if (document.hidden) setTimeout(flush, 250);
    else requestAnimationFrame(() => flush());
  };
  const sink = noticeSink(client, schedule, onWarning);
  let connected = true;
  const took = (next: EngineState) => {
    setEngineState(next);
    if (next.connected && !connected) void client.invalidateQueries();
    connected = next.connected;
  };
  // The shell may still be starting the engine; what happened before this window is no news to it.
  let connect: () => void = () => {};
  const connection = new Promise<void>((resolve) => {
    connect = resolve;
  });
  await shell.listen("engine-state", (payload) => {
    took(payload as EngineState);
    if (connected) connect();
  });
  let first = await readEngineState();
  took(first);
  if (!first.connected) {
    await connection;
    first = await readEngineState();
  }
  await shell.invoke("subscribe", {
    since: first.seq ?? 0,
    channel: shell.channel((message) => sink(message as Notice)),
  });
}
