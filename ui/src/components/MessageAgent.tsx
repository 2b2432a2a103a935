/* Words to an agent that is at work, from wherever it is looked at. */
import { MessageSquare } from "lucide-react";
import { useState } from "react";
import { AnswerLine } from "./AnswerLine";
import styles from "./Answers.module.css";
import { Button } from "./Button";
import { Popover } from "./Popover";
import { toast } from "./toast";

interface Props {
  /** The agent's name. */
  agent: string;
  keep: string;
  look?: "plain" | "normal";
  testId: string;
  onMessage: (text: string) => Promise<unknown>;
}

export function MessageAgent({ agent, keep, look = "normal", testId, onMessage }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={`Message to ${agent}`}
      align="end"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" look={look} icon={<MessageSquare size={13} />} data-testid={testId}>
          Message agent…
        </Button>
      }
    >
      <div className={styles.message}>
        <AnswerLine
          keep={`${keep} message`}
          label={`Message to ${agent}`}
          placeholder={`Say something to ${agent}`}
          verb="Send"
          autoFocus
          onSend={onMessage}
          onSent={() => {
            setOpen(false);
            toast({ tone: "good", message: `Sent to ${agent}` });
          }}
          onLeave={() => setOpen(false)}
        />
      </div>
    </Popover>
  );
}
