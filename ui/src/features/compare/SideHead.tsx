// One of the two: who made it, how it stands, and the ways to its terminal and its review.

import { ScanEye, SquareTerminal } from "lucide-react";
import { Button } from "../../components/Button";
import { CopyId } from "../../components/CopyId";
import { SafeText } from "../../components/diff/LineText";
import { StatusShape } from "../../components/StatusShape";
import { Tooltip } from "../../components/Tooltip";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import type { SideView } from "../../ipc/bindings/SideView";
import { useActionKey } from "../../lib/actions";
import { stageLook } from "../../lib/stage";
import { testIds } from "../../testids";
import shell from "./Compare.module.css";
import styles from "./Facts.module.css";
import type { Letter } from "./words";

interface Props {
  letter: Letter;
  side: SideView;
  attempt: AttemptView | undefined;
  choices: readonly AttemptView[];
  onPick: (attempt: number) => void;
  onTerminal: (attempt: AttemptView | undefined) => void;
  onReview: (attempt: number) => void;
}

export function SideHead({ letter, side, attempt, choices, onPick, onTerminal, onReview }: Props) {
  const look = stageLook[side.stage.kind];
  const hasRuns = (attempt?.runs.length ?? 0) > 0;
  const key = letter.toLowerCase();
  const terminalKey = useActionKey(`compare.terminal-${key}`);
  const reviewKey = useActionKey(`compare.review-${key}`);
  const { model } = side.usage;
  return (
    <div
      className={styles.side}
      data-testid={testIds.compareSide(letter)}
      data-given-up={side.given_up !== null || undefined}
    >
      <Badge letter={letter} />
      {choices.length > 2 ? (
        <select
          className={styles.pick}
          aria-label={`Attempt shown as ${letter}`}
          value={side.attempt}
          data-testid={testIds.comparePick(letter)}
          onChange={(event) => onPick(Number(event.target.value))}
        >
          {choices.map((one) => (
            <option key={one.number} value={one.number}>
              attempt {one.number} · {one.agent}
            </option>
          ))}
        </select>
      ) : (
        <span className={styles.who}>
          <b>attempt {side.attempt}</b>{" "}
          <span className="quiet" title={model ?? undefined}>
            {side.agent}
          </span>
        </span>
      )}
      <span className={styles.standing} data-hue={side.given_up === null ? look.hue : "quiet"}>
        <StatusShape
          shape={side.adopted && look.hue === "ready" ? "check" : look.shape}
          hue={side.given_up === null ? (side.adopted && look.hue === "ready" ? "land" : look.hue) : "quiet"}
        />
        {side.given_up === null ? (
          <span title={side.stage.reason?.text ?? side.stage.word}>
            {side.adopted && <b>Adopted · </b>}
            {side.stage.word}
          </span>
        ) : (
          <span>Given up</span>
        )}
      </span>
      {side.head !== null && (
        <span className={styles.headId}>
          <CopyId id={side.head} />
        </span>
      )}
      <span className={shell.space} />
      <Tooltip text={`Terminal of ${letter}'s newest run`} keyHint={terminalKey}>
        <Button
          size="small"
          look="plain"
          icon={<SquareTerminal size={13} />}
          disabled={!hasRuns}
          aria-label={`Terminal of ${letter}`}
          data-testid={testIds.compareTerminal(letter)}
          onClick={() => onTerminal(attempt)}
        >
          <span className={styles.wide}>Terminal</span>
        </Button>
      </Tooltip>
      <Tooltip text={`What was checked and reviewed of ${letter}, with its diff`} keyHint={reviewKey}>
        <Button
          size="small"
          look="plain"
          icon={<ScanEye size={13} />}
          aria-label={`Review of ${letter}`}
          data-testid={testIds.compareReview(letter)}
          onClick={() => onReview(side.attempt)}
        >
          <span className={styles.wide}>Review</span>
        </Button>
      </Tooltip>
      {side.given_up !== null && (
        <span className={styles.over} data-selectable>
          <SafeText text={side.given_up} />
          {side.keep_refs.map((ref) => (
            <span key={ref}>
              {" · kept under "}
              <CopyId id={ref} show={ref.replace(/^refs\//, "")} />
            </span>
          ))}
        </span>
      )}
    </div>
  );
}

export function Badge({ letter, small = false }: { letter: Letter; small?: boolean }) {
  return (
    <span className={styles.badge} data-small={small || undefined} aria-hidden>
      {letter}
    </span>
  );
}
