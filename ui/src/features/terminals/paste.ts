// What is done with text before it goes to a run by paste or drop. Several lines can be several commands, and
// control characters can be keys: the person sees what is sent, and says so.

/** Text that may be sent: line ends as one sign, no control characters but tab and line end. */
export function harmless(text: string): string {
  const lines = text.replace(/\r\n?/g, "\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return lines.replace(/[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]/g, "");
}

export type PasteQuestion = { text: string; lines: number; preview: string[]; more: number };

/** The question to ask before pasting, or null when one harmless line can simply be sent. */
export function pasteQuestion(text: string, shown = 6): PasteQuestion | null {
  const clean = harmless(text);
  const lines = clean.split("\n");
  if (lines.length === 1 && clean === text) return null;
  const preview = lines.slice(0, shown).map((line) => (line.length > 200 ? `${line.slice(0, 200)}…` : line));
  return { text: clean, lines: lines.length, preview, more: lines.length - preview.length };
}

/** The same text on one line, so that nothing in it runs by itself. */
export function onOneLine(text: string): string {
  return harmless(text)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join(" ");
}

/** What an emulator answers to a program's question (position, attributes, modes): not a key that was pressed. */
export function isReply(data: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: replies begin with escape
  return /^\x1b(\[[?>=]?[\d;]*\$?[cnRyt]$|[P\]_])/.test(data);
}
