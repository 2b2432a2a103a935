/* Talking to a task's living agent. Both throw what the engine refuses, for whoever shows it beside the words. */
import type { AgentAnswer } from "./bindings/AgentAnswer";
import { request } from "./request";

export function answerAgent(plan: string, task: string, answer: AgentAnswer): Promise<unknown> {
  return request({ type: "answer", plan, task, answer });
}

export function messageAgent(plan: string, task: string, text: string): Promise<unknown> {
  return request({ type: "message", plan, task, text });
}
