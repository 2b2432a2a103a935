// The emulator's colours. A terminal is dark in both themes (programs choose their colours for a dark ground), so
// its sixteen colours belong to the emulator and not to the page's tokens.
//
// Deliberately absent: CSS. xterm parses no oklch(), so the numbers are turned into sRGB here.

import type { ITheme } from "@xterm/xterm";

type Oklch = readonly [lightness: number, chroma: number, hue: number];

/** OKLCH → "#rrggbb", clipped to sRGB (Björn Ottosson's matrices). */
export function hex([lightness, chroma, hue]: Oklch): string {
  const angle = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const channel = (value: number) => {
    const v = Math.min(1, Math.max(0, value));
    const encoded = v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055;
    return Math.round(encoded * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${linear.map(channel).join("")}`;
}

const ground: Record<"dark" | "light", Oklch> = { dark: [0.145, 0.006, 250], light: [0.205, 0.008, 250] };

/** `page`: the page's theme, which moves only the ground. */
export function terminalTheme(page: "dark" | "light"): ITheme {
  const background = hex(ground[page]);
  return {
    background,
    foreground: hex([0.86, 0.006, 250]),
    cursor: hex([0.78, 0.105, 195]),
    cursorAccent: background,
    selectionBackground: hex([0.4, 0.06, 215]),
    black: hex([0.32, 0.01, 250]),
    red: hex([0.71, 0.165, 25]),
    green: hex([0.78, 0.13, 150]),
    yellow: hex([0.83, 0.13, 85]),
    blue: hex([0.74, 0.125, 255]),
    magenta: hex([0.75, 0.13, 315]),
    cyan: hex([0.78, 0.1, 210]),
    white: hex([0.86, 0.006, 250]),
    brightBlack: hex([0.62, 0.01, 250]),
    brightRed: hex([0.78, 0.14, 25]),
    brightGreen: hex([0.85, 0.14, 150]),
    brightYellow: hex([0.89, 0.13, 90]),
    brightBlue: hex([0.81, 0.1, 255]),
    brightMagenta: hex([0.82, 0.11, 315]),
    brightCyan: hex([0.85, 0.09, 205]),
    brightWhite: hex([0.97, 0.003, 250]),
    overviewRulerBorder: background,
    scrollbarSliderBackground: `${hex([0.62, 0.01, 250])}55`,
    scrollbarSliderHoverBackground: `${hex([0.62, 0.01, 250])}88`,
    scrollbarSliderActiveBackground: `${hex([0.62, 0.01, 250])}aa`,
  };
}
