// The spec's requirements with both verdicts side by side, and the lines they rest on.

import { Code } from "../../components/Code";
import { StatusShape } from "../../components/StatusShape";
import type { CompareView } from "../../ipc/bindings/CompareView";
import type { RequirementView } from "../../ipc/bindings/RequirementView";
import { nameOf } from "../../lib/path";
import { verdictLook } from "../../lib/verdict";
import { testIds } from "../../testids";
import styles from "./Facts.module.css";
import type { VerdictPair } from "./verdicts";
import type { Letter } from "./words";

interface Props {
  pairs: readonly VerdictPair[];
  view: CompareView;
  onPlace: (letter: Letter, file: string, line: number) => void;
}

export function VerdictRows({ pairs, view, onPlace }: Props) {
  const changed = { A: new Set<string>(), B: new Set<string>() };
  for (const { path, a, b } of view.files) {
    if (a) changed.A.add(path);
    if (b) changed.B.add(path);
  }
  return (
    <>
      {pairs.map((pair) => (
        <tr key={pair.id} className={styles.verdict} data-differs={pair.differs || undefined}>
          <th scope="row" title={pair.text}>
            <span className="quiet">{pair.id}</span> <Code text={pair.text} />
          </th>
          {(["A", "B"] as const).map((letter) => (
            <td key={letter} data-testid={testIds.compareRequirement(pair.id, letter)}>
              <Verdict
                verdict={letter === "A" ? pair.a : pair.b}
                isChanged={(file) => changed[letter].has(file)}
                onPlace={(file, line) => onPlace(letter, file, line)}
              />
            </td>
          ))}
        </tr>
      ))}
    </>
  );
}

interface VerdictProps {
  verdict: RequirementView | null;
  isChanged: (file: string) => boolean;
  onPlace: (file: string, line: number) => void;
}

function Verdict({ verdict, isChanged, onPlace }: VerdictProps) {
  const look = verdictLook(verdict ?? { status: null, waived: null });
  const first = verdict?.evidence[0];
  return (
    <span className={styles.values}>
      <span className={styles.judged} data-hue={look.hue}>
        <StatusShape shape={look.shape} hue={look.hue} /> {look.word}
      </span>
      {verdict?.waived != null && (
        <span className={styles.why} title={verdict.waived}>
          <Code text={verdict.waived} />
        </span>
      )}
      {first && (
        <>
          {isChanged(first.file) ? (
            <button
              type="button"
              className={styles.place}
              title={`${first.file}:${first.line}`}
              onClick={() => onPlace(first.file, first.line)}
            >
              {nameOf(first.file)}:{first.line}
            </button>
          ) : (
            <span className={styles.place} title={`${first.file}:${first.line}, which it did not change`}>
              {nameOf(first.file)}:{first.line}
            </span>
          )}
          {verdict.status !== "met" && (
            <span className={styles.why} title={first.why}>
              <Code text={first.why} />
            </span>
          )}
        </>
      )}
    </span>
  );
}
