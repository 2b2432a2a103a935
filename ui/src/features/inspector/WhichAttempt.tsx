// Which of several attempts at the task a tab is about, for choosing; nothing where there is only one.

import { SelectField } from "../../components/fields";
import type { AttemptView } from "../../ipc/bindings/AttemptView";
import { testIds } from "../../testids";

interface Props {
  /** Newest first, as they are told. */
  attempts: readonly AttemptView[];
  chosen: AttemptView;
  onChoose: (attempt: number) => void;
}

export function WhichAttempt({ attempts, chosen, onChoose }: Props) {
  if (attempts.length < 2) return null;
  return (
    <SelectField
      label="Attempt"
      testId={testIds.whichAttempt}
      value={String(chosen.number)}
      options={[...attempts].reverse().map(({ number, agent, stage }) => ({
        id: String(number),
        label: `${number} · ${agent} · ${stage.word}`,
      }))}
      onCommit={(id) => onChoose(Number(id))}
    />
  );
}
