/* The fake's worlds: a repository with plans in every stage, a crowded plan, and nothing at all. */
import type { Event } from "../bindings/Event";
import type { ProjectView } from "../bindings/ProjectView";
import type { TaskView } from "../bindings/TaskView";
import type { TrashView } from "../bindings/TrashView";
import { askingPlan } from "./asking";
import { attemptsOf } from "./attempts";
import { comparePlan } from "./compare/plan";
import { crowdedPlan } from "./crowded";
import { history } from "./history";
import { derive, type FakePlan, minute, plan, stage, task } from "./plan";
import { queueSpec } from "./reviews";
import { commitId, common } from "./shapes";

export type World = "empty" | "normal" | "crowded" | "asking" | "compare";

export interface State {
  projects: ProjectView[];
  plans: Map<string, FakePlan>;
  trash: TrashView[];
  events: Event[];
  settings: Map<string, string>;
}

const root = "/home/you/work/acme/api";

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
  if (world === "asking") add(askingPlan());
  if (world === "compare") add(comparePlan());
  add(retryPlan());
  add(authPlan());
  add(docsPlan());
  state.trash = sampleTrash();
  state.events = history(state.plans);
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
    task("queue", "Durable queue", {
      after: ["model"],
      stage: stage("needs_you", "Needs you: findings remain", {
        reason: {
          code: "findings_remain",
          text: "1 requirement is unmet and 2 findings are open after 2 rounds of fixing.",
          paths: [],
        },
      }),
      attempt: 1,
      since_ms: at(3),
      started_ms: at(18),
      ended_ms: at(3),
      role: "You make the queue durable.",
      spec: queueSpec,
      scope: ["crates/queue/**"],
      estimate_ms: 12 * minute,
      added: 162,
      deleted: 4,
      position: { x: 640, y: 312 },
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
    review: { agents: ["codex"], rounds: 5 },
    fixer: "claude",
    goal: "Every request that fails for a passing reason is tried again, within limits that a person set.",
    setup: { command: "cargo fetch", copy: [".env"], ports: ["web"], timeout_ms: 10 * minute },
    revision: 14,
  });
  made.view.progress.elapsed_ms = 21 * minute;
  for (const t of made.view.tasks) if (t.attempt) made.attempts.set(t.id, attemptsOf(p, t));
  return made;
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
