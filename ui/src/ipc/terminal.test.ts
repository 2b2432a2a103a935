import { expect, test } from "vitest";
import { bufferOf, decodeFrame, HEADER } from "./terminal";

function message(kind: number, offset: bigint, payload = ""): ArrayBuffer {
  const body = new TextEncoder().encode(payload);
  const out = new Uint8Array(HEADER + body.length);
  out[0] = kind;
  new DataView(out.buffer).setBigUint64(8, offset, true);
  out.set(body, HEADER);
  return out.buffer;
}

test("output and snapshots carry their offset and bytes", () => {
  const frame = decodeFrame(message(0, 5_000_000_000n, "héllo"));
  expect(frame).toMatchObject({ kind: "output", offset: 5_000_000_000 });
  expect(frame?.kind === "output" && new TextDecoder().decode(frame.bytes)).toBe("héllo");
  expect(decodeFrame(message(1, 7n, "x"))).toMatchObject({ kind: "snapshot", offset: 7 });
  expect(decodeFrame(message(4, 8n, "x"))).toMatchObject({ kind: "screen", offset: 8 });
  expect(decodeFrame(message(2, 9n))).toEqual({ kind: "gap", offset: 9 });
});

test("an exit is read, and a broken one is an unknown end", () => {
  const exit = { code: 2, outcome: "exited", detail: null };
  expect(decodeFrame(message(3, 0n, JSON.stringify(exit)))).toEqual({ kind: "exited", exit });
  expect(decodeFrame(message(3, 0n, "{"))).toEqual({
    kind: "exited",
    exit: { code: null, outcome: "lost", detail: null },
  });
});

test("what is too short or of a later version is left alone", () => {
  expect(decodeFrame(new ArrayBuffer(8))).toBeNull();
  expect(decodeFrame(message(9, 0n))).toBeNull();
});

test("messages arrive as buffers, views or numbers", () => {
  const bytes = Uint8Array.from([9, 1, 2, 3]);
  expect(new Uint8Array(bufferOf(bytes.subarray(1)) ?? new ArrayBuffer(0))).toEqual(
    Uint8Array.from([1, 2, 3]),
  );
  expect(bufferOf([1, 2])?.byteLength).toBe(2);
  expect(bufferOf({ not: "bytes" })).toBeNull();
});
