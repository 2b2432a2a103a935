import { SafeText } from "./diff/LineText";

/** What an agent asks, sign by sign: in a command even a backtick means something. */
export function Verbatim({ text }: { text: string }) {
  return text.split(/\r?\n/).map((line, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines of a fixed text have no other name
    <div key={i}>
      <SafeText text={line} />
      {line === "" && <br />}
    </div>
  ));
}
