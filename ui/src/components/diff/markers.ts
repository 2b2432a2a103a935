// What has to be said about a file as a whole, in sentences: renames, modes, links, submodules, line ends,
// bytes that are no text. Pure.

import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import type { FileDiff } from "../../lib/fileDiff";

export type FileMarker = {
  kind: "rename" | "mode" | "link" | "submodule" | "binary" | "large" | "lossy" | "line-ends" | "empty";
  text: string;
};

const LINK = "120000";
const SUBMODULE = "160000";

/** Octal mode → what a person calls it. */
export function modeWord(mode: string | null): string {
  switch (mode) {
    case null:
      return "nothing";
    case "100755":
      return "executable file";
    case LINK:
      return "symbolic link";
    case SUBMODULE:
      return "submodule";
    case "040000":
      return "folder";
    default:
      return "file";
  }
}

export function markersOf(file: ChangedFile, diff: FileDiff | null): FileMarker[] {
  const out: FileMarker[] = [];
  const { old_mode: before, new_mode: after } = file;
  if (file.old_path && file.old_path !== file.path) {
    out.push({
      kind: "rename",
      text: `${file.status === "copied" ? "Copied" : "Renamed"} from ${file.old_path}`,
    });
  }
  if (before === SUBMODULE || after === SUBMODULE) {
    out.push({ kind: "submodule", text: "Submodule: the lines below are the commits it points to" });
  } else if (before && after && before !== after) {
    const typeChanged = before === LINK || after === LINK;
    const words = typeChanged || modeWord(before) !== modeWord(after);
    const text = words
      ? `Was ${article(modeWord(before))}, is ${article(modeWord(after))} (${before} → ${after})`
      : `Mode ${before} → ${after}`;
    out.push({ kind: typeChanged ? "link" : "mode", text });
  } else if (after === LINK || (after === null && before === LINK)) {
    out.push({ kind: "link", text: "Symbolic link: the line below is the path it points to" });
  } else if (file.status === "added" && after === "100755") {
    out.push({ kind: "mode", text: "Executable file" });
  }
  if (file.binary || diff?.binary)
    out.push({ kind: "binary", text: "Binary file: its content is not shown" });
  if (!diff) return out;
  if (diff.too_large) out.push({ kind: "large", text: sentence(diff.too_large) });
  if (diff.lossy)
    out.push({ kind: "lossy", text: "Not all bytes are UTF-8: those that are not show as \ufffd" });
  const only = diff.only_ends;
  if (only === "mixed")
    out.push({ kind: "line-ends", text: "Only line ends changed: now mixed, ␍ marks CRLF" });
  else if (only) out.push({ kind: "line-ends", text: `Only line ends changed: now ${only.toUpperCase()}` });
  else if (diff.ends === "crlf") out.push({ kind: "line-ends", text: "Lines end with CRLF" });
  else if (diff.ends === "mixed") {
    out.push({ kind: "line-ends", text: "Mixed line ends: ␍ marks a carriage return" });
  }
  const shownBody = diff.hunks.length > 0 || diff.binary || file.binary || diff.too_large !== null;
  if (!shownBody && (file.status === "added" || file.status === "deleted")) {
    out.push({ kind: "empty", text: file.status === "added" ? "Empty file added" : "Empty file deleted" });
  }
  return out;
}

function article(noun: string): string {
  return noun === "nothing" ? noun : `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
