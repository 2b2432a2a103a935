/*
 * Whether two scopes may touch the same files, judged by the fixed part of their globs. Rough on purpose: it may say
 * "perhaps" too often and never "no" wrongly. The engine's own analysis decides; this only points.
 */

/** A glob's path up to its first wildcard. */
export function fixedPart(glob: string): string {
  const at = glob.search(/[*?[{]/);
  return at < 0 ? glob : glob.slice(0, at);
}

/** Whether two globs may match a common file. */
export function mayMeet(a: string, b: string): boolean {
  const [x, y] = [fixedPart(a), fixedPart(b)];
  return x.startsWith(y) || y.startsWith(x);
}

/** Whether two scopes may share a file; null is the whole repository. */
export function scopesMayMeet(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (a === null || b === null) return true;
  return a.some((x) => b.some((y) => mayMeet(x, y)));
}
