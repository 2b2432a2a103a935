import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The tokens of a theme, as oklch triples; light inherits what it does not override. */
function tokens(theme: "dark" | "light"): Map<string, [number, number, number]> {
  const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");
  const [dark = "", light = ""] = css.split(':root[data-theme="light"]');
  const found = new Map<string, [number, number, number]>();
  for (const part of theme === "dark" ? [dark] : [dark, light]) {
    for (const [, name, l, c, h] of part.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g)) {
      found.set(name ?? "", [Number(l), Number(c), Number(h)]);
    }
  }
  return found;
}

/** Relative luminance of an oklch colour, clipped to sRGB as a screen does. */
function luminance([l, c, h]: [number, number, number]): number {
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const L = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const M = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const S = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (x: number) => Math.min(1, Math.max(0, x));
  const red = clip(4.0767416621 * L - 3.3077115913 * M + 0.2309699292 * S);
  const green = clip(-1.2684380046 * L + 2.6097574011 * M - 0.3413193965 * S);
  const blue = clip(-0.0041960863 * L - 0.7034186147 * M + 1.707614701 * S);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(x: [number, number, number], y: [number, number, number]): number {
  const [high, low] = [luminance(x), luminance(y)].sort((p, q) => q - p) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const texts = ["t0", "t1", "t2", "work", "need", "ready", "land", "fail", "stale", "accent"];
const surfaces = ["s0", "s1", "s2"];

for (const theme of ["dark", "light"] as const) {
  const all = tokens(theme);
  const of = (name: string) => all.get(name) ?? expect.fail(`no token --${name}`);
  test.each(texts.flatMap((t) => surfaces.map((s) => [t, s] as const)))(
    `${theme}: %s on %s is readable`,
    (t, s) => {
      expect(contrast(of(t), of(s))).toBeGreaterThanOrEqual(4.5);
    },
  );
  // What is selected or hovered carries text, too.
  test.each(["t0", "t1", "t2"])(`${theme}: %s on s3 is readable`, (t) => {
    expect(contrast(of(t), of("s3"))).toBeGreaterThanOrEqual(4.5);
  });
  test(`${theme}: ink on the accent and in the terminal is readable`, () => {
    expect(contrast(of("accent-ink"), of("accent"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of("term-ink"), of("term"))).toBeGreaterThanOrEqual(4.5);
  });
  test(`${theme}: status hues share their lightness`, () => {
    const light = ["work", "need", "ready", "land", "fail", "stale"].map((n) => of(n)[0]);
    expect(Math.max(...light) - Math.min(...light)).toBeLessThanOrEqual(0.11);
  });
}
