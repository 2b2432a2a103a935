// Which words of a pair of changed lines differ, and which removed line belongs to which added one.
//
// Deliberately absent: the line diff itself (git's), and anything that grows with the file: every step
// is bounded, and beyond the bound the whole line counts as changed.

/** UTF-16 indices, end exclusive. */
export type Range = { start: number; end: number };

export type WordDiff = { removed: Range[]; added: Range[] };

const TOKEN = /[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu;

/** Longer lines are compared by their common beginning and end only. */
const MAX_TOKENS = 300;

/** Below this likeness two lines are two lines, and painting words would be noise. */
const ALIKE = 0.35;

export function tokens(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

function lengthOf(list: string[], from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += list[i]?.length ?? 0;
  return sum;
}

/** The words that differ between two lines; `null` when they have too little in common to say. */
export function wordDiff(before: string, after: string): WordDiff | null {
  if (before === after) return { removed: [], added: [] };
  const a = tokens(before);
  const b = tokens(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail++;

  const aMid = a.slice(head, a.length - tail);
  const bMid = b.slice(head, b.length - tail);
  const keptA = new Uint8Array(aMid.length);
  const keptB = new Uint8Array(bMid.length);
  if (aMid.length > 0 && bMid.length > 0 && aMid.length <= MAX_TOKENS && bMid.length <= MAX_TOKENS) {
    keepCommon(aMid, bMid, keptA, keptB);
  }
  const start = lengthOf(a, 0, head);
  const removed = ranges(aMid, keptA, start);
  const added = ranges(bMid, keptB, start);

  const changed = span(removed, before) + span(added, after);
  const visible = before.trim().length + after.trim().length;
  if (visible > 0 && 1 - changed / visible < ALIKE) return null;
  return { removed, added };
}

/** Length of the ranges without the white space in them: indentation is not likeness. */
function span(list: Range[], text: string): number {
  let sum = 0;
  for (const range of list) sum += text.slice(range.start, range.end).replace(/\s+/g, "").length;
  return sum;
}

/** Marks a longest common subsequence. */
function keepCommon(a: string[], b: string[], keptA: Uint8Array, keptB: Uint8Array): void {
  const width = b.length + 1;
  const best = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const down = best[(i + 1) * width + j] ?? 0;
      const right = best[i * width + j + 1] ?? 0;
      const same = a[i] === b[j] ? (best[(i + 1) * width + j + 1] ?? 0) + weight(a[i] ?? "") : 0;
      best[i * width + j] = Math.max(down, right, same);
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const here = best[i * width + j] ?? 0;
    if (a[i] === b[j] && here === (best[(i + 1) * width + j + 1] ?? 0) + weight(a[i] ?? "")) {
      keptA[i++] = 1;
      keptB[j++] = 1;
    } else if (here === (best[(i + 1) * width + j] ?? 0)) i++;
    else j++;
  }
}

/** Long words anchor an alignment; punctuation and blanks hardly do. */
function weight(token: string): number {
  return /[\p{L}\p{N}_]/u.test(token) ? 2 + Math.min(token.length, 20) : 1;
}

/** Ranges of the tokens that were not kept; a blank alone between two changes joins them. */
function ranges(list: string[], kept: Uint8Array, start: number): Range[] {
  const out: Range[] = [];
  let at = start;
  for (let i = 0; i < list.length; i++) {
    const token = list[i] ?? "";
    const end = at + token.length;
    const last = out[out.length - 1];
    const bridges =
      kept[i] === 1 && last?.end === at && /^\s+$/.test(token) && i + 1 < list.length && kept[i + 1] === 0;
    if (kept[i] === 0 || bridges) {
      if (last && last.end === at) last.end = end;
      else out.push({ start: at, end });
    }
    at = end;
  }
  return out;
}

/** A line's words with how often each occurs, and their length altogether; blanks left out. */
export type Bag = { words: Map<string, number>; size: number };

/** How alike two lines are, 0 to 1, by the words that they share. */
export function likeness(a: Bag, b: Bag): number {
  const total = a.size + b.size;
  if (total === 0) return 0;
  // No more than all of the smaller one can be shared.
  if (2 * Math.min(a.size, b.size) < ALIKE * total) return 0;
  let shared = 0;
  for (const [token, count] of a.words) {
    const other = b.words.get(token);
    if (other !== undefined) shared += token.length * Math.min(count, other);
  }
  return (2 * shared) / total;
}

const BLANK = /^\s/;

export function bag(text: string): Bag {
  const words = new Map<string, number>();
  let size = 0;
  for (const token of tokens(text.length > 2000 ? text.slice(0, 2000) : text)) {
    if (BLANK.test(token)) continue;
    words.set(token, (words.get(token) ?? 0) + 1);
    size += token.length;
  }
  return { words, size };
}

/** Lines that stand beside each other and share so much are taken for each other without a look at the rest. */
const BESIDE = 0.6;

/** Whether two lines share so much at their ends, indentation aside: what most changed lines do, and quick to see. */
function beginAndEndAlike(before: string, after: string): boolean {
  const [a, b] = [before.trim(), after.trim()];
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a.charCodeAt(head) === b.charCodeAt(head)) head++;
  let tail = 0;
  while (tail < shorter - head && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail))
    tail++;
  return 2 * (head + tail) >= BESIDE * (a.length + b.length);
}

/** Comparisons that pairing by words is worth. */
export const CELLS = 1600;

/**
 * Pairs the removed lines of a block with its added lines, in order: for each removed line the index of its
 * added line or -1. Above `cells` comparisons the first goes with the first, the second with the second.
 */
export function pairLines(removed: string[], added: string[], cells = CELLS): Int32Array {
  const pairs = new Int32Array(removed.length).fill(-1);
  if (removed.length === 0 || added.length === 0) return pairs;
  if (removed.length * added.length > cells) {
    for (let i = 0; i < Math.min(removed.length, added.length); i++) pairs[i] = i;
    return pairs;
  }
  if (removed.length === added.length && removed.every((line, i) => beginAndEndAlike(line, added[i] ?? ""))) {
    return pairs.map((_, i) => i);
  }
  const a = removed.map(bag);
  const b = added.map(bag);
  const beside = (line: Bag, i: number) => {
    const other = b[i];
    return other !== undefined && likeness(line, other) >= BESIDE;
  };
  if (a.length === b.length && a.every(beside)) return pairs.map((_, i) => i);
  const width = b.length + 1;
  const alike = new Float64Array(a.length * b.length);
  const best = new Float64Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const [left, right] = [a[i], b[j]];
      const like = left && right ? likeness(left, right) : 0;
      alike[i * b.length + j] = like;
      const pair = like >= ALIKE ? like + (best[(i + 1) * width + j + 1] ?? 0) : 0;
      best[i * width + j] = Math.max(pair, best[(i + 1) * width + j] ?? 0, best[i * width + j + 1] ?? 0);
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const here = best[i * width + j] ?? 0;
    const like = alike[i * b.length + j] ?? 0;
    if (like >= ALIKE && here === like + (best[(i + 1) * width + j + 1] ?? 0)) pairs[i++] = j++;
    else if (here === (best[(i + 1) * width + j] ?? 0)) i++;
    else j++;
  }
  return pairs;
}
