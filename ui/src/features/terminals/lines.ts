/** The last `count` lines of a text that say something, long ones cut. */
export function lastLines(text: string, count: number, width = 160): string[] {
  const lines = text.split("\n").map((line) => line.replace(/\s+$/, ""));
  while (lines.length > 0 && lines[lines.length - 1] === "") lines.pop();
  return lines.slice(-count).map((line) => (line.length > width ? `${line.slice(0, width)}…` : line));
}
