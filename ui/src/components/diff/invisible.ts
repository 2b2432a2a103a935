// Characters that a reader cannot see or would take for another one, found so that they can be shown
// (Trojan Source: bidirectional controls, zero-width characters, letters of a second script in a word).
//
// Deliberately absent: any judgement whether they are meant well, and any change of the text itself.

/** What is wrong with a character: it reorders, it takes no room, it controls, it is another space, it looks like another letter. */
export type MarkKind = "bidi" | "zero-width" | "control" | "space" | "lookalike";

/** One place in a text to make visible. `start` and `end` are UTF-16 indices. */
export type Mark = {
  start: number;
  end: number;
  kind: MarkKind;
  /** What is shown in place of the character (for a look-alike, the character itself). */
  label: string;
  /** For the tooltip: name and code point. */
  title: string;
};

const PLAIN = /^[\t\x20-\x7e]*$/;

const NAMED: Record<number, [MarkKind, string, string]> = {
  160: ["space", "NBSP", "no-break space"],
  173: ["zero-width", "SHY", "soft hyphen"],
  847: ["zero-width", "CGJ", "combining grapheme joiner"],
  1564: ["bidi", "ALM", "Arabic letter mark"],
  4447: ["zero-width", "HCF", "Hangul filler"],
  4448: ["zero-width", "HJF", "Hangul filler"],
  6158: ["zero-width", "MVS", "Mongolian vowel separator"],
  8203: ["zero-width", "ZWSP", "zero-width space"],
  8204: ["zero-width", "ZWNJ", "zero-width non-joiner"],
  8205: ["zero-width", "ZWJ", "zero-width joiner"],
  8206: ["bidi", "LRM", "left-to-right mark"],
  8207: ["bidi", "RLM", "right-to-left mark"],
  8232: ["control", "LS", "line separator"],
  8233: ["control", "PS", "paragraph separator"],
  8234: ["bidi", "LRE", "left-to-right embedding"],
  8235: ["bidi", "RLE", "right-to-left embedding"],
  8236: ["bidi", "PDF", "pop directional formatting"],
  8237: ["bidi", "LRO", "left-to-right override"],
  8238: ["bidi", "RLO", "right-to-left override"],
  8239: ["space", "NNBSP", "narrow no-break space"],
  8288: ["zero-width", "WJ", "word joiner"],
  8289: ["zero-width", "FA", "invisible function application"],
  8290: ["zero-width", "IT", "invisible times"],
  8291: ["zero-width", "IS", "invisible separator"],
  8292: ["zero-width", "IP", "invisible plus"],
  8294: ["bidi", "LRI", "left-to-right isolate"],
  8295: ["bidi", "RLI", "right-to-left isolate"],
  8296: ["bidi", "FSI", "first strong isolate"],
  8297: ["bidi", "PDI", "pop directional isolate"],
  12288: ["space", "IDSP", "ideographic space"],
  12644: ["zero-width", "HF", "Hangul filler"],
  65279: ["zero-width", "BOM", "zero-width no-break space"],
  65440: ["zero-width", "HHF", "half-width Hangul filler"],
};

/** ASCII's own names of 0x00 to 0x1f. */
const CONTROLS =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(
    " ",
  );

function named(code: number): [MarkKind, string, string] | null {
  const known = NAMED[code];
  if (known) return known;
  if (code === 0x09) return null;
  if (code < 0x20) return ["control", CONTROLS[code] ?? hex(code), "control character"];
  if (code === 0x7f) return ["control", "DEL", "control character"];
  if (code >= 0x80 && code <= 0x9f) return ["control", hex(code), "control character"];
  if (code >= 0x2000 && code <= 0x200a) return ["space", "SP", "unusual space"];
  if (code === 0x205f || code === 0x1680) return ["space", "SP", "unusual space"];
  if (code >= 0x206a && code <= 0x206f) return ["bidi", hex(code), "deprecated format control"];
  if (code >= 0xe0000 && code <= 0xe007f) return ["zero-width", "TAG", "invisible tag character"];
  if (code >= 0xe0100 && code <= 0xe01ef) return ["zero-width", "VS", "invisible variation selector"];
  if (code >= 0xd800 && code <= 0xdfff) return ["control", hex(code), "half of a character"];
  return null;
}

function hex(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

const WORD = /[\p{L}\p{N}_]+/gu;
const LATIN = /\p{Script=Latin}/u;
const OTHER = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u;

function script(letter: string): string {
  if (/\p{Script=Cyrillic}/u.test(letter)) return "Cyrillic";
  if (/\p{Script=Greek}/u.test(letter)) return "Greek";
  if (/\p{Script=Armenian}/u.test(letter)) return "Armenian";
  return "Cherokee";
}

/** Letters of another script inside a word that also has Latin ones. */
function lookalikes(text: string): Mark[] {
  const marks: Mark[] = [];
  if (!OTHER.test(text)) return marks;
  for (const word of text.matchAll(WORD)) {
    if (!LATIN.test(word[0]) || !OTHER.test(word[0])) continue;
    let at = word.index;
    for (const letter of word[0]) {
      if (OTHER.test(letter)) {
        const code = letter.codePointAt(0) ?? 0;
        const title = `${script(letter)} letter in a Latin word, ${hex(code)}`;
        marks.push({ start: at, end: at + letter.length, kind: "lookalike", label: letter, title });
      }
      at += letter.length;
    }
  }
  return marks;
}

/** Everything in `text` that has to be made visible, in order. Plain ASCII costs one test. */
export function invisible(text: string): Mark[] {
  if (PLAIN.test(text)) return [];
  const marks = lookalikes(text);
  let at = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const found = code < 0x20 || code > 0x7e ? named(code) : null;
    if (found) {
      const [kind, label, name] = found;
      marks.push({ start: at, end: at + character.length, kind, label, title: `${name}, ${hex(code)}` });
    }
    at += character.length;
  }
  return marks.sort((a, b) => a.start - b.start);
}
