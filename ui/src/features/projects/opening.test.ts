import { expect, test } from "vitest";
import type { Inspection } from "../../ipc/bindings/Inspection";
import { stepAfter } from "./opening";

const plain: Inspection = {
  path: "/r",
  root: "/r",
  is_repository: true,
  has_commits: true,
  branch: "main",
  trusted: false,
  exec_capable: [],
};
const hook = { origin: ".git/hooks/pre-commit", key: "hook", value: "x" };

test.each<[string, Partial<Inspection>, ReturnType<typeof stepAfter>]>([
  ["a repository that can execute nothing is opened", {}, "ready"],
  ["a folder that is none is said to be none", { is_repository: false, root: null }, "not_repository"],
  ["what can execute is asked about first", { exec_capable: [hook], has_commits: false }, "trust"],
  ["what was trusted is not asked about again", { exec_capable: [hook], trusted: true }, "ready"],
  ["an empty repository is offered its first commit", { has_commits: false }, "no_commits"],
])("%s", (_, more, step) => {
  expect(stepAfter({ ...plain, ...more })).toBe(step);
});
