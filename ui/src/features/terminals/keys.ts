// Which keys a terminal leaves to the page: the palette's, the one that leaves the terminal, and the few of the
// terminal itself while they apply (copy with a selection). Everything else goes to the run.

import { type Action, keyOf } from "../../lib/actions";
import { matchesKey } from "../../lib/keys";

export function isPageKey(event: KeyboardEvent, actions: readonly Action[]): boolean {
  if (event.type !== "keydown") return false;
  for (const action of actions) {
    if (action.id !== "app.palette" && !action.id.startsWith("terminal.")) continue;
    const key = action.everywhere ? keyOf(action) : undefined;
    if (key && matchesKey(key, event) && (action.when?.() ?? true)) return true;
  }
  // The browser's own paste, which arrives as an event with the text.
  return matchesKey("mod+shift+v", event);
}
