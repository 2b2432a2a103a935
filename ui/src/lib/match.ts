/**
 * How well a text answers what was typed: 0 when a word of it is missing, more where words begin with it, most where
 * the text itself does. No guessing at scattered letters, so that what is typed is what is found.
 */
export function matchScore(text: string, typed: string): number {
  const lower = text.toLowerCase();
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  let score = 1;
  for (const word of words) {
    const at = lower.indexOf(word);
    if (at < 0) return 0;
    const begins = at === 0 || new RegExp(`[^\\p{L}\\p{N}]${escapeRegExp(word)}`, "u").test(lower);
    score *= at === 0 ? 1 : begins ? 0.8 : 0.4;
  }
  return score;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
