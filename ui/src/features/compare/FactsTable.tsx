// What is measured of both, row by row: the better value is bold and has a mark; verdicts unfold below their row.

import { ArrowLeftRight, ChevronDown, ChevronRight } from "lucide-react";
import { Fragment } from "react";
import { IconButton } from "../../components/Button";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { CompareView } from "../../ipc/bindings/CompareView";
import type { TaskDetail } from "../../ipc/bindings/TaskDetail";
import { useActionKey } from "../../lib/actions";
import { showKey } from "../../lib/keys";
import { testIds } from "../../testids";
import styles from "./Facts.module.css";
import { type Fact, factRows } from "./facts";
import { Judgements } from "./Judgements";
import { SideHead } from "./SideHead";
import { VerdictRows } from "./VerdictRows";
import { verdictPairs } from "./verdicts";
import type { Letter } from "./words";

interface Props {
  detail: TaskDetail;
  view: CompareView;
  a: AttemptView | undefined;
  b: AttemptView | undefined;
  /** The attempts among which two are chosen. */
  choices: readonly AttemptView[];
  openVerdicts: boolean;
  onVerdicts: () => void;
  onPick: (letter: Letter, attempt: number) => void;
  onSwap: () => void;
  onPlace: (letter: Letter, file: string, line: number) => void;
  onTerminal: (attempt: AttemptView | undefined) => void;
  onReview: (attempt: number) => void;
}

export function FactsTable(props: Props) {
  const { detail, view, a, b, openVerdicts } = props;
  const pairs = verdictPairs(detail.requirements, a, b);
  const swapKey = useActionKey("compare.swap");
  const verdictsKey = useActionKey("compare.verdicts");
  const side = (letter: Letter) => (
    <SideHead
      letter={letter}
      side={letter === "A" ? view.a : view.b}
      attempt={letter === "A" ? a : b}
      choices={props.choices}
      onPick={(attempt) => props.onPick(letter, attempt)}
      onTerminal={props.onTerminal}
      onReview={props.onReview}
    />
  );
  return (
    <div className={styles.facts} data-open={openVerdicts || undefined}>
      <table>
        <thead>
          <tr>
            <th scope="col" className={styles.corner}>
              <span className="visually-hidden">Measure</span>
              <IconButton
                size="small"
                icon={<ArrowLeftRight size={14} />}
                label="Swap A and B"
                keyHint={swapKey}
                data-testid={testIds.compareSwap}
                onClick={props.onSwap}
              />
            </th>
            <th scope="col">{side("A")}</th>
            <th scope="col">{side("B")}</th>
          </tr>
        </thead>
        <tbody>
          {factRows({ view: view.a, attempt: a }, { view: view.b, attempt: b }).map((row) => (
            <Fragment key={row.id}>
              <tr>
                <th scope="row">
                  {row.id === "requirements" && pairs.length > 0 ? (
                    <button
                      type="button"
                      className={styles.unfold}
                      aria-expanded={openVerdicts}
                      title={verdictsKey ? `Each requirement (${showKey(verdictsKey)})` : "Each requirement"}
                      onClick={props.onVerdicts}
                    >
                      {openVerdicts ? (
                        <ChevronDown size={13} aria-hidden />
                      ) : (
                        <ChevronRight size={13} aria-hidden />
                      )}
                      {row.label}
                    </button>
                  ) : (
                    row.label
                  )}
                </th>
                <td data-testid={testIds.compareFact(row.id, "A")}>
                  <Facts facts={row.a} />
                </td>
                <td data-testid={testIds.compareFact(row.id, "B")}>
                  <Facts facts={row.b} />
                </td>
              </tr>
              {row.id === "requirements" && openVerdicts && (
                <VerdictRows pairs={pairs} view={view} onPlace={props.onPlace} />
              )}
            </Fragment>
          ))}
          <Judgements detail={detail} view={view} />
        </tbody>
      </table>
    </div>
  );
}

function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <span className={styles.values}>
      {facts
        .filter((fact) => fact.text !== "")
        .map((fact) => (
          <span key={fact.text} className={styles.value}>
            <span data-better={fact.better || undefined}>
              {fact.text}
              {fact.better && (
                <span className={styles.better} title="The better of the two">
                  <span aria-hidden>▲</span>
                  <span className="visually-hidden"> (better)</span>
                </span>
              )}
            </span>
            {fact.note && (
              <span className={styles.note} data-hue={fact.note.hue} title={fact.note.text}>
                {fact.note.text}
              </span>
            )}
          </span>
        ))}
    </span>
  );
}
