/** The first of `base`, `base-2`, … that nothing has for its name yet. */
export function free(base: string, taken: readonly { name: string }[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}-${n}`;
    if (!taken.some((t) => t.name === name)) return name;
  }
}
