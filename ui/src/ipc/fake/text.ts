/* The fake's plan text: written in full, read only far enough to find faults in it. */

import { writeDuration } from "../../lib/format";
import type { PlanView } from "../bindings/PlanView";
import type { Problem } from "../bindings/Problem";

const quote = (s: string) => JSON.stringify(s);
const list = (items: readonly string[]) => `[${items.map(quote).join(", ")}]`;

export function planText(view: PlanView): string {
  const out: string[] = [
    "version = 1",
    `title = ${quote(view.title)}`,
    `target = ${quote(view.target)}`,
    `slots = ${view.slots}`,
    `approve = ${quote(view.approve)}            # or "auto": land when every gate is green`,
  ];
  if (view.setup.command || view.setup.copy.length || view.setup.ports.length) {
    out.push("", "[setup]");
    if (view.setup.command) out.push(`command = ${quote(view.setup.command)}`);
    if (view.setup.copy.length) out.push(`copy = ${list(view.setup.copy)}`);
    if (view.setup.ports.length) out.push(`ports = ${list(view.setup.ports)}`);
  }
  for (const check of view.checks) {
    out.push("", "[[check]]", `name = ${quote(check.name)}`, `command = ${quote(check.command)}`);
    if (check.timeout_ms) out.push(`timeout = ${quote(writeDuration(check.timeout_ms))}`);
  }
  for (const agent of view.agents) {
    out.push("", `[agents.${agent.name}]`, `adapter = ${quote(agent.adapter)}`);
    if (agent.script) out.push(`script = ${quote(agent.script)}`);
    else out.push(`command = ${list(agent.command)}`);
  }
  for (const task of view.tasks) {
    out.push("", "[[task]]", `id = ${quote(task.id)}`, `title = ${quote(task.title)}`);
    if (task.role) out.push(`role = ${quote(task.role)}`);
    if (task.deliverable) out.push(`deliverable = ${quote(task.deliverable)}`);
    if (task.spec) out.push(`spec = """\n${task.spec}\n"""`);
    if (task.scope) out.push(`scope = ${list(task.scope)}`);
    out.push(`after = ${list(task.after)}`);
    if (task.agent) out.push(`agent = ${quote(task.agent)}`);
    if (task.estimate_ms) out.push(`estimate = ${quote(writeDuration(task.estimate_ms))}`);
  }
  return `${out.join("\n")}\n`;
}

export function problemsOf(text: string): Problem[] {
  const problems: Problem[] = [];
  const lines = text.split("\n");
  const ids = new Set([...text.matchAll(/^id\s*=\s*"([^"]*)"/gm)].map((m) => m[1]));
  let inText = false;
  for (const [i, line] of lines.entries()) {
    const fences = line.split('"""').length - 1;
    const wasIn = inText;
    if (fences % 2) inText = !inText;
    if (wasIn || line.trim() === "" || line.trim().startsWith("#") || /^\[.*\]\s*(#.*)?$/.test(line))
      continue;
    const say = (message: string, hint: string | null = null) =>
      problems.push({ line: i + 1, column: 1, message, hint });
    const [, name, value] = /^(\w+)\s*=\s*(.+)$/.exec(line) ?? [];
    if (!name) {
      say("This line is neither a key nor a section.", "Write `key = value`.");
      continue;
    }
    if (name === "slots" && !/^[1-9]\d*\s*(#.*)?$/.test(value ?? "")) say("“slots” is a number from 1 up.");
    if (name === "after") {
      for (const [, id] of (value ?? "").matchAll(/"([^"]*)"/g)) {
        if (!ids.has(id)) say(`No task has the id “${id}”.`, "Name an existing task, or remove it here.");
      }
    }
  }
  return problems;
}
