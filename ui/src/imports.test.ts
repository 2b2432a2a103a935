/* The page's arrows: app → features → components, lib, ipc. What is written here is the rule, not a picture of it. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const root = import.meta.dirname;

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

function imports(): Import[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith(join("ipc", "bindings")))
    .flatMap((from) => {
      const text = readFileSync(join(root, from), "utf8");
      const found = text.matchAll(
        /(?:^|\n)\s*(import|export)\s+(type\s)?[^;'"]*?from\s+["']([^"']+)["']|import\(\s*["']([^"']+)["']/g,
      );
      return [...found].map((m) => {
        const name = m[3] ?? m[4] ?? "";
        const to = name.startsWith(".") ? relative(root, resolve(root, dirname(from), name)) : name;
        return { from, to, typeOnly: m[2] !== undefined };
      });
    });
}

const all = imports();
const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.startsWith("testing");
const feature = (file: string) => /^features\/([^/]+)\//.exec(file)?.[1];

function broken(rule: (i: Import) => boolean): string[] {
  return all.filter((i) => !isTest(i.from) && rule(i)).map((i) => `${i.from} imports ${i.to}`);
}

test("there is something to look at", () => {
  expect(all.length).toBeGreaterThan(200);
  expect(new Set(all.map((i) => feature(i.from))).size).toBeGreaterThan(6);
});

test("only ipc imports @tauri-apps", () => {
  expect(broken((i) => i.to.startsWith("@tauri-apps/") && !i.from.startsWith("ipc/"))).toEqual([]);
});

test("features don't import each other, nor the app", () => {
  expect(
    broken((i) => {
      const from = feature(i.from);
      const to = feature(i.to);
      return from !== undefined && (i.to.startsWith("app/") || (to !== undefined && to !== from));
    }),
  ).toEqual([]);
});

test("components know no feature, no app, and of ipc only the shapes", () => {
  expect(
    broken(
      (i) =>
        i.from.startsWith("components/") &&
        (/^(features|app)\//.test(i.to) || (i.to.startsWith("ipc/") && !i.typeOnly)),
    ),
  ).toEqual([]);
});

test("lib and ipc stand below everything else", () => {
  const above = /^(features|app|components)\//;
  expect(broken((i) => /^(lib|ipc)\//.test(i.from) && above.test(i.to))).toEqual([]);
  expect(broken((i) => i.from.startsWith("lib/") && i.to.startsWith("ipc/") && !i.typeOnly)).toEqual([]);
});

test("the fake is reached by one lazy import alone", () => {
  expect(broken((i) => i.to.startsWith("ipc/fake") && !i.from.startsWith("ipc/fake"))).toEqual([
    "ipc/transport.ts imports ipc/fake/transport",
  ]);
});
