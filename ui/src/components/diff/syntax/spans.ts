// A highlighter's tree, flattened into coloured pieces per line. Pure, so that it runs in the worker and in tests.

import type { Span } from "../segments";

/** The part of a hast tree that is read here. */
export type Tree = {
  type: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: readonly Tree[];
};

/** Highlighter classes → the few names that the page colours. */
const NAMES = new Map(
  Object.entries({
    addition: "string",
    attr: "property",
    attribute: "property",
    built_in: "type",
    bullet: "keyword",
    char: "string",
    class: "type",
    code: "string",
    comment: "comment",
    deletion: "keyword",
    doctag: "comment",
    function: "function",
    keyword: "keyword",
    link: "string",
    literal: "number",
    meta: "meta",
    name: "keyword",
    number: "number",
    operator: "",
    params: "",
    property: "property",
    punctuation: "",
    quote: "comment",
    regexp: "string",
    section: "function",
    "selector-attr": "property",
    "selector-class": "type",
    "selector-id": "type",
    "selector-pseudo": "keyword",
    "selector-tag": "keyword",
    string: "string",
    strong: "keyword",
    subst: "",
    symbol: "number",
    tag: "",
    "template-variable": "property",
    title: "function",
    type: "type",
    variable: "",
  }),
);

function nameOf(tree: Tree, inherited: string): string {
  const classes = tree.properties?.className;
  if (!Array.isArray(classes)) return inherited;
  if (classes.includes("class_")) return "type";
  for (const one of classes) {
    if (typeof one !== "string") continue;
    const found = NAMES.get(one.replace(/^hljs-/, ""));
    if (found !== undefined) return found === "" ? inherited : found;
  }
  return inherited;
}

/** Pieces per line of the text that `tree` holds; lines are separated by "\n". */
export function spansOf(tree: Tree): Span[][] {
  const lines: Span[][] = [[]];
  let column = 0;
  const text = (value: string, name: string) => {
    value.split("\n").forEach((part, index) => {
      if (index > 0) {
        lines.push([]);
        column = 0;
      }
      if (part.length === 0) return;
      const end = column + part.length;
      const line = lines[lines.length - 1];
      const last = line?.[line.length - 1];
      if (name !== "" && line) {
        if (last && last.end === column && last.name === name) last.end = end;
        else line.push({ start: column, end, name });
      }
      column = end;
    });
  };
  const walk = (node: Tree, inherited: string) => {
    if (node.type === "text") text(node.value ?? "", inherited);
    else {
      const name = nameOf(node, inherited);
      for (const child of node.children ?? []) walk(child, name);
    }
  };
  walk(tree, "");
  return lines;
}
