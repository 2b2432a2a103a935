/*
 * Keys as text ("mod+shift+p", "a", "shift+z"), their match against keyboard events and how they are shown.
 * `mod` is ⌘ on a Mac and Ctrl elsewhere.
 */

export interface KeyStroke {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

export const isMac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** Whether a stroke is one of the alternatives, such as "z mod+z". */
export function matchesKeys(written: string, stroke: KeyStroke, mac = isMac): boolean {
  return written.split(" ").some((one) => matchesKey(one, stroke, mac));
}

/** Whether a stroke is the written key. Shift counts only where it is written or where it makes no other sign. */
export function matchesKey(written: string, stroke: KeyStroke, mac = isMac): boolean {
  const parts = written.toLowerCase().split("+");
  const key = parts.pop() ?? "";
  const mod = parts.includes("mod");
  const ctrl = parts.includes("ctrl") || (mod && !mac);
  const meta = parts.includes("meta") || (mod && mac);
  if (stroke.ctrlKey !== ctrl || stroke.metaKey !== meta || stroke.altKey !== parts.includes("alt"))
    return false;
  if (stroke.key.toLowerCase() !== nameOf(key)) return false;
  const sign = key.length === 1 && !/[a-z0-9]/.test(key);
  return sign || stroke.shiftKey === parts.includes("shift");
}

/** The written form of a stroke, for recording a binding; null while only modifiers are down. */
export function writeKey(stroke: KeyStroke, mac = isMac): string | null {
  if (["Control", "Shift", "Alt", "Meta"].includes(stroke.key)) return null;
  const key = stroke.key === " " ? "space" : stroke.key.toLowerCase();
  const parts: string[] = [];
  if (mac ? stroke.metaKey : stroke.ctrlKey) parts.push("mod");
  if (mac && stroke.ctrlKey) parts.push("ctrl");
  if (!mac && stroke.metaKey) parts.push("meta");
  if (stroke.altKey) parts.push("alt");
  if (stroke.shiftKey && (key.length > 1 || /[a-z0-9]/.test(key))) parts.push("shift");
  parts.push(key === "+" ? "plus" : key);
  return parts.join("+");
}

const signs: Record<string, string> = {
  enter: "⏎",
  escape: "Esc",
  delete: "Del",
  backspace: "⌫",
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  space: "Space",
  pagedown: "PgDn",
  pageup: "PgUp",
  home: "Home",
  end: "End",
  tab: "Tab",
  plus: "+",
};

/** How a key is shown: "⌘K" on a Mac, "Ctrl+Shift+P" elsewhere. */
export function showKey(written: string, mac = isMac): string {
  const [first = ""] = written.split(" ");
  const parts = first.split("+").map((part) => {
    if (part === "mod") return mac ? "⌘" : "Ctrl";
    if (part === "shift") return mac ? "⇧" : "Shift";
    if (part === "alt") return mac ? "⌥" : "Alt";
    if (part === "ctrl") return mac ? "⌃" : "Ctrl";
    if (part === "meta") return mac ? "⌘" : "Super";
    return signs[part] ?? part.toUpperCase();
  });
  return parts.join(mac ? "" : "+");
}

/** Whether plain letters belong to what has the focus (text, terminal) and not to the page. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target.closest("[data-keys='own'], .xterm")) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button"].includes(target.type);
}

function nameOf(key: string): string {
  if (key === "space") return " ";
  if (key === "plus") return "+";
  return key;
}
