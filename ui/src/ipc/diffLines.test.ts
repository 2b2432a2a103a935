import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { allLines, placed } from "../lib/fileDiff";
import type { FileDiff as WireDiff } from "./bindings/FileDiff";
import type { Request } from "./bindings/Request";
import { readAround, readWhole, sameDiff } from "./diffLines";
import { queries } from "./queries";
import { setTransport } from "./transport";

const wire = (more: Partial<WireDiff> = {}): WireDiff => ({
  id: "one",
  path: "a.rs",
  old_path: null,
  binary: false,
  too_large: null,
  lossy: false,
  old_lines: 12,
  new_lines: 13,
  ends: "lf",
  only_ends: null,
  columns: 10,
  hunks: [
    {
      old_start: 2,
      old_lines: 5,
      new_start: 2,
      new_lines: 5,
      blocks: [
        [1, 1, 2],
        [1, 1, 0],
      ],
    },
    { old_start: 12, old_lines: 0, new_start: 13, new_lines: 1, blocks: [[0, 0, 1]] },
  ],
  lines: ["kept", "gone", "came", "too"].map((text) => ({ text })),
  ...more,
});

const shown = (diff: ReturnType<typeof placed>) =>
  allLines(diff).map((line) => `${line.kind[0]} ${line.old ?? ""}|${line.new ?? ""} ${line.text}`);

test("every line has its place, and the first say what they say", () => {
  const diff = placed(wire());
  expect(shown(diff)).toEqual([
    "c 2|2 kept",
    "r 3| gone",
    "a |3 came",
    "a |4 too",
    "c 4|5 null",
    "r 5| null",
    "c 6|6 null",
    "a |13 null",
  ]);
  expect([diff.told, diff.hunks[1]?.lines.length]).toEqual([4, 1]);
});

test("a side without lines is counted from the line before it", () => {
  const removed = placed(
    wire({ hunks: [{ old_start: 1, old_lines: 2, new_start: 0, new_lines: 0, blocks: [[0, 2, 0]] }] }),
  );
  expect(shown(removed)).toEqual(["r 1| kept", "r 2| gone"]);
});

test("the same difference stays the same object", () => {
  const before = placed(wire());
  expect(sameDiff(before, placed(wire()))).toBe(before);
  const other = placed(wire({ id: "two" }));
  expect(sameDiff(before, other)).toBe(other);
  expect(sameDiff(undefined, other)).toBe(other);
});

/** A file of so many added lines, of which the first four are told; `forgets` how often the engine has forgotten. */
function served(lines: number, forgets = 0, id = () => "one") {
  const asked: Request[] = [];
  let forgotten = forgets;
  const range = { old_start: 0, old_lines: 0, new_start: 1, new_lines: lines };
  const invoke = vi.fn(async (_: string, args?: Record<string, unknown>) => {
    const request = args?.request as Request;
    asked.push(request);
    if (request.type === "file_diff")
      return { type: "file_diff", value: wire({ id: id(), hunks: [{ ...range, blocks: [[0, 0, lines]] }] }) };
    if (request.type !== "diff_lines") throw new Error("not asked for here");
    if (forgotten-- > 0) throw { code: "not_found", message: "They are not remembered.", hint: null };
    const count = Math.min(request.count, lines - request.from);
    const value = Array.from({ length: count }, (_, i) => ({ text: `line ${request.from + i}` }));
    return { type: "diff_lines", value };
  });
  setTransport({ invoke, listen: async () => () => {}, channel: () => null } as never);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  const query = queries.fileDiff("p", "t", 1, "branch", "a.rs", 3);
  const types = () => asked.map((request) => request.type);
  return { client, query, asked, types };
}

test("a piece is read once, also when it is asked for twice at the same time", async () => {
  const { client, query, types } = served(3000);
  const diff = await client.fetchQuery(query);
  await Promise.all([readAround(client, query, diff, 1500), readAround(client, query, diff, 1999)]);
  await readAround(client, query, diff, 1000);
  expect(types()).toEqual(["file_diff", "diff_lines"]);
  const lines = allLines(diff);
  expect([lines[999]?.text, lines[1000]?.text, lines[1999]?.text, lines[2000]?.text]).toEqual([
    null,
    "line 1000",
    "line 1999",
    null,
  ]);
});

test("what the engine has forgotten is opened again, once", async () => {
  const { client, query, types } = served(3000, 1);
  const diff = await client.fetchQuery(query);
  await readAround(client, query, diff, 2500);
  expect(types()).toEqual(["file_diff", "diff_lines", "file_diff", "diff_lines"]);
  expect(allLines(diff)[2500]?.text).toBe("line 2500");
  const never = served(3000, 2);
  const lost = await never.client.fetchQuery(never.query);
  await expect(readAround(never.client, never.query, lost, 2500)).rejects.toMatchObject({
    wire: { code: "not_found" },
  });
});

test("lines of a file that has changed meanwhile are not put into the old one", async () => {
  let n = 0;
  const { client, query } = served(3000, 1, () => `id ${n++}`);
  const diff = await client.fetchQuery(query);
  expect(await readAround(client, query, diff, 2500)).toBe(false);
  expect(allLines(diff)[2500]?.text).toBeNull();
  expect(client.getQueryData(query.queryKey)?.id).toBe("id 1");
});

test("a whole file that changes while it is read is read anew, and one that never rests is given up", async () => {
  let n = 0;
  const once = served(9000, 1, () => `id ${n++}`);
  const diff = await readWhole(once.client, once.query);
  expect(diff.id).not.toBe("id 0");
  expect(allLines(diff).every((line) => line.text !== null)).toBe(true);
  const never = served(9000, 99, () => `id ${n++}`);
  await expect(readWhole(never.client, never.query)).rejects.toThrow("changes all the time");
});

test("a whole file is read to its last line", async () => {
  const { client, query } = served(2500);
  const diff = await readWhole(client, query);
  expect(allLines(diff).every((line) => line.text !== null)).toBe(true);
  expect(allLines(diff).at(-1)?.text).toBe("line 2499");
});
