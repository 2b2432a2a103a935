// What judges said of the two, as advice: the newest in sight, earlier ones and the reasons on demand.

import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import { Code } from "../../components/Code";
import { SafeText } from "../../components/diff/LineText";
import { Ago } from "../../components/Time";
import type { CompareView } from "../../ipc/bindings/CompareView";
import type { JudgementView } from "../../ipc/bindings/JudgementView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { count } from "../../lib/format";
import { testIds } from "../../testids";
import styles from "./Facts.module.css";
import { isAbout, judgementWords } from "./words";

export function Judgements({ detail, view }: { detail: TaskDetail; view: CompareView }) {
  const [open, setOpen] = useState(false);
  const about = detail.judgements.filter((one) => isAbout(one, view)).reverse();
  const [newest, ...earlier] = about;
  if (!newest && !detail.judging) return null;
  return (
    <tr className={styles.judgements}>
      <th scope="row">
        {newest ? (
          <button type="button" className={styles.unfold} aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? <ChevronDown size={13} aria-hidden /> : <ChevronRight size={13} aria-hidden />}
            Advice
          </button>
        ) : (
          "Advice"
        )}
      </th>
      <td colSpan={2}>
        {detail.judging && (
          <p role="status">A judge reads both now, blind, then once more with the order swapped.</p>
        )}
        {newest && <Judgement judgement={newest} view={view} open={open} place={0} />}
        {open &&
          earlier.map((one, i) => (
            <Judgement key={one.at_ms} judgement={one} view={view} open place={i + 1} />
          ))}
        {!open && earlier.length > 0 && (
          <span className="quiet"> · {count(earlier.length, "earlier judgement")}</span>
        )}
      </td>
    </tr>
  );
}

interface JudgementProps {
  judgement: JudgementView;
  view: CompareView;
  open: boolean;
  place: number;
}

function Judgement({ judgement, view, open, place }: JudgementProps) {
  const { why, at_ms } = judgement;
  const words = judgementWords(judgement, view);
  return (
    <span className={styles.judgement} data-testid={testIds.judgement(place)} data-open={open || undefined}>
      {judgement.void === null ? (
        <b>
          <SafeText text={words} />
        </b>
      ) : (
        <>
          <s>
            <SafeText text={words} />
          </s>
          <span className={styles.void}>Void: {judgement.void}</span>
        </>
      )}
      {!open && why[0] && (
        <span className={styles.reason} title={why[0]}>
          “<Code text={why[0]} />”
        </span>
      )}
      {open && (
        <ol className={styles.reasons}>
          {why.map((reason, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: reasons of a fixed judgement have no other name
            <li key={i} data-selectable>
              <span className="quiet">{i === 0 ? "Asked first: " : "Asked again, swapped: "}</span>
              <Code text={reason} />
            </li>
          ))}
        </ol>
      )}
      <span className="quiet">
        <Ago at={at_ms} />
      </span>
    </span>
  );
}
