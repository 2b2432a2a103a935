/* The answers to what a living agent asks: yes or no, words, or a look at its terminal. */
import { SquareTerminal } from "lucide-react";
import { useState } from "react";
import type { AgentAnswer } from "../ipc/bindings/AgentAnswer";
import type { AgentAsk } from "../lib/asks";
import { testIds } from "../testids";
import { AnswerLine, Problem, wordsOf } from "./AnswerLine";
import styles from "./Answers.module.css";
import { Button } from "./Button";
import { Tooltip } from "./Tooltip";

interface Props {
  ask: AgentAsk;
  /** Names the words that are written here. */
  keep: string;
  /** The key of the nth answer, from 0. */
  keyOf?: (index: number) => string | undefined;
  onAnswer: (answer: AgentAnswer) => Promise<unknown>;
  onMessage: (text: string) => Promise<unknown>;
  /** Shows its terminal; absent while it is not known which one that is. */
  onTerminal: (() => void) | undefined;
}

/** How many keys the answers take. */
export const answersTo: Record<AgentAsk, number> = { permission: 4, question: 2, stopped: 2 };

export function AgentAnswers({ ask, keep, keyOf = () => undefined, onAnswer, onMessage, onTerminal }: Props) {
  const terminal = (
    <Button
      size="small"
      icon={<SquareTerminal size={13} />}
      keyHint={keyOf(answersTo[ask] - 1)}
      disabled={!onTerminal}
      data-testid={testIds.answerTerminal}
      onClick={onTerminal}
    >
      Open terminal
    </Button>
  );
  if (ask === "permission") {
    return (
      <Permission keep={keep} keyOf={keyOf} onAnswer={onAnswer}>
        {terminal}
      </Permission>
    );
  }
  const asks = ask === "question";
  return (
    <div className={styles.answers}>
      <AnswerLine
        // The words to one are no words to the other.
        key={ask}
        keep={`${keep} ${ask}`}
        label={asks ? "Answer" : "Message to the agent"}
        placeholder={asks ? "Your answer" : "What it should do now"}
        verb={asks ? "Answer" : "Send"}
        keyHint={keyOf(0)}
        onSend={(text) => (asks ? onAnswer({ answer: "text", text }) : onMessage(text))}
      />
      {terminal}
    </div>
  );
}

interface PermissionProps extends Pick<Props, "keep" | "onAnswer"> {
  keyOf: (index: number) => string | undefined;
  children: React.ReactNode;
}

function Permission({ keep, keyOf, onAnswer, children }: PermissionProps) {
  const [saying, setSaying] = useState(false);
  const [busy, setBusy] = useState<"allow" | "deny" | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const give = async (answer: "allow" | "deny") => {
    setBusy(answer);
    setProblem(null);
    try {
      await onAnswer(answer === "allow" ? { answer } : { answer, message: "" });
    } catch (refused) {
      setProblem(wordsOf(refused));
    } finally {
      setBusy(null);
    }
  };
  return (
    <div className={styles.answers}>
      <Tooltip text="Lets the agent do what it asks for, this once.">
        <Button
          size="small"
          look="primary"
          busy={busy === "allow"}
          disabled={busy !== null}
          keyHint={keyOf(0)}
          data-testid={testIds.action("allow")}
          onClick={() => void give("allow")}
        >
          Allow
        </Button>
      </Tooltip>
      <Tooltip text="Refuses what the agent asks for; it goes on without.">
        <Button
          size="small"
          busy={busy === "deny"}
          disabled={busy !== null}
          keyHint={keyOf(1)}
          data-testid={testIds.action("deny")}
          onClick={() => void give("deny")}
        >
          Deny
        </Button>
      </Tooltip>
      <Button
        size="small"
        aria-expanded={saying}
        keyHint={keyOf(2)}
        data-testid={testIds.denyWithWords}
        onClick={() => setSaying(!saying)}
      >
        Deny and say why…
      </Button>
      {children}
      {saying && (
        <AnswerLine
          keep={`${keep} deny`}
          label="Why it is denied"
          placeholder="What it should do instead"
          verb="Deny"
          autoFocus
          mayBeEmpty
          onSend={(message) => onAnswer({ answer: "deny", message })}
          onLeave={() => setSaying(false)}
        />
      )}
      <Problem text={problem} />
    </div>
  );
}
