import { Code } from "./Code";

/** What an agent or a person wrote, line by line and as text: nothing of it is ever taken for markup. */
export function TextLines({ text }: { text: string }) {
  return text.split(/\r?\n/).map((line, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines of a fixed text have no other name
    <div key={i}>
      <Code text={line} />
      {line === "" && <br />}
    </div>
  ));
}
