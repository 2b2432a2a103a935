// Colours source text away from the page's thread. highlight.js (through lowlight, which gives a tree and no
// HTML) because it is synchronous, small and complete enough in 37 languages, needs no WebAssembly and no
// `eval` under our content policy. Its grammars are regular expressions, so a hostile text may make it hang:
// whoever asks sets a time limit and ends the worker.

import { common, createLowlight } from "lowlight";
import type { SyntaxReply, SyntaxRequest } from "./messages";
import { spansOf } from "./spans";

const lowlight = createLowlight(common);

self.onmessage = (event: MessageEvent<SyntaxRequest>) => {
  const { id, language, text } = event.data;
  const reply: SyntaxReply = { id, lines: null };
  try {
    if (lowlight.registered(language)) reply.lines = spansOf(lowlight.highlight(language, text));
  } catch {
    // A grammar's own failure: the text stays plain.
  }
  self.postMessage(reply);
};
