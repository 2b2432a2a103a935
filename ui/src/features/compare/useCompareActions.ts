// Everything that a key does while two attempts are compared; the key sheet and the palette show the same.

import type { RefObject } from "react";
import type { DiffHandle } from "../../components/diff/DiffView";
import type { Layout } from "../../components/diff/rows";
import type { CompareView } from "../../ipc/bindings/CompareView";
import { type Action, useActions } from "../../lib/actions";
import { takeLabel } from "./collected";
import { type Diff, diffNames, diffs } from "./diffs";
import type { Taking } from "./useTaking";
import { canAdopt, type Letter, sideName } from "./words";

interface Deeds {
  view: CompareView;
  handle: RefObject<DiffHandle | null>;
  diff: Diff;
  layout: Layout;
  hasFile: boolean;
  decided: boolean;
  /** Adopting was asked for and is not answered yet. */
  asking: boolean;
  judging: boolean;
  openVerdicts: boolean;
  taking: Taking;
  walk: (step: 1 | -1) => void;
  change: (step: 1 | -1) => void;
  swap: () => void;
  setDiff: (diff: Diff) => void;
  setLayout: (layout: Layout) => void;
  setOpenVerdicts: (open: boolean) => void;
  takeFile: (() => void) | undefined;
  takeHunk: (() => void) | undefined;
  editor: (() => void) | undefined;
  judge: (agent: string | null) => void;
  adopt: (letter: Letter) => void;
  terminal: (letter: Letter) => void;
  review: (letter: Letter) => void;
  close: () => void;
}

/** What moves by arrows itself while it has the focus. */
const OWN_ARROWS = "[role=radiogroup], [role=menu], [role=tablist], [role=listbox], [role=separator], select";

const arrowsAreFree = () => !document.activeElement?.closest(OWN_ARROWS);

export function useCompareActions(deeds: Deeds): void {
  const { view, handle, taking, layout, diff } = deeds;
  const act = (
    id: string,
    label: string,
    key: string | null,
    run: () => void,
    when?: () => boolean,
  ): Action => ({
    id: `compare.${id}`,
    label,
    group: "Compare",
    run,
    ...(key && { key }),
    ...(when && { when }),
  });
  const offered = (id: string, label: string, key: string, run: (() => void) | undefined) =>
    act(
      id,
      label,
      key,
      () => run?.(),
      () => run !== undefined,
    );
  const after = diffs[(diffs.indexOf(diff) + 1) % diffs.length] ?? "between";
  const free = () => deeds.hasFile && arrowsAreFree();
  const readable = view.a.head !== null && view.b.head !== null;
  useActions([
    act("next", "Next file", "j", () => deeds.walk(1)),
    act("previous", "Previous file", "k", () => deeds.walk(-1)),
    act("next-change", "Next change", "]", () => deeds.change(1)),
    act("previous-change", "Previous change", "[", () => deeds.change(-1)),
    act("line-down", "Next line", "arrowdown", () => handle.current?.step(1, false), free),
    act("line-up", "Previous line", "arrowup", () => handle.current?.step(-1, false), free),
    ...diffs.map((one) =>
      act(`diff-${one}`, `Show ${diffNames[one].label}`, diffNames[one].key, () => deeds.setDiff(one)),
    ),
    act("next-diff", `Show the next diff: ${diffNames[after].label}`, "v", () => deeds.setDiff(after)),
    offered("take-hunk", "Take this hunk of B, or leave it out", "t", deeds.takeHunk),
    offered("take-file", "Take this file of B, or leave it out", "shift+t", deeds.takeFile),
    act(
      "take",
      taking.count > 0 ? `${takeLabel(taking.parts, "B")} into A` : "Take what is collected",
      "mod+enter",
      () => void taking.send(),
      () => taking.count > 0 && !taking.sending && taking.blocked === null,
    ),
    ...(["A", "B"] as const).flatMap((letter) => {
      const side = letter === "A" ? view.a : view.b;
      const low = letter.toLowerCase();
      return [
        act(
          `adopt-${low}`,
          `Adopt ${letter} ${sideName(side)}`,
          low,
          () => deeds.adopt(letter),
          () => !deeds.asking && canAdopt(side, deeds.decided),
        ),
        act(
          `terminal-${low}`,
          `Terminal of ${letter} ${sideName(side)}`,
          letter === "A" ? "g" : "shift+g",
          () => deeds.terminal(letter),
        ),
        act(`review-${low}`, `Review of ${letter} ${sideName(side)}`, letter === "A" ? "w" : "shift+w", () =>
          deeds.review(letter),
        ),
      ];
    }),
    act("swap", "Swap A and B", "x", deeds.swap),
    act(
      "verdicts",
      deeds.openVerdicts ? "Fold the requirements" : "Show the verdict on each requirement",
      "o",
      () => deeds.setOpenVerdicts(!deeds.openVerdicts),
    ),
    act(
      "judge",
      "Ask a judge, blind and twice",
      null,
      () => deeds.judge(null),
      () => readable && !deeds.judging,
    ),
    offered("editor", "Open A's file in the editor", "e", deeds.editor),
    act("layout", layout === "split" ? "Show the diff unified" : "Show the diff split", "u", () =>
      deeds.setLayout(layout === "split" ? "unified" : "split"),
    ),
    act("filter", "Filter files", "/", () => document.getElementById("compare-filter")?.focus()),
    act("focus", "Go to the diff", "d", () => handle.current?.focus()),
    act("close", deeds.asking ? "Adopt neither yet" : "Back to the plan", "escape", deeds.close),
  ]);
}
