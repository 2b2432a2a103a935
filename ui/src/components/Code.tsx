import { SafeText } from "./diff/LineText";

/** A line of markdown as text, with `code` in mono: nothing of it is ever taken for markup. */
export function Code({ text }: { text: string }) {
  return (
    <>
      {text.split(/(`[^`]+`)/).map((part, i) =>
        part.length > 2 && part.startsWith("`") && part.endsWith("`") ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have only their place
          <code key={i} className="mono">
            <SafeText text={part.slice(1, -1)} />
          </code>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text have only their place
          <SafeText key={i} text={part} />
        ),
      )}
    </>
  );
}
