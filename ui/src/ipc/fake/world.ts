/* The fake's worlds: a repository with plans in every stage, a crowded plan, and nothing at all. */
import type { AttemptView } from "../bindings/AttemptView";
import type { Event } from "../bindings/Event";
import type { EvidenceView } from "../bindings/EvidenceView";
import type { ProjectView } from "../bindings/ProjectView";
import type { RunKind } from "../bindings/RunKind";
import type { RunView } from "../bindings/RunView";
import type { TaskView } from "../bindings/TaskView";
import type { TrashView } from "../bindings/TrashView";
import { derive, type FakePlan, minute, plan, stage, task } from "./plan";

export type World = "empty" | "normal" | "crowded";

export interface State {
  projects: ProjectView[];
  plans: Map<string, FakePlan>;
  trash: TrashView[];
  events: Event[];
  settings: Map<string, string>;
}

/** A commit id that is always the same for the same words. */
export function commitId(words: string): string {
  let h = 0x811c9dc5;
  let out = "";
  for (let i = 0; out.length < 40; i++) {
    for (const c of `${words}${i}`) h = Math.imul(h ^ c.charCodeAt(0), 0x01000193) >>> 0;
    out += h.toString(16).padStart(8, "0");
  }
  return out.slice(0, 40);
}

const root = "/home/you/work/acme/api";

export function run(
  p: string,
  t: string,
  attempt: number,
  kind: RunKind,
  more: Partial<RunView> = {},
): RunView {
  const id = more.id ?? `${p}-${t}-${attempt}-${more.name ?? kind}`.replace(/[^a-z0-9-]+/gi, "-");
  return {
    id,
    plan: p,
    task: t,
    attempt,
    kind,
    name: kind === "implement" ? "claude" : kind,
    command: kind === "implement" ? "claude --settings run.json" : "cargo test --workspace",
    live: false,
    pid: null,
    code: 0,
    outcome: "exited",
    detail: null,
    started_ms: Date.now() - 5 * minute,
    ended_ms: Date.now() - 4 * minute,
    dir: `/home/you/.local/share/coppice/runs/${id}`,
    worktree: `/home/you/work/acme/.api.coppice/${p}/${t}/${attempt}`,
    ...more,
  };
}

const live = { live: true, pid: 51234, code: null, outcome: null, ended_ms: null } as const;

export function attempt(p: string, t: TaskView, more: Partial<AttemptView> = {}): AttemptView {
  const number = more.number ?? 1;
  return {
    number,
    agent: t.agent ?? "claude",
    branch: `coppice/${p}/${t.id}/${number}`,
    worktree: `/home/you/work/acme/.api.coppice/${p}/${t.id}/${number}`,
    base: commitId("base"),
    head: null,
    commits: [],
    stage: t.stage,
    started_ms: t.started_ms ?? Date.now() - 9 * minute,
    ended_ms: t.ended_ms,
    runs: [],
    evidence: [],
    approval: null,
    keep_refs: [],
    files: 0,
    added: t.added ?? 0,
    deleted: t.deleted ?? 0,
    out_of_scope: [],
    ...more,
  };
}

export function evidence(check: string, head: string, more: Partial<EvidenceView> = {}): EvidenceView {
  return {
    check,
    merged: false,
    head,
    base: commitId("base"),
    code: 0,
    passed: true,
    void: null,
    run: null,
    reused: false,
    duration_ms: 31_000,
    at_ms: Date.now() - 2 * minute,
    ...more,
  };
}

export function newState(world: World): State {
  const state: State = {
    projects: [],
    plans: new Map(),
    trash: [],
    events: [],
    settings: new Map([["slots", "4"]]),
  };
  if (world === "empty") return state;
  state.projects.push(
    project("acme", "acme/api", root),
    project("web", "acme/web", "/home/you/work/acme/web"),
  );
  const add = (p: FakePlan) => state.plans.set(p.view.id, p);
  if (world === "crowded") add(crowdedPlan());
  add(retryPlan());
  add(authPlan());
  add(docsPlan());
  state.trash = sampleTrash();
  state.events = history(state);
  for (const p of state.plans.values()) derive(p);
  return state;
}

export function project(id: string, name: string, at: string): ProjectView {
  return {
    id,
    name,
    root: at,
    default_target: "main",
    trouble: null,
    plans: [],
    trash: 0,
    is_demo: false,
  };
}

const checks = [
  { name: "test", command: "cargo test --workspace", timeout_ms: 10 * minute },
  { name: "clippy", command: "cargo clippy -- -D warnings", timeout_ms: 5 * minute },
];
const agents = [
  { name: "claude", adapter: "command", command: ["claude", "--print"], script: null },
  { name: "codex", adapter: "command", command: ["codex", "exec"], script: null },
  { name: "rehearsal", adapter: "scripted", command: [], script: "rehearsal.toml" },
];
const common = { checks, agents, default_agent: "claude" };

const storageSpec = `1. Retries use exponential backoff with full jitter, capped at \`max_delay\`.
2. An empty batch sends nothing and is not an error.
3. After \`max_attempts\` the item goes to the dead-letter table with its last error.
4. The key \`retry.max_attempts\` is readable from configuration.`;

function retryPlan(): FakePlan {
  const now = Date.now();
  const p = "retry";
  const at = (m: number) => now - m * minute;
  const landed = (id: string, m: number): Partial<TaskView> => ({
    stage: stage("landed", `Landed ${commitId(`landed ${id}`).slice(0, 7)}`, {
      commit: commitId(`landed ${id}`),
    }),
    attempt: 1,
    since_ms: at(m),
    started_ms: at(m + 11),
    ended_ms: at(m),
  });
  const tasks = [
    task("model", "Retry model", {
      ...landed("model", 12),
      role: "You add the retry model.",
      deliverable: "crates/core/src/retry.rs with Retry and Backoff",
      spec: "1. `Retry` holds attempts, delay and the last error.\n2. It is `Clone` and serialises to TOML.",
      scope: ["crates/core/src/retry*"],
      estimate_ms: 10 * minute,
      added: 148,
      deleted: 3,
      position: { x: 0, y: 60 },
    }),
    task("config", "Config keys", {
      ...landed("config", 9),
      agent: "codex",
      role: "You add the configuration keys.",
      scope: ["crates/config/**"],
      estimate_ms: 8 * minute,
      added: 66,
      deleted: 12,
      position: { x: 0, y: 220 },
    }),
    task("client", "HTTP client", {
      agent: "codex",
      after: ["model"],
      stage: stage("needs_you", "Needs you: left 2 files uncommitted", {
        reason: {
          code: "uncommitted",
          text: "The agent exited with 0 and left 2 files uncommitted.",
          paths: ["crates/client/src/retry.rs", "crates/client/Cargo.toml"],
        },
      }),
      attempt: 1,
      since_ms: at(3),
      started_ms: at(10),
      scope: ["crates/client/**"],
      estimate_ms: 12 * minute,
      added: 74,
      deleted: 9,
      position: { x: 320, y: 0 },
    }),
    task("storage", "Storage", {
      after: ["model"],
      stage: stage("checking", "Checking 1 of 2"),
      attempt: 1,
      since_ms: now - 12_000,
      started_ms: at(6),
      role: "You add durable retries to storage.",
      deliverable: "crates/storage/src/retry.rs",
      spec: storageSpec,
      scope: ["crates/storage/**"],
      exclude: ["crates/storage/migrations/**"],
      contract: "`pub fn schedule(item: &Item, retry: &Retry) -> Result<Instant, DeadLetter>`",
      action: "test queue::retries_then_dead_letters ... ok",
      estimate_ms: 8 * minute,
      added: 212,
      deleted: 40,
      position: { x: 320, y: 116 },
    }),
    task("cli", "CLI flags", {
      after: ["config"],
      stage: stage("awaiting_approval", "Ready to review"),
      attempt: 2,
      since_ms: at(4),
      started_ms: at(16),
      ended_ms: at(4),
      role: "You add the retry flags to the command line.",
      spec: "1. `--retries N` sets the attempts.\n2. `--no-retry` turns retries off.",
      scope: ["crates/cli/**"],
      estimate_ms: 10 * minute,
      added: 96,
      deleted: 21,
      position: { x: 320, y: 244 },
    }),
    task("metrics", "Retry metrics", {
      after: ["config"],
      stage: stage("failed", "Failed: test (2 of 14)", {
        reason: { code: "check_failed", text: "The check “test” failed twice.", paths: [] },
      }),
      attempt: 2,
      since_ms: at(2),
      started_ms: at(14),
      ended_ms: at(2),
      scope: ["crates/metrics/**"],
      estimate_ms: 6 * minute,
      added: 58,
      deleted: 0,
      position: { x: 320, y: 372 },
    }),
    task("limits", "Rate limits", {
      stage: stage("implementing", "Working"),
      attempt: 1,
      since_ms: at(2),
      started_ms: at(3),
      action: "Editing crates/limits/src/bucket.rs",
      scope: ["crates/limits/**"],
      estimate_ms: 9 * minute,
      added: 41,
      deleted: 6,
      position: { x: 0, y: 372 },
    }),
    task("errors", "Error type", {
      stage: stage("landing", "Landing: checking the merged tree"),
      attempt: 1,
      since_ms: now - 20_000,
      started_ms: at(13),
      ended_ms: at(1),
      action: "cargo test --workspace",
      scope: ["crates/error/**"],
      estimate_ms: 7 * minute,
      added: 33,
      deleted: 18,
      position: { x: 0, y: 500 },
    }),
    task("api", "Public API", {
      after: ["client", "storage"],
      stage: stage("waiting", "Waiting"),
      role: "You expose retries in the public API.",
      estimate_ms: 15 * minute,
      scope: ["crates/api/**"],
      position: { x: 640, y: 56 },
    }),
    task("guide", "Migration guide", {
      agent: "rehearsal",
      after: ["storage", "cli"],
      stage: stage("waiting", "Waiting"),
      estimate_ms: 10 * minute,
      scope: ["docs/**"],
      position: { x: 640, y: 184 },
    }),
    task("sweep", "Dead-letter sweep", {
      after: ["api"],
      stage: stage("waiting", "Waiting"),
      estimate_ms: 6 * minute,
      position: { x: 960, y: 56 },
    }),
    task("bench", "Backoff benchmark", {
      after: ["limits"],
      stage: stage("cancelled", "Cancelled"),
      position: { x: 320, y: 500 },
    }),
  ];
  const made = plan(p, "acme", "Retry support", tasks, {
    ...common,
    mode: "running",
    goal: "Every request that fails for a passing reason is tried again, within limits that a person set.",
    setup: { command: "cargo fetch", copy: [".env"], ports: ["web"], timeout_ms: 10 * minute },
    revision: 14,
  });
  made.view.progress.elapsed_ms = 21 * minute;
  for (const t of made.view.tasks) if (t.attempt) made.attempts.set(t.id, attemptsOf(p, t));
  return made;
}

const subjects = ["Add the type", "Cover the edges with tests", "Name the units"];

/** Attempts that fit a task's stage. */
function attemptsOf(p: string, t: TaskView): AttemptView[] {
  const head = commitId(`head ${t.id}`);
  const number = t.attempt ?? 1;
  const kind = t.stage.kind;
  const started = t.started_ms ?? Date.now();
  const worked = !["preparing", "implementing"].includes(kind);
  const runs: RunView[] = [
    run(p, t.id, number, "setup", {
      name: "setup",
      command: "cargo fetch",
      started_ms: started,
      ended_ms: started + 9_000,
    }),
    run(p, t.id, number, "implement", {
      name: t.agent ?? "claude",
      command: t.agent === "codex" ? "codex exec" : "claude --print",
      started_ms: started + 9_000,
      ended_ms: started + 4 * minute,
      ...(kind === "implementing" ? live : {}),
    }),
  ];
  const found: EvidenceView[] = [];
  const check = (name: string, more: Partial<RunView>, passed = true, merged = false) => {
    const r = run(p, t.id, number, "check", {
      name: merged ? `check ${name}, merged` : `check ${name}`,
      command: name === "test" ? "cargo test --workspace" : "cargo clippy -- -D warnings",
      started_ms: started + 4 * minute,
      ended_ms: started + 4 * minute + 31_000,
      ...more,
    });
    runs.push(r);
    if (r.live) return;
    const at = r.ended_ms ?? started;
    found.push(evidence(name, head, { run: r.id, passed, code: passed ? 0 : 101, merged, at_ms: at }));
  };
  if (kind === "checking") check("test", live);
  if (["awaiting_approval", "landed", "landing"].includes(kind)) {
    check("test", {});
    check("clippy", {});
  }
  if (kind === "landed") check("test", {}, true, true);
  if (kind === "landing") check("test", live, true, true);
  if (kind === "failed") check("test", { code: 101 }, false);
  const current = attempt(p, t, {
    number,
    head: worked ? head : null,
    commits: worked
      ? subjects.map((subject, i) => ({
          id: i === 0 ? head : commitId(`${t.id} ${i}`),
          subject,
          author: t.agent ?? "claude",
          at_ms: started + (3 - i) * minute,
        }))
      : [],
    runs: runs.reverse(),
    evidence: found,
    files: 4,
    worktree: kind === "landed" ? null : `/home/you/work/acme/.api.coppice/${p}/${t.id}/${number}`,
    approval:
      kind === "landed" || kind === "landing"
        ? { head, by: "you", at_ms: started + 6 * minute, void: null }
        : null,
    out_of_scope: t.id === "client" ? ["Cargo.lock"] : [],
  });
  if (number === 1) return [current];
  const first = attempt(p, t, {
    number: 1,
    head: commitId(`first ${t.id}`),
    stage: stage("failed", "Failed: test", {
      reason: { code: "check_failed", text: "The check “test” failed with exit code 101.", paths: [] },
    }),
    started_ms: started - 8 * minute,
    ended_ms: started - minute,
    worktree: null,
    keep_refs: [`refs/coppice/keep/${p}/${t.id}/1`],
    commits: [
      {
        id: commitId(`first ${t.id}`),
        subject: "A first try",
        author: t.agent ?? "",
        at_ms: started - 2 * minute,
      },
    ],
    evidence: [
      evidence("test", commitId(`first ${t.id}`), {
        passed: false,
        code: 101,
        void: "the head has moved",
        at_ms: started - minute - 1000,
      }),
    ],
    files: 2,
    added: 31,
    deleted: 4,
  });
  return [current, first];
}

function authPlan(): FakePlan {
  return plan(
    "auth",
    "acme",
    "Auth rework",
    [
      task("session", "Session store", {
        role: "You move sessions to the database.",
        spec: "1. Sessions survive a restart.\n2. An expired one is removed.",
        scope: ["crates/auth/src/session/**"],
        estimate_ms: 15 * minute,
      }),
      task("tokens", "Token rotation", { after: ["session"], estimate_ms: 12 * minute }),
      task("login", "Login form", { after: ["session"], estimate_ms: 9 * minute }),
      task("audit", "Audit log", { after: ["tokens", "login"], estimate_ms: 6 * minute }),
    ],
    common,
  );
}

function docsPlan(): FakePlan {
  const now = Date.now();
  const tasks = ["Readme", "Guide", "Examples"].map((title, i) => {
    const id = title.toLowerCase();
    return task(id, title, {
      after: i ? [["readme", "guide"][i - 1] ?? ""] : [],
      stage: stage("landed", `Landed ${commitId(id).slice(0, 7)}`, { commit: commitId(id) }),
      attempt: 1,
      started_ms: now - (200 - i * 20) * minute,
      ended_ms: now - (185 - i * 20) * minute,
      since_ms: now - (185 - i * 20) * minute,
    });
  });
  const made = plan("docs", "web", "Docs pass", tasks, { ...common, mode: "finished" });
  for (const t of made.view.tasks) made.attempts.set(t.id, attemptsOf("docs", t));
  return made;
}

/** 200 tasks in layers, every stage among them. */
function crowdedPlan(): FakePlan {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const verbs = ["Add", "Move", "Split", "Guard", "Cache", "Trace", "Rename", "Harden", "Index", "Batch"];
  const nouns = [
    "sessions",
    "the router",
    "uploads",
    "invoices",
    "search",
    "the scheduler",
    "webhooks",
    "exports",
  ];
  const now = Date.now();
  const tasks: TaskView[] = [];
  for (let i = 0; i < 200; i++) {
    const layer = Math.floor(i / 16);
    const before = tasks.filter((_, j) => Math.floor(j / 16) === layer - 1);
    const after = [...new Set(before.filter(() => random() < 0.11).map((t) => t.id))].slice(0, 3);
    const title = `${verbs[i % verbs.length]} ${nouns[Math.floor(i / 3) % nouns.length]} ${i + 1}`;
    const t = task(`t${i + 1}`, title, {
      after,
      agent: ["claude", "codex", "rehearsal"][i % 3] ?? "claude",
      estimate_ms: (4 + Math.floor(random() * 20)) * minute,
      scope: [`crates/part${i % 24}/**`],
    });
    if (i < 70) {
      t.stage = stage("landed", `Landed ${commitId(t.id).slice(0, 7)}`, { commit: commitId(t.id) });
    } else if (i < 78) {
      t.stage = stage(i % 2 ? "implementing" : "checking", i % 2 ? "Working" : "Checking 1 of 2");
      t.action = i % 2 ? "Editing src/lib.rs" : "running 214 tests";
    } else if (i < 82) t.stage = stage("awaiting_approval", "Ready to review");
    else if (i < 84) {
      t.stage = stage("needs_you", "Needs you: no commit", {
        reason: { code: "no_commit", text: "The agent exited with 0 and made no commit.", paths: [] },
      });
    } else t.stage = stage("waiting", "Waiting");
    if (i < 84) {
      t.attempt = 1;
      t.started_ms = now - (140 - i) * minute;
      t.ended_ms = i < 70 ? now - (128 - i) * minute : null;
      t.since_ms = t.ended_ms ?? now - (84 - i) * 20_000;
      t.added = Math.floor(random() * 400);
      t.deleted = Math.floor(random() * 90);
    }
    tasks.push(t);
  }
  const made = plan("crowd", "acme", "The great rework of everything that talks to storage", tasks, {
    ...common,
    mode: "running",
    slots: 8,
  });
  made.view.progress.elapsed_ms = 140 * minute;
  for (const t of made.view.tasks) if (t.attempt) made.attempts.set(t.id, attemptsOf("crowd", t));
  return made;
}

function sampleTrash(): TrashView[] {
  const now = Date.now();
  return [
    {
      id: "trash-1",
      branch: "coppice/retry/metrics/1",
      head: commitId("first metrics"),
      uncommitted: commitId("left metrics"),
      path: "/home/you/work/acme/.api.coppice/trash/retry-metrics-1",
      bytes: 48_300_211,
      at_ms: now - 14 * minute,
    },
    {
      id: "trash-2",
      branch: "coppice/retry/cli/1",
      head: commitId("first cli"),
      uncommitted: null,
      path: "/home/you/work/acme/.api.coppice/trash/retry-cli-1",
      bytes: 51_204_998,
      at_ms: now - 17 * minute,
    },
  ];
}

/** Events that could have led to the plans' state. */
function history(state: State): Event[] {
  const list: { at: number; body: Record<string, unknown> }[] = [];
  for (const p of state.plans.values()) {
    const first = Math.min(Date.now(), ...p.view.tasks.map((t) => t.started_ms ?? Date.now()));
    const say = (at: number, body: Record<string, unknown>) =>
      list.push({ at, body: { project: p.view.project, plan: p.view.id, ...body } });
    say(first - 6 * minute, { type: "plan.created", title: p.view.title });
    if (p.view.mode !== "draft") say(first - 1000, { type: "plan.started", engine_pid: 4242, again: false });
    for (const [id, attempts] of p.attempts) {
      for (const a of [...attempts].reverse()) {
        say(a.started_ms, {
          type: "attempt.started",
          task: id,
          attempt: a.number,
          base: a.base,
          branch: a.branch,
          worktree: a.worktree ?? "",
        });
        if (a.ended_ms && a !== attempts[0]) {
          const body = { task: id, attempt: a.number, reason: "the check “test” failed", will_retry: true };
          say(a.ended_ms, { type: "attempt.ended", ...body });
        }
        for (const r of a.runs) {
          const about = { task: id, attempt: a.number, run: r.id, kind: r.kind };
          say(r.started_ms, { type: "process.started", ...about, pid: 51234, shim_pid: 51230 });
          if (r.ended_ms)
            say(r.ended_ms, { type: "process.exited", ...about, code: r.code, outcome: r.outcome });
        }
        for (const e of a.evidence) {
          say(e.at_ms, {
            type: "check.finished",
            task: id,
            attempt: a.number,
            name: e.check,
            code: e.code,
            head: e.head,
            base: e.base,
            merged: e.merged,
            reused: e.reused,
            run: e.run,
            duration_ms: e.duration_ms,
          });
        }
        if (a.approval) {
          say(a.approval.at_ms, {
            type: "approved",
            task: id,
            attempt: a.number,
            head: a.approval.head,
            by: "you",
          });
        }
      }
      const t = p.view.tasks.find((x) => x.id === id);
      if (t?.since_ms && ["awaiting_approval", "failed", "landing"].includes(t.stage.kind)) {
        const about = { task: id, attempt: t.attempt };
        say(t.since_ms, { type: "task.stage", ...about, stage: t.stage.kind, word: t.stage.word });
      }
      if (t?.stage.kind === "failed") {
        const { reason } = t.stage;
        say((t.since_ms ?? 0) + 1, {
          type: "task.failed",
          task: id,
          reason: reason?.text,
          code: reason?.code,
        });
      }
      if (t?.stage.kind === "landed" && t.ended_ms) {
        const commit = t.stage.commit ?? "";
        say(t.ended_ms, { type: "landed", task: id, attempt: 1, commit, previous: commitId("base") });
      }
      if (t?.stage.kind === "needs_you") {
        const { reason } = t.stage;
        say(t.since_ms ?? 0, {
          type: "needs_you",
          task: id,
          attempt: 1,
          reason: reason?.text ?? "",
          code: reason?.code ?? "",
        });
      }
    }
  }
  list.sort((a, b) => a.at - b.at);
  return list.map(({ at, body }, i) => ({ seq: i + 1, at: new Date(at).toISOString(), ...body }) as Event);
}
