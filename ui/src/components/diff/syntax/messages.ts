// What crosses between the page and the highlighting worker.

import type { Span } from "../segments";

export type SyntaxRequest = { id: number; language: string; text: string };

/** `lines` is null where the highlighter could not read the text. */
export type SyntaxReply = { id: number; lines: Span[][] | null };
