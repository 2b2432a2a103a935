// Everything that a key does in a review, offered to the registry: the key sheet and the palette show the same.

import type { RefObject } from "react";
import type { DiffHandle } from "../../components/diff/DiffView";
import type { Layout } from "../../components/diff/rows";
import type { DiffScope } from "../../ipc/bindings/DiffScope";
import { type Action, useActions } from "../../lib/actions";
import type { Point } from "./points";
import { scopes } from "./ReviewHead";
import type { Points } from "./usePoints";

type Deeds = {
  diff: RefObject<DiffHandle | null>;
  hasFile: boolean;
  layout: Layout;
  scope: DiffScope;
  points: Points;
  logOpen: boolean;
  walk: (step: 1 | -1) => void;
  change: (step: 1 | -1) => void;
  toggleViewed: (() => void) | undefined;
  editor: (() => void) | undefined;
  comment: (() => void) | undefined;
  go: (point: Point) => void;
  setLayout: (layout: Layout) => void;
  setScope: (scope: DiffScope) => void;
  close: () => void;
};

/** What moves by arrows itself while it has the focus. */
const OWN_ARROWS = "[role=radiogroup], [role=menu], [role=tablist], [role=listbox], [role=separator]";

function arrowsAreFree(): boolean {
  return !document.activeElement?.closest(OWN_ARROWS);
}

export function useReviewActions(deeds: Deeds): void {
  const { diff, points, scope, layout } = deeds;
  const nextPoint = (step: 1 | -1) => {
    const point = points.next(step);
    if (point) deeds.go(point);
  };
  const nextScope = scopes[(scopes.findIndex((one) => one.id === scope) + 1) % scopes.length];
  const step = (id: string, label: string, key: string, by: 1 | -1, extend: boolean): Action => ({
    id: `review.${id}`,
    label,
    group: "Review",
    key,
    when: () => deeds.hasFile && arrowsAreFree(),
    run: () => diff.current?.step(by, extend),
  });
  const act = (id: string, label: string, key: string, run: () => void, when?: () => boolean): Action => ({
    id: `review.${id}`,
    label,
    group: "Review",
    key,
    run,
    ...(when && { when }),
  });
  const { comment, editor, toggleViewed } = deeds;
  useActions([
    act("next", "Next file", "j", () => deeds.walk(1)),
    act("previous", "Previous file", "k", () => deeds.walk(-1)),
    act("nextChange", "Next change", "]", () => deeds.change(1)),
    act("previousChange", "Previous change", "[", () => deeds.change(-1)),
    act("nextFinding", "Next open requirement or finding", "f", () => nextPoint(1)),
    act("previousFinding", "Previous open requirement or finding", "shift+f", () => nextPoint(-1)),
    act(
      "waive",
      "Waive this requirement or finding…",
      "w",
      () => points.point && points.startWaiving(points.point),
      () => points.point !== null && points.isWaivable(points.point),
    ),
    step("lineDown", "Next line", "arrowdown", 1, false),
    step("lineUp", "Previous line", "arrowup", -1, false),
    step("extendDown", "Choose the next line too", "shift+arrowdown", 1, true),
    step("extendUp", "Choose the previous line too", "shift+arrowup", -1, true),
    act(
      "comment",
      "Comment on the chosen lines",
      "c",
      () => comment?.(),
      () => comment !== undefined,
    ),
    act(
      "viewed",
      "Mark as viewed",
      "v",
      () => toggleViewed?.(),
      () => toggleViewed !== undefined,
    ),
    act(
      "editor",
      "Open in editor",
      "e",
      () => editor?.(),
      () => editor !== undefined,
    ),
    act("layout", layout === "split" ? "Show the diff unified" : "Show the diff split", "u", () =>
      deeds.setLayout(layout === "split" ? "unified" : "split"),
    ),
    act(
      "scope",
      `Show ${nextScope?.label.toLowerCase()}`,
      "b",
      () => nextScope && deeds.setScope(nextScope.id),
    ),
    act("findings", points.filter === "open" ? "List all findings" : "List open findings", "o", () =>
      points.setFilter(points.filter === "open" ? "all" : "open"),
    ),
    act("filter", "Filter files", "/", () => document.getElementById("review-filter")?.focus()),
    act("diff", "Go to the diff", "d", () => diff.current?.focus()),
    act("close", deeds.logOpen ? "Close the log" : "Back to the plan", "escape", deeds.close),
  ]);
}
