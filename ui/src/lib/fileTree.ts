// The changed files as a tree of folders, flattened into the rows that a virtual list shows. Pure.

import type { ChangedFile } from "../ipc/bindings/ChangedFile";
import type { FileStatus } from "../ipc/bindings/FileStatus";
import { nameOf } from "./path";

export type FolderRow = {
  kind: "folder";
  path: string;
  name: string;
  depth: number;
  open: boolean;
  files: number;
};
export type FileRow = { kind: "file"; file: ChangedFile; name: string; depth: number };
export type TreeRow = FolderRow | FileRow;

type Folder = { path: string; name: string; folders: Map<string, Folder>; files: ChangedFile[] };

const folder = (path: string, name: string): Folder => ({ path, name, folders: new Map(), files: [] });

/** Every word of the filter occurs in the path. */
export function filterFiles(files: readonly ChangedFile[], filter: string): readonly ChangedFile[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return files;
  return files.filter((file) => {
    const path = file.path.toLowerCase();
    return words.every((word) => path.includes(word));
  });
}

/** Lines of all these files. */
export function countsOf(files: readonly ChangedFile[]): { added: number; deleted: number } {
  const sum = { added: 0, deleted: 0 };
  for (const { added, deleted } of files) {
    sum.added += added ?? 0;
    sum.deleted += deleted ?? 0;
  }
  return sum;
}

function grow(files: readonly ChangedFile[]): Folder {
  const root = folder("", "");
  for (const file of files) {
    const parts = file.path.split("/");
    let at = root;
    for (const part of parts.slice(0, -1)) {
      const path = at.path === "" ? part : `${at.path}/${part}`;
      const next = at.folders.get(part) ?? folder(path, part);
      at.folders.set(part, next);
      at = next;
    }
    at.files.push(file);
  }
  return root;
}

function filesIn(at: Folder): number {
  let sum = at.files.length;
  for (const child of at.folders.values()) sum += filesIn(child);
  return sum;
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Rows in reading order: folders before files, chains of single folders on one row. */
export function treeRows(files: readonly ChangedFile[], closed: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (at: Folder, depth: number) => {
    for (const child of [...at.folders.values()].sort(byName)) {
      let end = child;
      let name = child.name;
      while (end.files.length === 0 && end.folders.size === 1) {
        const [only] = end.folders.values();
        if (!only) break;
        name = `${name}/${only.name}`;
        end = only;
      }
      const open = !closed.has(end.path);
      rows.push({ kind: "folder", path: end.path, name, depth, open, files: filesIn(end) });
      if (open) walk(end, depth + 1);
    }
    const own = at.files.map((file) => ({ file, name: nameOf(file.path) })).sort(byName);
    for (const { file, name } of own) rows.push({ kind: "file", file, name, depth });
  };
  walk(grow(files), 0);
  return rows;
}

/** The files in the order of the tree, whatever is closed: what j and k walk along. */
export function treeOrder(files: readonly ChangedFile[]): ChangedFile[] {
  return treeRows(files, new Set()).flatMap((row) => (row.kind === "file" ? [row.file] : []));
}

export const statusLetter: Record<FileStatus, { letter: string; word: string }> = {
  added: { letter: "A", word: "added" },
  deleted: { letter: "D", word: "deleted" },
  modified: { letter: "M", word: "modified" },
  renamed: { letter: "R", word: "renamed" },
  copied: { letter: "C", word: "copied" },
  type_changed: { letter: "T", word: "type changed" },
  mode_changed: { letter: "X", word: "mode changed" },
  submodule: { letter: "S", word: "submodule" },
};
