/* How a requirement stands, in shape, hue and word. */
import type { RequirementView } from "../ipc/bindings/RequirementView";
import type { Hue, Shape } from "./stage";

export type Look = { shape: Shape; hue: Hue; word: string };

/** A waiver covers the verdict that it was given for, and nothing else. */
export function verdictLook({ status, waived }: Pick<RequirementView, "status" | "waived">): Look {
  if (status === "met") return { shape: "check", hue: "land", word: "Met" };
  if (waived !== null) return { shape: "slash", hue: "quiet", word: "Waived" };
  switch (status) {
    case "unmet":
      return { shape: "cross", hue: "fail", word: "Unmet" };
    case "unverifiable":
      return { shape: "half", hue: "need", word: "Unverifiable" };
    case null:
      return { shape: "dotted", hue: "quiet", word: "Not judged" };
  }
}
