/* The plan as its text. What is typed becomes one edit; a text with problems changes nothing. */
import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { StatusShape } from "../../components/StatusShape";
import { toast } from "../../components/toast";
import type { PlanView } from "../../ipc/bindings/PlanView";
import type { Problem } from "../../ipc/bindings/Problem";
import { usePlanText } from "../../ipc/queries";
import { request, toWireError } from "../../ipc/request";
import { cx } from "../../lib/cx";
import { count } from "../../lib/format";
import { testIds } from "../../testids";
import styles from "./plan.module.css";

export function PlanText({ plan }: { plan: PlanView }) {
  const { data: text, error, refetch } = usePlanText(plan.id);
  const [typed, setTyped] = useState<{ text: string; over: string } | null>(null);
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [busy, setBusy] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);

  // Saved: the plan's own text is what was typed, perhaps better formatted.
  useEffect(() => {
    setTyped((t) => (t && t.text === text ? null : t));
  }, [text]);

  if (error && text === undefined) return <ErrorNote problem={error} onRetry={() => void refetch()} />;
  if (text === undefined) return null;
  const shown = typed?.text ?? text;
  const moved = typed !== null && typed.over !== text;
  const lines = shown.split("\n").length;
  const bad = new Set(problems.map((p) => p.line));

  const save = async () => {
    if (!typed || busy) return;
    setBusy(true);
    try {
      await request({ type: "set_plan_text", plan: plan.id, text: typed.text });
      setProblems([]);
      setTyped(null);
      toast({ tone: "good", message: "Saved the plan’s text." });
    } catch (problem) {
      const wire = toWireError(problem);
      setProblems(
        wire.problems?.length
          ? wire.problems
          : [{ line: 0, column: 0, message: wire.message, hint: wire.hint }],
      );
    } finally {
      setBusy(false);
    }
  };

  const goTo = (line: number) => {
    const field = area.current;
    if (!field || line < 1) return;
    const start =
      shown
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length + (line > 1 ? 1 : 0);
    field.focus();
    field.setSelectionRange(start, start);
    field.scrollTop = Math.max(0, (line - 4) * 20);
  };

  return (
    <div className={styles.text}>
      <div className={styles.editor}>
        <div ref={gutter} className={styles.gutter} aria-hidden>
          {Array.from({ length: lines }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line's number is its name
            <div key={i} className={cx(bad.has(i + 1) && styles.bad)}>
              {i + 1}
            </div>
          ))}
        </div>
        <textarea
          ref={area}
          className={styles.source}
          aria-label="The plan as TOML"
          aria-invalid={problems.length > 0 || undefined}
          data-testid={testIds.planText}
          spellCheck={false}
          autoCapitalize="off"
          wrap="off"
          value={shown}
          onScroll={(e) => {
            if (gutter.current) gutter.current.scrollTop = e.currentTarget.scrollTop;
          }}
          onChange={(e) => setTyped({ text: e.target.value, over: typed?.over ?? text })}
          onKeyDown={(e) => {
            if ((e.ctrlKey || e.metaKey) && (e.key === "s" || e.key === "Enter")) {
              e.preventDefault();
              void save();
            }
          }}
        />
      </div>
      {problems.length > 0 && (
        <section className={styles.found} aria-label="Problems">
          {problems.map((p) => (
            <button
              type="button"
              key={`${p.line}:${p.column}:${p.message}`}
              data-testid={testIds.planTextProblem}
              onClick={() => goTo(p.line)}
            >
              <StatusShape shape="cross" hue="fail" />
              <span className="quiet">{p.line > 0 ? `line ${p.line}` : ""}</span>
              <span>
                {p.message} {p.hint && <span className="quiet">{p.hint}</span>}
              </span>
            </button>
          ))}
        </section>
      )}
      <div className={styles.textFoot}>
        <span className="medium">
          {problems.length > 0
            ? `${count(problems.length, "problem")}; the plan stays as it was.`
            : moved
              ? "The plan changed while you typed. Saving replaces that change; Undo brings it back."
              : typed
                ? "Not saved yet."
                : plan.file
                  ? `This is ${plan.file}.`
                  : "This is the whole plan. Comments and order are kept."}
        </span>
        <span className={styles.spring} />
        <Button
          look="plain"
          disabled={!typed}
          onClick={() => {
            setTyped(null);
            setProblems([]);
          }}
        >
          Revert
        </Button>
        <Button
          look="primary"
          busy={busy}
          disabled={!typed}
          keyHint="mod+s"
          data-testid={testIds.planTextSave}
          onClick={() => void save()}
        >
          Save text
        </Button>
      </div>
    </div>
  );
}
