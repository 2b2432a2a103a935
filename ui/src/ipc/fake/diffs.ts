/* Diffs for the fake: a handful of kinds, and one that is large. */

import type { DiffLine } from "../../lib/fileDiff";
import type { ChangedFile } from "../bindings/ChangedFile";
import type { ChangedFiles } from "../bindings/ChangedFiles";
import type { DiffScope } from "../bindings/DiffScope";
import { specialDiff, specialFiles } from "./diffKinds";
import type { FakeDiff } from "./lines";
import { commitId, printOf } from "./shapes";

const before = `impl Backoff {
    pub fn delay(&self, attempt: u32) -> Duration {
        self.base * attempt
    }

    pub fn new(base: Duration) -> Self {
        Self { base }
    }
}
`;

const after = `impl Backoff {
    /// Delay before \`attempt\` (1-based), with full jitter, never above \`max_delay\`.
    pub fn delay(&self, attempt: u32, rng: &mut impl Rng) -> Duration {
        let ceiling = self.base.saturating_mul(1 << (attempt - 1).min(31)).min(self.max_delay);
        rng.random_range(Duration::ZERO..=ceiling)
    }

    /// Attempts after which an item is dead-lettered.
    pub max_attempts: u32,

    pub fn new(base: Duration) -> Self {
        Self { base, max_delay: Duration::from_secs(60) }
    }
}
`;

function file(path: string, more: Partial<ChangedFile> = {}): ChangedFile {
  return {
    path,
    old_path: null,
    status: "modified",
    old_mode: "100644",
    new_mode: "100644",
    added: 0,
    deleted: 0,
    binary: false,
    in_scope: true,
    print: printOf(path),
    ...more,
  };
}

const largeLines = 6000;

/** Of each scope but the whole branch, the files that it holds here. */
const scoped: Partial<Record<DiffScope, RegExp>> = {
  since_review: /retry\.rs$|tests\/queue\.rs$/,
  last_run: /queue\.rs$/,
  uncommitted: /src\/retry\.rs$/,
};

export function changedFiles(task: string, scope: DiffScope, head: string): ChangedFiles {
  const dir = `crates/${task}`;
  const all = specialFiles() ?? [
    file(`${dir}/src/retry.rs`, {
      added: 8,
      deleted: 2,
      // A fix changes it.
      print: printOf(`${dir}/src/retry.rs ${head}`),
    }),
    file(`${dir}/src/queue.rs`, { added: 61, status: "added", old_mode: null }),
    file(`${dir}/src/settings.rs`, { added: 0, status: "renamed", old_path: `${dir}/src/config.rs` }),
    file(`${dir}/src/legacy.rs`, { deleted: 22, status: "deleted", new_mode: null }),
    file(`${dir}/src/tables.rs`, { added: largeLines / 3, deleted: largeLines / 3 }),
    file(`${dir}/tests/queue.rs`, { added: 54, status: "added", old_mode: null }),
    file(`${dir}/logo.png`, { binary: true, added: null, deleted: null }),
    file("scripts/run.sh", { status: "mode_changed", new_mode: "100755", in_scope: task !== "client" }),
  ];
  const only = scoped[scope];
  // Only one task here left something uncommitted.
  const files = !only
    ? all
    : scope === "uncommitted" && task !== "client"
      ? []
      : all
          .filter((f) => only.test(f.path))
          .map((f) => ({ ...f, print: scope === "uncommitted" ? null : printOf(`${scope} ${f.path}`) }));
  const sum = (side: "added" | "deleted") => files.reduce((n, f) => n + (f[side] ?? 0), 0);
  return {
    base: commitId("base"),
    head,
    files,
    added: sum("added"),
    deleted: sum("deleted"),
  };
}

export function fileDiff(path: string, context: number): FakeDiff {
  const special = specialDiff(path, context);
  if (special) return special;
  const diff: FakeDiff = {
    path,
    old_path: null,
    binary: false,
    too_large: null,
    lossy: false,
    old_lines: 0,
    new_lines: 0,
    hunks: [],
  };
  if (path.endsWith(".png")) return { ...diff, binary: true };
  if (path.endsWith("settings.rs")) return { ...diff, old_path: path.replace("settings", "config") };
  if (path.endsWith("run.sh")) return diff;
  if (path.endsWith("tables.rs")) return withLines(diff, largeDiff());
  if (path.endsWith("queue.rs")) return withLines(diff, whole("added", queueText(path)));
  if (path.endsWith("legacy.rs")) return withLines(diff, whole("removed", queueText(path).slice(0, 22)));
  return withLines(diff, changed(before.trimEnd().split("\n"), after.trimEnd().split("\n")));
}

function withLines(diff: FakeDiff, lines: DiffLine[]): FakeDiff {
  const olds = lines.filter((l) => l.old !== null);
  const news = lines.filter((l) => l.new !== null);
  return {
    ...diff,
    old_lines: olds.length,
    new_lines: news.length,
    hunks: [
      {
        old_start: olds[0]?.old ?? 0,
        old_lines: olds.length,
        new_start: news[0]?.new ?? 0,
        new_lines: news.length,
        lines,
      },
    ],
  };
}

function whole(kind: "added" | "removed", texts: string[]): DiffLine[] {
  return texts.map((text, i) => ({
    kind,
    old: kind === "removed" ? i + 1 : null,
    new: kind === "added" ? i + 1 : null,
    text,
  }));
}

function queueText(path: string): string[] {
  const lines = [
    `//! ${path}`,
    "",
    "use std::collections::VecDeque;",
    "",
    "pub struct Queue<T> {",
    "    items: VecDeque<T>,",
    "}",
    "",
  ];
  for (let i = 0; lines.length < 54; i++) {
    lines.push(
      `    #[test]`,
      `    fn keeps_order_${i}() {`,
      `        assert_eq!(queue.pop(), Some(${i}));`,
      "    }",
      "",
    );
  }
  return lines.slice(0, path.includes("tests") ? 54 : 61);
}

/** Common head and tail stay; the middle is replaced. Enough for a picture. */
function changed(olds: string[], news: string[]): DiffLine[] {
  const lines: DiffLine[] = [];
  let o = 0;
  let n = 0;
  while (o < olds.length || n < news.length) {
    const old = olds[o];
    const next = news[n];
    if (old !== undefined && old === next) {
      lines.push({ kind: "context", old: ++o, new: ++n, text: old });
      continue;
    }
    const meet = old === undefined ? -1 : news.indexOf(old, n);
    if (old !== undefined && (meet < 0 || old.trim() === "")) {
      lines.push({ kind: "removed", old: ++o, new: null, text: old });
    } else if (next !== undefined) lines.push({ kind: "added", old: null, new: ++n, text: next });
  }
  return lines;
}

function largeDiff(): DiffLine[] {
  const lines: DiffLine[] = [];
  let o = 0;
  let n = 0;
  for (let i = 0; i < largeLines / 3; i++) {
    lines.push({ kind: "context", old: ++o, new: ++n, text: `    // row ${i}` });
    lines.push({ kind: "removed", old: ++o, new: null, text: `    ("key-${i}", ${i}),` });
    lines.push({ kind: "added", old: null, new: ++n, text: `    ("key-${i}", ${i * 2}, Kind::Plain),` });
  }
  return lines;
}
