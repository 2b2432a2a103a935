// The person's own comments that are not sent yet.

import { Plus } from "lucide-react";
import { Button } from "../../components/Button";
import { SafeText } from "../../components/diff/LineText";
import { StatusShape } from "../../components/StatusShape";
import { TextLines } from "../../components/TextLines";
import { count } from "../../lib/format";
import { testIds } from "../../testids";
import { Composer } from "./Composer";
import { PlaceLink, type Places } from "./PlaceLink";
import styles from "./Points.module.css";
import { placeWord } from "./points";
import type { Comments } from "./useComments";
import type { PlacedDraft } from "./useDrafts";

type CommentListProps = { comments: Comments; places: Places; onWhole: (() => void) | undefined };

export function CommentList({ comments, places, onWhole }: CommentListProps) {
  const shown = comments.placed.filter(
    ({ draft }) => draft.text.trim() !== "" || (comments.open?.id === draft.id && draft.file === null),
  );
  if (shown.length === 0 && !onWhole) return null;
  return (
    <section aria-label="Your comments">
      <h3 className={styles.heading}>
        Your comments<span>{shown.length > 0 && count(comments.written.length, "draft")}</span>
      </h3>
      <ul>
        {shown.map((placed) => (
          <Draft key={placed.draft.id} placed={placed} comments={comments} places={places} />
        ))}
      </ul>
      {shown.length === 0 && (
        <p className={styles.none}>C comments on a line, shift and the arrows choose several.</p>
      )}
      {onWhole && (
        <div className={styles.under}>
          <Button
            size="small"
            look="plain"
            icon={<Plus size={13} />}
            data-testid={testIds.commentWhole}
            onClick={onWhole}
          >
            Comment on the whole
          </Button>
        </div>
      )}
    </section>
  );
}

type DraftProps = { placed: PlacedDraft; comments: Comments; places: Places };

function Draft({ placed, comments, places }: DraftProps) {
  const { draft, standing } = placed;
  const place = draft.file === null ? null : { file: draft.file, line: standing.line, end: standing.end };
  const outdated = standing.is === "outdated";
  if (comments.open?.id === draft.id && comments.open.where === "side") {
    return (
      <li className={styles.row} data-wide>
        <Composer
          about={place ? placeWord(place) : "the whole"}
          text={draft.text}
          onText={(text) => comments.type(draft.id, text)}
          onRest={comments.rest}
          onDone={comments.close}
          onDelete={() => comments.remove(draft.id)}
        />
      </li>
    );
  }
  return (
    <li className={styles.row} data-testid={testIds.draft(draft.id)} data-standing={standing.is}>
      <StatusShape
        shape="dotted"
        hue={outdated ? "need" : "work"}
        stale={outdated}
        label={outdated ? "Outdated draft" : "Draft"}
      />
      <div className={styles.body}>
        <div className={`${styles.text} ${styles.clamped}`} data-selectable>
          <TextLines text={draft.text} />
        </div>
        <div className={styles.facts}>
          {outdated ? <span className={styles.need}>outdated</span> : <span>draft</span>}
          {place ? <PlaceLink place={place} places={places} /> : <span>on the whole</span>}
          {standing.is === "moved" && <span>the line moved</span>}
        </div>
        {outdated && (
          <div className={styles.why} data-selectable>
            It was about <SafeText text={draft.quote[0]?.trim().slice(0, 120) || "an empty line"} />
            {draft.quote.length > 1 && ` and ${count(draft.quote.length - 1, "more line")}`}, which reads
            otherwise now. It is kept and not sent.
          </div>
        )}
        <div className={styles.buttons}>
          <Button size="small" look="plain" onClick={() => comments.edit(draft.id, "side")}>
            Edit
          </Button>
          {outdated && (
            <Button size="small" look="plain" onClick={() => comments.detach(draft)}>
              Attach to the file
            </Button>
          )}
          <Button
            size="small"
            look="plain"
            data-testid={testIds.draftDelete(draft.id)}
            onClick={() => comments.remove(draft.id)}
          >
            Delete
          </Button>
        </div>
      </div>
    </li>
  );
}
