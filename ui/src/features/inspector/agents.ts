import type { TaskPatch } from "../../ipc/bindings/TaskPatch";

/** Who tries a task from now on: several stand instead of one, and one alone is a task's usual agent. */
export function agentsAfter(agents: readonly string[]): TaskPatch {
  const [only] = agents;
  return agents.length > 1 ? { attempts: [...agents] } : { attempts: [], ...(only && { agent: only }) };
}

/** Without one of that name: the one at this place, or another where the list has changed meanwhile. */
export function without(agents: readonly string[], name: string, place: number): string[] {
  const at = agents[place] === name ? place : agents.lastIndexOf(name);
  return agents.filter((_, i) => i !== at);
}
