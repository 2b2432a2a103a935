/*
 * Diffs that are hard to show, for the fake: `?diff=crowded` gives an attempt 1,000 files, one of them with 100,000
 * lines; `?diff=odd` one file of every kind that needs more than lines.
 */

import type { DiffLine, Hunk } from "../../lib/fileDiff";
import type { ChangedFile } from "../bindings/ChangedFile";
import type { FakeDiff } from "./lines";
import { printOf } from "./shapes";

const asked = () =>
  typeof window === "undefined" ? null : new URLSearchParams(window.location.search).get("diff");

function file(path: string, over: Partial<ChangedFile> = {}): ChangedFile {
  const modes = { old_mode: "100644", new_mode: "100644" };
  const counts = { added: 3, deleted: 1, binary: false };
  return {
    path,
    old_path: null,
    status: "modified",
    ...modes,
    ...counts,
    in_scope: true,
    print: printOf(path),
    ...over,
  };
}

/** The files asked for in the address; null when none were. */
export function specialFiles(): ChangedFile[] | null {
  if (asked() === "crowded") return crowded();
  return asked() === "odd" ? odd() : null;
}

function crowded(): ChangedFile[] {
  const files = [file("data/tables.rs", { added: 66_667, deleted: 33_333 })];
  const areas = ["billing", "search", "sessions", "storage", "uploads", "webhooks", "workers"];
  for (let i = 0; i < 999; i++) {
    const area = areas[i % areas.length];
    const folder = ["src", "src/model", "src/routes/admin", "tests"][Math.floor(i / 7) % 4];
    const status = i % 11 === 0 ? "added" : i % 17 === 0 ? "deleted" : "modified";
    files.push(
      file(`crates/${area}/${folder}/part_${String(i).padStart(3, "0")}.rs`, {
        status,
        old_mode: status === "added" ? null : "100644",
        new_mode: status === "deleted" ? null : "100644",
        added: status === "deleted" ? 0 : (i * 7) % 120,
        deleted: status === "added" ? 0 : (i * 3) % 40,
        in_scope: i % 97 !== 0,
      }),
    );
  }
  return files;
}

function odd(): ChangedFile[] {
  return [
    file("assets/logo.png", { binary: true, added: null, deleted: null }),
    file("data/dump.sql", { added: 2_000_000, deleted: 0 }),
    file("docs/current", { status: "type_changed", new_mode: "120000" }),
    file("docs/latin1.txt"),
    file("scripts/run.sh", { status: "mode_changed", new_mode: "100755", added: 0, deleted: 0 }),
    file("src/endings.txt"),
    file("src/mixed.txt"),
    file("src/trojan.rs", { in_scope: false }),
    file("src/long.js"),
    file("src/name\u202etxt.rs", { status: "added", old_mode: null, added: 1, deleted: 0 }),
    file("src/regions.rs"),
    file("src/settings.rs", { status: "renamed", old_path: "src/config.rs", added: 1, deleted: 1 }),
    file("vendor/lib", { status: "submodule", old_mode: "160000", new_mode: "160000", added: 1, deleted: 1 }),
  ];
}

/** Lines that start with " ", "-" or "+"; a trailing "\r" is a carriage return, "\\" no newline at the end. */
function hunk(oldStart: number, newStart: number, texts: readonly string[]): Hunk {
  let [old, now] = [oldStart, newStart];
  const lines = texts.map((raw): DiffLine => {
    const cr = raw.endsWith("\r");
    const bare = raw.endsWith("\\");
    const text = raw.slice(1, cr || bare ? -1 : undefined);
    const ends = { ...(cr ? { cr } : {}), ...(bare ? { no_newline: true } : {}) };
    if (raw[0] === "-") return { kind: "removed", old: old++, new: null, text, ...ends };
    if (raw[0] === "+") return { kind: "added", old: null, new: now++, text, ...ends };
    return { kind: "context", old: old++, new: now++, text, ...ends };
  });
  return {
    old_start: oldStart,
    old_lines: old - oldStart,
    new_start: newStart,
    new_lines: now - newStart,
    lines,
  };
}

function diffOf(path: string, hunks: Hunk[], over: Partial<FakeDiff> = {}): FakeDiff {
  const last = hunks[hunks.length - 1];
  return {
    path,
    old_path: null,
    binary: false,
    too_large: null,
    lossy: false,
    old_lines: last ? last.old_start + last.old_lines - 1 : 0,
    new_lines: last ? last.new_start + last.new_lines - 1 : 0,
    hunks,
    ...over,
  };
}

const regionText = (i: number) =>
  i % 12 === 0
    ? `pub fn region_${i}(input: &str) -> Result<u32> {`
    : i % 12 === 11
      ? "}"
      : `    let step_${i} = parse(input, ${i})?;`;

/** 240 lines with three changes far apart, with `context` lines around each. */
function regions(path: string, context: number): FakeDiff {
  const changes = [40, 41, 130, 200];
  const keep = (i: number) => changes.some((at) => Math.abs(at - i) <= context);
  const hunks: Hunk[] = [];
  let shift = 0;
  for (let i = 1; i <= 240; i++) {
    if (!keep(i)) continue;
    const [start, newStart] = [i, i + shift];
    const lines: string[] = [];
    for (; i <= 240 && keep(i); i++) {
      const text = regionText(i);
      if (!changes.includes(i)) lines.push(` ${text}`);
      else {
        lines.push(`-${text}`, `+${text.replace("parse", "parse_strict")}`);
        if (i === 130) {
          lines.push("+    // One more look: an empty region is an error.");
          shift++;
        }
      }
    }
    hunks.push(hunk(start, newStart, sorted(lines)));
  }
  return diffOf(path, hunks, { old_lines: 240, new_lines: 240 + shift });
}

/** Removed lines of a run before its added ones, as git writes them. */
function sorted(lines: readonly string[]): string[] {
  const out: string[] = [];
  let added: string[] = [];
  for (const line of lines) {
    if (line[0] === "+") added.push(line);
    else if (line[0] === "-") out.push(line);
    else {
      out.push(...added, line);
      added = [];
    }
  }
  return [...out, ...added];
}

function huge(path: string): FakeDiff {
  const lines: string[] = [];
  for (let i = 0; i < 33_333; i++) {
    lines.push(`     // row ${i}`, `-    ("key-${i}", ${i}),`, `+    ("key-${i}", ${i * 2}, Kind::Plain),`);
    if (i % 2 === 0) lines.push(`+    ("more-${i}", ${i}, Kind::Derived { from: ${i} }),`);
  }
  return diffOf(path, [hunk(1, 1, lines)]);
}

const TROJAN = [
  " fn authorise(user: &User) -> bool {",
  "-    user.is_admin()",
  "+    /*\u202e } \u2066if user.is_admin()\u2069 \u2066 begin admins only */",
  '+    let p\u0430ssword = "zero\u200bwidth\u00a0space";',
  "+    true // \u0007 bell",
  " }\\",
];

export function specialDiff(path: string, context: number): FakeDiff | null {
  if (asked() === "crowded" && path === "data/tables.rs") return huge(path);
  if (asked() !== "odd") return null;
  switch (path) {
    case "assets/logo.png":
      return diffOf(path, [], { binary: true });
    case "data/dump.sql":
      return diffOf(path, [], { too_large: "41 MiB in 2,000,000 lines, which is more than is shown here" });
    case "docs/current":
      return diffOf(path, [hunk(1, 1, ["-# Guide", "-", "+v2/guide.md\\"])]);
    case "docs/latin1.txt":
      return diffOf(path, [hunk(1, 1, ["-caf\ufffd", "+caf\ufffd au lait"])], { lossy: true });
    case "scripts/run.sh":
      return diffOf(path, []);
    case "src/endings.txt":
      return diffOf(path, [hunk(1, 1, ["-one", "-two", "+one\r", "+two\r"])]);
    case "src/mixed.txt":
      return diffOf(path, [hunk(1, 1, [" same\r", "-old\r", "+new", " end"])]);
    case "src/trojan.rs":
      return diffOf(path, [hunk(1, 1, TROJAN)]);
    case "src/long.js":
      return diffOf(path, [hunk(1, 1, ["-var a=1;", `+var a=[${"1234567890,".repeat(2000)}];`, " // end"])]);
    case "src/regions.rs":
      return regions(path, context);
    case "src/settings.rs":
      return diffOf(
        path,
        [hunk(3, 3, [" pub struct Settings {", "-    retries: u8,", "+    retries: u32,", " }"])],
        {
          old_path: "src/config.rs",
        },
      );
    case "vendor/lib":
      return diffOf(path, [
        hunk(1, 1, [
          "-Subproject commit 90be1129f0a4c3d2e1b0a9f8e7d6c5b4a3928170",
          "+Subproject commit 3f2a91c0d4e5f6a7b8c9d0e1f2a3b4c5d6e7f809",
        ]),
      ]);
    default:
      return diffOf(path, [hunk(1, 1, ["+// A file whose name is not what it seems."])]);
  }
}
