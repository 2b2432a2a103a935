/* One more attempt beside those there are: which agent makes it. */
import { Users } from "lucide-react";
import type { AgentSpec } from "../ipc/bindings/AgentSpec";
import { testIds } from "../testids";
import { Button } from "./Button";
import { Menu } from "./Menu";

interface Props {
  agents: readonly AgentSpec[];
  look?: "normal" | "primary" | "plain";
  size?: "small" | "normal";
  label?: string;
  /** `null`: the task's own agent once more. */
  onTry: (agent: string | null) => void;
}

export function TryBeside({ agents, look = "normal", size = "normal", label, onTry }: Props) {
  return (
    <Menu
      trigger={
        <Button
          look={look}
          size={size}
          icon={<Users size={14} />}
          title="Starts another attempt at the same commit with the same spec; this one goes on."
          data-testid={testIds.tryBeside}
        >
          {label ?? "Try another agent beside it"}
        </Button>
      }
      entries={[
        ...agents.map((agent) => ({
          id: agent.name,
          label: agent.name,
          note: agent.model ?? agent.adapter,
          testId: testIds.tryBesideAgent(agent.name),
          run: () => onTry(agent.name),
        })),
        { rule: true as const },
        { id: "again", label: "The task’s own agent once more", run: () => onTry(null) },
      ]}
    />
  );
}
