import { expect, test } from "vitest";
import { linkQuestion } from "./links";

test("only addresses of the web can be opened", () => {
  for (const bad of [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,x",
    "coppice://approve",
    "nonsense",
  ]) {
    expect(linkQuestion(bad, bad)).toBeNull();
  }
  expect(linkQuestion("https://docs.rs/tokio", "https://docs.rs/tokio")).toEqual({
    url: "https://docs.rs/tokio",
    host: "docs.rs",
    disguised: null,
  });
});

test("the real address is told when the text names another", () => {
  expect(linkQuestion("https://evil.example/x", "https://github.com/acme")?.disguised).toBe(
    "https://github.com/acme",
  );
  expect(linkQuestion("https://evil.example/x", "github.com/acme")?.disguised).toBe("github.com/acme");
  expect(linkQuestion("https://evil.example/x", "click here")?.disguised).toBeNull();
});

test("a look-alike host is shown as it really is", () => {
  expect(linkQuestion("https://g\u0456thub.com/", "x")?.host).toMatch(/^xn--gthub-/);
});
