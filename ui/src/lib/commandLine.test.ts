import { expect, test } from "vitest";
import { lineOf, wordsOf } from "./commandLine";

test.each([
  ["sh agent.sh", ["sh", "agent.sh"]],
  ['claude --print "do it now"', ["claude", "--print", "do it now"]],
  ["sh -c 'echo \"hi\"'", ["sh", "-c", 'echo "hi"']],
])("%s is split as a shell would", (line, words) => expect(wordsOf(line)).toEqual(words));

test("a command is written so that it reads back", () => {
  for (const words of [
    ["a", "b c"],
    ['say "hi"', "\\"],
    ["", "x"],
  ])
    expect(wordsOf(lineOf(words))).toEqual(words);
});
