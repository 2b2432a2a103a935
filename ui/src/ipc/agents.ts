/*
 * Talking to a task's living agent. Both throw what the engine refuses, for whoever shows it beside the words.
 * `attempt` names the one that is meant where several agents try the task side by side.
 */
import type { AgentAnswer } from "./bindings/AgentAnswer";
import { request } from "./request";

export function answerAgent(
  plan: string,
  task: string,
  answer: AgentAnswer,
  attempt?: number,
): Promise<unknown> {
  return request({ type: "answer", plan, task, attempt, answer });
}

export function messageAgent(plan: string, task: string, text: string, attempt?: number): Promise<unknown> {
  return request({ type: "message", plan, task, attempt, text });
}
