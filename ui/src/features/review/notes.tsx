// What hangs below lines of the diff: findings, drafts, and the comment that is being written.

import { memo } from "react";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import type { DiffNote, LineMark } from "../../components/diff/DiffView";
import { SafeText } from "../../components/diff/LineText";
import { TextLines } from "../../components/TextLines";
import type { FindingView } from "../../ipc/bindings/FindingView";
import type { ReviewView } from "../../ipc/bindings/ReviewView";
import { cx } from "../../lib/cx";
import { shortId } from "../../lib/format";
import { testIds } from "../../testids";
import { Composer } from "./Composer";
import { saidBy } from "./FindingList";
import styles from "./Points.module.css";
import { type FindingFilter, findingLook, kindWord, placeWord, severityHue, severityWord } from "./points";
import type { Comments } from "./useComments";
import type { PlacedDraft } from "./useDrafts";

type NotesOf = {
  file: string;
  review: ReviewView;
  filter: FindingFilter;
  comments: Comments;
  /** The head that is shown; findings of another one say so. */
  head: string;
};

/** The note that shows a draft. */
export const draftNote = (id: string) => `draft ${id}`;

export function notesOf({ file, review, filter, comments, head }: NotesOf): DiffNote[] {
  const read = review.last?.head ?? head;
  const findings = review.findings.filter((f) => f.file === file && (filter === "all" || f.state === "open"));
  const drafts = comments.placed.filter(
    ({ draft, standing }) =>
      draft.file === file &&
      standing.is !== "outdated" &&
      (draft.text.trim() !== "" || comments.open?.id === draft.id),
  );
  return [
    ...findings.flatMap((finding) => {
      const line = finding.end_line ?? finding.line;
      if (line === null) return [];
      const body = <FindingNote key={finding.id} finding={finding} of={read === head ? null : read} />;
      return [{ id: `finding ${finding.id}`, side: "new" as const, line, body }];
    }),
    ...drafts.flatMap((placed) => {
      const line = placed.standing.end ?? placed.standing.line;
      if (line === null) return [];
      const body = <DraftNote key={placed.draft.id} placed={placed} comments={comments} />;
      return [{ id: draftNote(placed.draft.id), side: "new" as const, line, body }];
    }),
  ];
}

/** Lines of a file that something points at. What is unsettled outweighs what is. */
export function marksOf(
  file: string,
  review: ReviewView,
  placed: readonly PlacedDraft[],
): ReadonlyMap<number, LineMark> {
  const marks = new Map<number, LineMark>();
  for (const { evidence } of review.requirements) {
    for (const place of evidence) if (place.file === file) marks.set(place.line, "evidence");
  }
  const cover = (from: number | null, to: number | null, mark: LineMark) => {
    if (from === null) return;
    // A range without sense is the file's own length at most; the first lines are enough to find it.
    const last = Math.min(to ?? from, from + 500);
    for (let line = from; line <= last; line++) marks.set(line, mark);
  };
  for (const f of review.findings)
    if (f.file === file && f.state === "open") cover(f.line, f.end_line, "finding");
  for (const { draft, standing } of placed)
    if (draft.file === file && standing.is !== "outdated") cover(standing.line, standing.end, "draft");
  return marks;
}

type FindingNoteProps = { finding: FindingView; of: string | null };

const FindingNote = memo(function FindingNote({ finding, of }: FindingNoteProps) {
  const hue = severityHue[finding.severity];
  const look = findingLook(finding);
  return (
    <div
      className={styles.note}
      data-hue={finding.state === "open" ? hue : "quiet"}
      data-settled={finding.state !== "open" || undefined}
    >
      <div className={styles.noteHead}>
        <b className={cx(finding.state === "open" && styles[hue])}>
          {severityWord[finding.severity]} · {kindWord[finding.kind]}
        </b>
        <span>{saidBy(finding)}</span>
        {finding.state !== "open" && <span className={styles[look.hue]}>{look.word.toLowerCase()}</span>}
        {finding.seen > 1 && <span>seen {finding.seen} times</span>}
        {of && <span className={styles.need}>said of {shortId(of)}</span>}
      </div>
      <div className={styles.noteText}>
        <TextLines text={finding.why} />
      </div>
      {finding.verify !== "" && (
        <div className={styles.why}>
          verify:{" "}
          <span className="mono">
            <SafeText text={finding.verify} />
          </span>
        </div>
      )}
      {finding.waived !== null && (
        <div className={styles.why}>
          Waived: <Code text={finding.waived} />
        </div>
      )}
    </div>
  );
});

function DraftNote({ placed, comments }: { placed: PlacedDraft; comments: Comments }) {
  const { draft, standing } = placed;
  const writing = comments.open?.id === draft.id && comments.open.where === "diff";
  const about = placeWord({ file: draft.file ?? "", line: standing.line, end: standing.end });
  return (
    <div className={styles.note} data-hue="draft">
      <div className={styles.noteHead}>
        <b>You</b>
        <span>draft</span>
        {standing.end !== null && standing.end !== standing.line && (
          <span>
            lines {standing.line} to {standing.end}
          </span>
        )}
      </div>
      {writing ? (
        <Composer
          about={about}
          text={draft.text}
          onText={(text) => comments.type(draft.id, text)}
          onRest={comments.rest}
          onDone={comments.close}
          onDelete={() => comments.remove(draft.id)}
        />
      ) : (
        <>
          <div className={styles.noteText}>
            <TextLines text={draft.text} />
          </div>
          <div className={styles.buttons}>
            <Button
              size="small"
              data-testid={testIds.draftEdit(draft.id)}
              onClick={() => comments.edit(draft.id, "diff")}
            >
              Edit
            </Button>
            <Button size="small" look="plain" onClick={() => comments.remove(draft.id)}>
              Delete
            </Button>
          </div>
        </>
      )}
    </div>
  );
}
