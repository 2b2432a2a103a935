import { expect, test } from "vitest";
import type { ChangedFile } from "../../ipc/bindings/ChangedFile";
import { told } from "../../ipc/fake/lines";
import { type DiffLine, type FileDiff, placed } from "../../lib/fileDiff";
import { markersOf } from "./markers";

const file: ChangedFile = {
  path: "a",
  old_path: null,
  status: "modified",
  old_mode: "100644",
  new_mode: "100644",
  added: 1,
  deleted: 1,
  binary: false,
  in_scope: true,
  print: null,
};

function diff(lines: DiffLine[], more: Partial<FileDiff> = {}): FileDiff {
  const on = (side: "old" | "new") => lines.filter((line) => line[side] !== null).length;
  const hunk = { old_start: 1, old_lines: on("old"), new_start: 1, new_lines: on("new"), lines };
  const facts = {
    path: "a",
    old_path: null,
    binary: false,
    too_large: null,
    lossy: false,
    old_lines: 1,
    new_lines: 1,
  };
  return { ...placed(told({ ...facts, hunks: lines.length > 0 ? [hunk] : [] })), ...more };
}

const removed = (text: string, cr = false): DiffLine => ({ kind: "removed", old: 1, new: null, text, cr });
const added = (text: string, cr = false): DiffLine => ({ kind: "added", old: null, new: 1, text, cr });
const said = (changed: Partial<ChangedFile>, d: FileDiff | null = null) =>
  markersOf({ ...file, ...changed }, d).map((marker) => marker.text);

test("an ordinary change has nothing to say", () => {
  expect(said({}, diff([removed("a"), added("b")]))).toEqual([]);
});

test("rename, mode, link and submodule are said", () => {
  expect(said({ status: "renamed", old_path: "b", new_mode: "100755" })).toEqual([
    "Renamed from b",
    "Was a file, is an executable file (100644 → 100755)",
  ]);
  expect(said({ status: "type_changed", new_mode: "120000" })).toEqual([
    "Was a file, is a symbolic link (100644 → 120000)",
  ]);
  expect(said({ old_mode: "120000", new_mode: "120000" })).toEqual([
    "Symbolic link: the line below is the path it points to",
  ]);
  expect(said({ status: "submodule", old_mode: "160000", new_mode: "160000" })).toEqual([
    "Submodule: the lines below are the commits it points to",
  ]);
});

test("binary, too large, lossy and empty files are said", () => {
  expect(said({ binary: true })).toEqual(["Binary file: its content is not shown"]);
  expect(said({}, diff([], { too_large: "41 MB, 2,000,000 lines" }))).toEqual(["41 MB, 2,000,000 lines"]);
  expect(said({}, diff([added("\ufffd")], { lossy: true }))).toEqual([
    "Not all bytes are UTF-8: those that are not show as \ufffd",
  ]);
  expect(said({ status: "added", old_mode: null }, diff([]))).toEqual(["Empty file added"]);
});

test("line ends: only they changed, all CRLF, mixed", () => {
  expect(said({}, diff([removed("a"), added("a", true)]))).toEqual(["Only line ends changed: now CRLF"]);
  expect(said({}, diff([removed("a", true), added("a")]))).toEqual(["Only line ends changed: now LF"]);
  expect(said({}, diff([removed("a", true), added("b", true)]))).toEqual(["Lines end with CRLF"]);
  const kept: DiffLine = { kind: "context", old: 2, new: 2, text: "b" };
  expect(said({}, diff([removed("a"), added("a", true), kept]))).toEqual([
    "Only line ends changed: now mixed, ␍ marks CRLF",
  ]);
  expect(said({}, diff([removed("a", true), added("b")]))).toEqual([
    "Mixed line ends: ␍ marks a carriage return",
  ]);
  expect(said({}, diff([removed("a", true), { ...added("b"), no_newline: true }]))).toEqual([
    "Lines end with CRLF",
  ]);
});
