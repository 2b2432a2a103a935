// The choice: what is collected and where it goes, and adopting one of the two. Adopting asks once, saying what it does.

import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { SafeText } from "../../components/diff/LineText";
import { Popover } from "../../components/Popover";
import { StatusShape } from "../../components/StatusShape";
import { toast, toastError } from "../../components/toast";
import type { CompareView } from "../../ipc/bindings/CompareView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { request } from "../../ipc/request";
import { useActionKey } from "../../lib/actions";
import { testIds } from "../../testids";
import styles from "./Compare.module.css";
import { hasFile, partWord, takeLabel } from "./collected";
import type { Taking } from "./useTaking";
import { adoptEffect, canAdopt, type Letter, sideName, takeEffect } from "./words";

interface Props {
  detail: TaskDetail;
  view: CompareView;
  taking: Taking;
  adopting: Letter | null;
  onAdopting: (letter: Letter | null) => void;
  onReview: (attempt: number) => void;
}

export function Footer({ detail, view, taking, adopting, onAdopting, onReview }: Props) {
  const [busy, setBusy] = useState(false);
  const decided = detail.attempts.some((one) => one.adopted);
  const adoptable = {
    A: canAdopt(view.a, decided),
    B: canAdopt(view.b, decided),
  };
  const asked = adopting && adoptable[adopting] ? adopting : null;
  const keys = { A: useActionKey("compare.adopt-a"), B: useActionKey("compare.adopt-b") };
  // The other one may have been adopted meanwhile, or a head is gone.
  useEffect(() => {
    if (adopting && !asked) onAdopting(null);
  }, [adopting, asked, onAdopting]);

  const adopt = async (letter: Letter) => {
    const side = letter === "A" ? view.a : view.b;
    onAdopting(null);
    setBusy(true);
    // What was collected for it comes first: refused, nothing is adopted yet.
    const ready = letter === "A" && taking.count > 0 ? await taking.send() : true;
    if (ready) {
      await request({ type: "adopt", plan: view.plan, task: view.task, attempt: side.attempt }).then(
        () => toast({ tone: "good", message: `Adopted attempt ${side.attempt} of ${side.agent}` }),
        toastError,
      );
    }
    setBusy(false);
  };

  if (asked) {
    const side = asked === "A" ? view.a : view.b;
    const others = detail.task.contenders
      .filter((c) => c.attempt !== null && c.attempt !== side.attempt)
      .map((c) => ({ number: c.attempt ?? 0, agent: c.agent }));
    const lost = asked === "B" && taking.count > 0;
    return (
      <footer className={styles.footer} data-asking>
        <StatusShape shape="half" hue="ready" />
        <span className={styles.effect}>
          <b>
            Adopt {asked}, {sideName(side)}
            {asked === "A" &&
              taking.count > 0 &&
              `, with ${takeLabel(taking.parts, "B").replace(/^Take /, "")}`}
            ?
          </b>{" "}
          {adoptEffect(side, others, asked === "A" && taking.count > 0)}{" "}
          {lost && "What was collected for A is dropped."}
        </span>
        <Ask verb={`Adopt ${asked}`} yes={() => void adopt(asked)} no={() => onAdopting(null)} />
      </footer>
    );
  }
  const adopted = [view.a, view.b].find((side) => side.adopted);
  return (
    <footer className={styles.footer}>
      <Said view={view} taking={taking} decided={decided} detail={detail} />
      {taking.count > 0 && <Collected taking={taking} />}
      {decided
        ? adopted && (
            <Button
              look={taking.count > 0 ? "normal" : "primary"}
              data-testid={testIds.openReview}
              onClick={() => onReview(adopted.attempt)}
            >
              {adopted.stage.kind === "awaiting_approval" ? "Review it to approve" : "Review the adopted one"}
            </Button>
          )
        : (["A", "B"] as const).map((letter) => (
            <Button
              key={letter}
              look="normal"
              keyHint={keys[letter]}
              busy={busy}
              disabled={!adoptable[letter]}
              title={adoptable[letter] ? undefined : "It has committed nothing that could be adopted."}
              data-testid={testIds.adopt(letter)}
              onClick={() => onAdopting(letter)}
            >
              Adopt {letter}
              {letter === "A" &&
                taking.count > 0 &&
                `, with ${takeLabel(taking.parts, "B").replace(/^Take /, "")}`}
            </Button>
          ))}
    </footer>
  );
}

type SaidProps = Pick<Props, "view" | "taking" | "detail"> & { decided: boolean };

/** What has to be known now: a refusal, what was dropped, or what the buttons do. */
function Said({ view, taking, decided, detail }: SaidProps) {
  if (taking.problem) {
    return (
      <span className={styles.effect} role="alert" data-testid={testIds.takeProblem}>
        <StatusShape shape="cross" hue="fail" /> <SafeText text={taking.problem} /> Nothing was taken.
      </span>
    );
  }
  if (taking.dropped) {
    return (
      <span className={styles.effect} role="status" data-testid={testIds.takeDropped}>
        <StatusShape shape="diamond" hue="need" /> {taking.dropped}{" "}
        <Button size="small" look="plain" onClick={taking.clear}>
          Dismiss
        </Button>
      </span>
    );
  }
  if (taking.count > 0) return <span className={styles.effect}>{takeEffect("A")}</span>;
  if (!decided) {
    return (
      <span className={styles.effect}>
        Adopting one ends the others; their work stays under keep refs.
        {detail.task.contenders.length < 2 && " Only one of them is still tried."}
      </span>
    );
  }
  const [kept] = [view.a, view.b].filter((side) => side.given_up !== null).flatMap((side) => side.keep_refs);
  return (
    <span className={styles.effect}>
      {kept ? (
        <>
          The other one's work is kept under <CopyId id={kept} show={kept} />.
        </>
      ) : (
        "One of them was adopted."
      )}
    </span>
  );
}

function Collected({ taking }: { taking: Taking }) {
  const [open, setOpen] = useState(false);
  const key = useActionKey("compare.take");
  return (
    <>
      <Popover
        label="What is collected"
        align="end"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button look="plain" data-testid={testIds.takeList}>
            What is collected…
          </Button>
        }
      >
        <ul className={styles.parts}>
          {taking.parts.map((part) => (
            <li key={part.path}>
              <span className="mono">
                <SafeText text={part.path} />
              </span>
              <span className="quiet">{partWord(part)}</span>
              <Button
                size="small"
                look="plain"
                aria-label={`Leave out ${part.path}`}
                onClick={() => {
                  if (hasFile(taking.parts, part.path)) taking.file(part.path);
                  else for (const range of part.hunks) taking.hunk(part.path, range);
                }}
              >
                Leave out
              </Button>
            </li>
          ))}
        </ul>
      </Popover>
      <Button look="plain" onClick={taking.clear}>
        Clear
      </Button>
      <Button
        look="primary"
        keyHint={key}
        busy={taking.sending}
        data-testid={testIds.takeParts}
        onClick={() => void taking.send()}
      >
        {takeLabel(taking.parts, "B")}
      </Button>
    </>
  );
}

function Ask({ verb, yes, no }: { verb: string; yes: () => void; no: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const back = (event: React.KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    no();
  };
  return (
    <>
      <Button look="plain" keyHint="escape" onClick={no} onKeyDown={back}>
        Cancel
      </Button>
      <Button
        ref={button}
        look="primary"
        keyHint="enter"
        data-testid={testIds.adoptYes}
        onClick={yes}
        onKeyDown={back}
      >
        {verb}
      </Button>
    </>
  );
}
