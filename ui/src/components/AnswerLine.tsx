/* One line of words to an agent. What was written stays until it was taken, wherever else the person goes. */
import { useEffect, useId, useRef, useState } from "react";
import { testIds } from "../testids";
import styles from "./Answers.module.css";
import { Button } from "./Button";
import { toastError } from "./toast";

interface Props {
  label: string;
  placeholder: string;
  verb: string;
  /** Names the words: the same name elsewhere shows the same words. */
  keep: string;
  /** Sends it; what is thrown is shown, and the words stay. */
  onSend: (text: string) => Promise<unknown>;
  onSent?: () => void;
  onLeave?: () => void;
  /** Whether nothing can be sent too. */
  mayBeEmpty?: boolean;
  autoFocus?: boolean;
  /** The key that begins it. */
  keyHint?: string | undefined;
}

const unsent = new Map<string, string>();

export function AnswerLine({ keep, mayBeEmpty = false, autoFocus = false, ...p }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(() => unsent.get(keep) ?? "");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus]);

  const type = (next: string) => {
    setText(next);
    if (next === "") unsent.delete(keep);
    else unsent.set(keep, next);
  };
  const sendable = mayBeEmpty || text.trim() !== "";
  const send = async () => {
    if (busy || !sendable) return;
    setBusy(true);
    setProblem(null);
    try {
      await p.onSend(text.trim());
      type("");
      p.onSent?.();
    } catch (refused) {
      if (here.current) setProblem(wordsOf(refused));
      else toastError(refused);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={styles.line}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <input
        ref={input}
        className={styles.input}
        aria-label={p.label}
        aria-describedby={problem ? id : undefined}
        aria-keyshortcuts={p.keyHint}
        placeholder={p.keyHint ? `${p.placeholder} (${p.keyHint})` : p.placeholder}
        value={text}
        readOnly={busy}
        data-follows={autoFocus || undefined}
        data-testid={testIds.answerText}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          event.stopPropagation();
          event.currentTarget.blur();
          p.onLeave?.();
        }}
      />
      <Button
        type="submit"
        size="small"
        keyHint="enter"
        busy={busy}
        disabled={!sendable}
        data-send
        data-testid={testIds.answerSend}
      >
        {p.verb}
      </Button>
      <Problem id={id} text={problem} />
    </form>
  );
}

export function Problem({ id, text }: { id?: string; text: string | null }) {
  return (
    text !== null && (
      <p id={id} className={styles.problem} role="alert" data-testid={testIds.answerProblem}>
        {text}
      </p>
    )
  );
}

/** What was refused, and what to do. */
export function wordsOf(problem: unknown): string {
  if (typeof problem === "object" && problem !== null && "wire" in problem) {
    const { message, hint } = problem.wire as { message: string; hint: string | null };
    return hint ? `${message} ${hint}` : message;
  }
  return problem instanceof Error ? problem.message : String(problem);
}
