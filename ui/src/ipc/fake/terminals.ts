/* What the fake's terminals print, with escape sequences. */
import type { RunView } from "../bindings/RunView";

const dim = (s: string) => `\x1b[90m${s}\x1b[0m`;
const green = (s: string) => `\x1b[32m${s}\x1b[0m`;
const red = (s: string) => `\x1b[31m${s}\x1b[0m`;
const yellow = (s: string) => `\x1b[33m${s}\x1b[0m`;

const tests = [
  "backoff::caps_at_max_delay",
  "backoff::jitter_stays_in_bounds",
  "queue::empty_batch_is_not_sent",
  "queue::retries_then_dead_letters",
  "settings::reads_max_attempts",
  "settings::refuses_zero",
];

/** The whole output of a run so far, lines ended by CR LF. */
export function terminalText(run: RunView | undefined): string {
  if (!run) return "";
  const lines = [dim(`$ ${run.command}`) + dim(`   ${run.task} · attempt ${run.attempt}`)];
  if (run.kind === "check") {
    lines.push(
      `   ${green("Compiling")} api-${run.task} v0.4.0 (crates/${run.task})`,
      `    ${green("Finished")} \`test\` profile [unoptimized + debuginfo] target(s) in 9.41s`,
      `     ${green("Running")} unittests src/lib.rs`,
      "",
      `running ${tests.length} tests`,
    );
    tests.forEach((name, i) => {
      const bad = run.code !== 0 && !run.live && i > 3;
      const last = run.live && i === tests.length - 1;
      lines.push(`test ${name} ... ${last ? yellow("running") : bad ? red("FAILED") : green("ok")}`);
    });
    if (!run.live) {
      const bad = run.code === 0 ? 0 : 2;
      const result = bad ? red("FAILED") : green("ok");
      lines.push(
        "",
        `test result: ${result}. ${tests.length - bad} passed; ${bad} failed; finished in 1.02s`,
      );
    }
  } else if (run.kind === "setup") {
    lines.push(
      `    ${green("Updating")} crates.io index`,
      `  ${green("Downloaded")} 41 crates (3.2 MB) in 1.9s`,
    );
  } else if (run.kind === "shell") {
    lines.push("", `${green("you")} ${run.worktree} %`);
  } else {
    lines.push(
      "",
      `${green("●")} I'll read the brief and the code around it first.`,
      dim("  Read COPPICE_BRIEF (61 lines)"),
      dim(`  Read crates/${run.task}/src/lib.rs (214 lines)`),
      "",
      `${green("●")} Writing the type and its tests.`,
      dim(`  Edit crates/${run.task}/src/retry.rs  +88 −4`),
      dim(`  Bash cargo test -p ${run.task}`),
    );
    if (!run.live) lines.push("", `${green("●")} Done: committed three changes.`);
  }
  return `${lines.join("\r\n")}\r\n`;
}

/** What a live run prints next, now and then. */
export function nextLine(run: RunView, n: number): string {
  if (run.kind === "check") return `test round_${n}::stays_in_bounds ... ${green("ok")}\r\n`;
  return `${dim(`  Edit crates/${run.task}/src/part${n}.rs  +${(n * 7) % 40} −${n % 9}`)}\r\n`;
}

/** Without colours and carriage returns, as a log is read. */
export function plainText(output: string): string {
  return output
    .split("\x1b[")
    .map((part, i) => (i ? part.replace(/^[0-9;]*m/, "") : part))
    .join("")
    .replaceAll("\r", "");
}
