import { expect, test } from "vitest";
import { pathIn } from "./path";

test.each([
  ["/r", "PLAN.toml", "/r/PLAN.toml"],
  ["/r/", "./plans/a.toml", "/r/plans/a.toml"],
  ["/r", "/elsewhere/a.toml", "/elsewhere/a.toml"],
  ["C:\\r", "a.toml", "C:\\r\\a.toml"],
  ["C:\\r", "D:\\a.toml", "D:\\a.toml"],
])("in %s, %s is %s", (root, typed, path) => expect(pathIn(root, typed)).toBe(path));
