// The choice: what is collected and where it goes, and adopting one of the two. Adopting asks once, saying what it does.

import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { SafeText } from "../../components/diff/LineText";
import { Popover } from "../../components/Popover";
import { StatusShape } from "../../components/StatusShape";
import { toast, toastError } from "../../components/toast";
import { useBeside } from "../../ipc/beside";
import type { CompareView } from "../../ipc/bindings/CompareView";
import type { SideView } from "../../ipc/bindings/SideView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { request } from "../../ipc/request";
import { useActionKey } from "../../lib/actions";
import { isContested } from "../../lib/contenders";
import { testIds } from "../../testids";
import styles from "./Compare.module.css";
import { hasFile, type Parts, partWord, takeLabel } from "./collected";
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
  const beside = useBeside(view.plan, view.task);
  const [busy, setBusy] = useState(false);
  const [later, setLater] = useState<Later | null>(null);
  const decided = !isContested(detail.task);
  const adoptable = {
    A: canAdopt(view.a, decided),
    B: canAdopt(view.b, decided),
  };
  // What can't be brought into A now is not adopted with it.
  const carried = taking.blocked === null ? taking.parts : [];
  const asked = adopting && adoptable[adopting] ? adopting : null;
  const keys = { A: useActionKey("compare.adopt-a"), B: useActionKey("compare.adopt-b") };
  // The other one may have been adopted meanwhile, or a head is gone.
  useEffect(() => {
    if (adopting && !asked) onAdopting(null);
  }, [adopting, asked, onAdopting]);

  const adopt = async (side: SideView, reason: string) => {
    setBusy(true);
    const { plan, task } = view;
    const why = reason.trim() === "" ? undefined : reason.trim();
    try {
      await request({ type: "adopt", plan, task, attempt: side.attempt, reason: why });
      toast({ tone: "good", message: `Adopted attempt ${side.attempt} of ${side.agent}` });
      // What was given up receives nothing any more.
      if (side.attempt !== view.a.attempt) taking.clear();
      beside.again();
    } catch (refused) {
      toastError(refused);
    }
    setBusy(false);
  };
  // What was collected for it comes first: refused, nothing is adopted.
  const adoptWithParts = async (side: SideView, reason: string) => {
    if (await taking.send()) setLater({ attempt: side.attempt, head: side.head, reason });
  };
  const arrived = later !== null && later.attempt === view.a.attempt && later.head !== view.a.head;
  const away = later !== null && (later.attempt !== view.a.attempt || taking.problem !== null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the parts are there or another one receives
  useEffect(() => {
    if (arrived && later) void adopt(view.a, later.reason);
    if (arrived || away) setLater(null);
  }, [arrived, away]);

  if (asked) {
    const side = asked === "A" ? view.a : view.b;
    const others = detail.task.contenders
      .filter((c) => c.attempt !== null && c.attempt !== side.attempt)
      .map((c) => ({ number: c.attempt ?? 0, agent: c.agent }));
    return (
      <AskAdopt
        letter={asked}
        side={side}
        others={others}
        parts={carried}
        onNo={() => onAdopting(null)}
        onYes={(reason) => {
          onAdopting(null);
          void (asked === "A" && carried.length > 0 ? adoptWithParts(side, reason) : adopt(side, reason));
        }}
      />
    );
  }
  const left =
    [view.a, view.b].find((side) => side.adopted) ?? [view.a, view.b].find((s) => s.given_up === null);
  return (
    <footer className={styles.footer}>
      {later ? (
        <span className={styles.effect} role="status">
          <StatusShape shape="ring2" hue="work" /> A is adopted as soon as the parts are in it.{" "}
          <Button size="small" look="plain" onClick={() => setLater(null)}>
            Don’t adopt it
          </Button>
        </span>
      ) : (
        <Said view={view} taking={taking} decided={decided} />
      )}
      {taking.count > 0 && <Collected taking={taking} />}
      {decided
        ? left && (
            <Button
              look={taking.count > 0 ? "normal" : "primary"}
              data-testid={testIds.openReview}
              onClick={() => onReview(left.attempt)}
            >
              {left.stage.kind === "awaiting_approval"
                ? "Review it to approve"
                : "Review the one that is left"}
            </Button>
          )
        : (["A", "B"] as const).map((letter) => (
            <Button
              key={letter}
              look="normal"
              keyHint={keys[letter]}
              busy={busy || (later !== null && letter === "A")}
              disabled={!adoptable[letter]}
              title={adoptable[letter] ? undefined : "It has committed nothing that could be adopted."}
              data-testid={testIds.adopt(letter)}
              onClick={() => onAdopting(letter)}
            >
              Adopt {letter}
              {letter === "A" && carried.length > 0 && withParts(carried)}
            </Button>
          ))}
    </footer>
  );
}

/** Adopting waits until what was sent with it has moved the head. */
interface Later {
  attempt: number;
  head: string | null;
  reason: string;
}

const withParts = (parts: Parts) => `, with ${takeLabel(parts, "B").replace(/^Take /, "")}`;

type SaidProps = Pick<Props, "view" | "taking"> & { decided: boolean };

/** What has to be known now: a refusal, what was dropped, or what the buttons do. */
function Said({ view, taking, decided }: SaidProps) {
  if (taking.problem) {
    return (
      <span className={styles.effect} role="alert" data-testid={testIds.takeProblem}>
        <StatusShape shape="cross" hue="fail" /> <SafeText text={taking.problem} />
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
  if (taking.underWay) {
    return (
      <span className={styles.effect} role="status">
        <StatusShape shape="ring2" hue="work" /> They are being brought into A.
      </span>
    );
  }
  if (taking.count > 0) return <span className={styles.effect}>{taking.blocked ?? takeEffect("A")}</span>;
  if (!decided) {
    return (
      <span className={styles.effect}>Adopting one ends the others; their work stays under keep refs.</span>
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
        "They are no longer tried side by side."
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
        disabled={taking.blocked !== null}
        data-testid={testIds.takeParts}
        onClick={() => void taking.send()}
      >
        {takeLabel(taking.parts, "B")}
      </Button>
    </>
  );
}

interface AskProps {
  letter: Letter;
  side: SideView;
  others: readonly { number: number; agent: string }[];
  parts: Parts;
  onYes: (reason: string) => void;
  onNo: () => void;
}

/** Asked once: what it does, and room for why; Enter adopts from both. */
function AskAdopt({ letter, side, others, parts, onYes, onNo }: AskProps) {
  const [reason, setReason] = useState("");
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const takes = letter === "A" && parts.length > 0;
  return (
    <form
      className={styles.footer}
      data-asking
      onSubmit={(event) => {
        event.preventDefault();
        onYes(reason);
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onNo();
      }}
    >
      <StatusShape shape="half" hue="ready" />
      <span className={styles.effect}>
        <b>
          Adopt {letter} {sideName(side)}
          {takes && withParts(parts)}?
        </b>{" "}
        {adoptEffect(side, others, takes)}
        {letter === "B" && parts.length > 0 && " What was collected for A is dropped."}
      </span>
      <input
        className={styles.reasonInput}
        aria-label="Why this one"
        placeholder="Why this one (kept with the others)"
        value={reason}
        data-testid={testIds.adoptReason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button look="plain" keyHint="escape" onClick={onNo}>
        Cancel
      </Button>
      <Button ref={button} look="primary" type="submit" keyHint="enter" data-testid={testIds.adoptYes}>
        Adopt {letter}
      </Button>
    </form>
  );
}
