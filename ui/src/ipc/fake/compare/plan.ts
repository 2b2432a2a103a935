/* A plan whose tasks are tried side by side: ready to compare, three of them, one asking, one adopted, one alone. */
import type { AttemptView } from "../../bindings/AttemptView";
import type { RequirementStatus } from "../../bindings/RequirementStatus";
import type { Stage } from "../../bindings/Stage";
import type { TaskView } from "../../bindings/TaskView";
import { attemptsOf } from "../attempts";
import { crowdedSpec } from "../crowdedReview";
import { derive, type FakePlan, minute, plan, stage, task } from "../plan";
import { requirementsOf } from "../reviews";
import { agent, attempt, commitId, common, evidence, live, run } from "../shapes";
import { type Contest, contendersOf, recount } from "./contest";
import type { Tree } from "./texts";
import { crowdedTree, storageA, storageB, storageBase } from "./trees";

const spec = `1. Retries use exponential backoff with full jitter, capped at \`max_delay\`.
2. An empty batch sends nothing and is not an error.
3. After \`max_attempts\` the item goes to the dead-letter table with its last error.
4. The key \`retry.max_attempts\` is readable from configuration.`;

const ready = stage("awaiting_approval", "Ready to compare");
const working = stage("implementing", "Working");
const permission: Stage = stage("needs_you", "Needs you: permission", {
  reason: {
    code: "permission",
    text: "The agent asks for permission: Bash: cargo add backon --features tokio-sleep",
    paths: [],
  },
});

interface Try {
  agent: string;
  stage?: Stage;
  minutes: number;
  cost: number | null;
  tree: Tree | null;
  /** Checks that are green; the rest are red. */
  green?: number;
  verdicts?: RequirementStatus[];
  findings?: number;
  rounds?: number;
}

const alone = [
  { action: "retry", effect: "Starts this one again from the same base; the others go on." },
  { action: "open_shell", effect: "Opens a shell in the attempt's worktree." },
  {
    action: "discard",
    effect: "Drops this attempt alone. Its commits stay under a keep ref; the others go on.",
  },
] as const;

function tried(p: string, t: TaskView, number: number, one: Try): AttemptView {
  const head = one.tree ? commitId(`${p} ${t.id} ${number}`) : null;
  const at = one.stage ?? ready;
  const started = Date.now() - (one.minutes + 4) * minute;
  const rests = at.kind !== "implementing" && at.kind !== "needs_you";
  const ended = started + one.minutes * minute;
  const model = one.agent === "codex" ? "gpt-5-codex" : "claude-opus-4-5";
  const made = attempt(p, t, {
    number,
    agent: one.agent,
    head,
    stage: at,
    started_ms: started,
    ended_ms: rests ? ended : null,
    actions: [...alone],
    commits: head
      ? [{ id: head, subject: `Make ${t.title.toLowerCase()} durable`, author: one.agent, at_ms: ended }]
      : [],
  });
  made.runs.push(
    run(p, t.id, number, "implement", {
      name: one.agent,
      command: one.agent === "codex" ? "codex exec" : "claude --print",
      started_ms: started,
      ended_ms: ended,
      ...(rests ? {} : live),
      usage: {
        model,
        input: 6_200 * one.minutes,
        output: 2_100 * one.minutes,
        cached: 90_000 * one.minutes,
        cost: one.cost,
      },
    }),
  );
  if (!head || !rests) return made;
  common.checks.forEach(({ name, command }, i) => {
    const passed = i < (one.green ?? 2);
    const r = run(p, t.id, number, "check", {
      name: `check ${name}`,
      command,
      code: passed ? 0 : 101,
      started_ms: ended,
      ended_ms: ended + 31_000,
    });
    made.runs.unshift(r);
    made.evidence.push(evidence(name, head, { run: r.id, passed, code: r.code }));
  });
  const at_ms = ended + minute;
  const gaps = one.verdicts?.some((v) => v !== "met") || (one.findings ?? 0) > 0;
  const verdict = gaps ? "gaps" : "pass";
  made.review = {
    last: one.verdicts
      ? { head, base: made.base, by: ["codex"], verdict, failed: null, void: null, at_ms }
      : null,
    rounds: one.rounds ?? 0,
    most_rounds: 5,
    requirements: requirementsOf(t.spec).map((r, i) => ({
      ...r,
      status: one.verdicts?.[i] ?? null,
      evidence: one.verdicts
        ? [
            {
              file: `crates/storage/src/${i % 2 ? "queue" : "retry"}.rs`,
              line: i % 2 ? 14 : 32,
              why:
                one.verdicts[i] === "met"
                  ? "The ceiling doubles and stops at max_delay."
                  : "Implemented, but not among the public keys.",
            },
          ]
        : [],
      waived: null,
    })),
    findings: Array.from({ length: one.findings ?? 0 }, (_, i) => ({
      id: `F${i + 1}`,
      kind: "quality",
      severity: i === 0 ? "important" : "minor",
      file: "crates/storage/src/retry.rs",
      line: 34 + i,
      end_line: null,
      why: "`(attempt - 1)` underflows for attempt 0.",
      verify: "cargo test -p storage attempt_zero",
      by: "codex",
      round: 0,
      seen: 1,
      state: "open",
      addressed_round: null,
      waived: null,
      blocks: i === 0,
    })),
  };
  return made;
}

function contest(p: FakePlan, id: string, base: Tree, tries: Try[]): Contest {
  const t = p.view.tasks.find((x) => x.id === id);
  if (!t) throw new Error(`the plan has no task ${id}`);
  const made: Contest = {
    base,
    sides: new Map(),
    givenUp: new Map(),
    dirty: new Map(),
    judgements: [],
    judging: null,
  };
  const attempts = tries.map((one, i) => tried(p.view.id, t, i + 1, one));
  tries.forEach((one, i) => {
    if (one.tree) made.sides.set(i + 1, one.tree);
  });
  for (const a of attempts) recount(made, a);
  p.attempts.set(id, attempts.reverse());
  p.contests.set(id, made);
  t.attempts = tries.map((one) => one.agent);
  t.attempt = tries.length;
  t.contenders = contendersOf(p, t);
  return made;
}

const adoptedInstead = "Attempt 1 (claude) was adopted instead: it is smaller and names its units.";

export function comparePlan(): FakePlan {
  const at = (m: number) => Date.now() - m * minute;
  const several = (id: string, title: string, y: number, at_: Stage, more: Partial<TaskView> = {}) =>
    task(id, title, {
      spec,
      scope: [`crates/${id}/**`],
      stage: at_,
      since_ms: at(3),
      started_ms: at(20),
      estimate_ms: 15 * minute,
      position: { x: 0, y },
      ...more,
    });
  const made = plan(
    "compare",
    "acme",
    "Two ways to one end",
    [
      several("storage", "Storage", 0, ready, { after: [] }),
      several("queue", "Durable queue", 110, working, { agent: "claude" }),
      several("client", "HTTP client", 220, permission),
      several("config", "Config keys", 330, stage("awaiting_approval", "Ready to review")),
      several("parts", "Everything at once, with a title that nobody would call a short one", 440, ready, {
        spec: crowdedSpec,
      }),
      task("single", "Retry model", {
        agent: "claude",
        stage: working,
        attempt: 1,
        started_ms: at(2),
        since_ms: at(2),
        added: 40,
        deleted: 2,
        action: "Editing crates/core/src/retry.rs",
        position: { x: 320, y: 0 },
      }),
      task("api", "Public API", {
        after: ["storage", "queue"],
        attempts: ["claude", "codex"],
        stage: stage("waiting", "Waiting"),
        position: { x: 320, y: 110 },
      }),
    ],
    {
      ...common,
      agents: [...common.agents, agent("opus", "claude", { model: "opus", effort: "high" })],
      mode: "running",
      slots: 8,
      review: { agents: ["codex"], rounds: 5 },
    },
  );
  const storage = contest(made, "storage", storageBase, [
    {
      agent: "claude",
      minutes: 14,
      cost: 1.12,
      tree: storageA,
      verdicts: ["met", "met", "met", "unmet"],
      findings: 1,
      rounds: 2,
    },
    {
      agent: "codex",
      minutes: 9,
      cost: 0.84,
      tree: storageB,
      verdicts: ["met", "met", "met", "met"],
      findings: 2,
      rounds: 1,
    },
  ]);
  const heads = [2, 1].map((n) => made.attempts.get("storage")?.[n - 1]?.head ?? "");
  const judged = { a: 1, b: 2, head_a: heads[0] ?? "", head_b: heads[1] ?? "", by: "opus", failed: null };
  storage.judgements.push(
    {
      ...judged,
      head_a: commitId("an earlier head"),
      better: null,
      why: [
        "The first is smaller and does what was asked, no more.",
        "The first names its units; the second leaves them to the reader.",
      ],
      void: "The head of attempt 1 moved since.",
      at_ms: at(9),
    },
    {
      ...judged,
      better: 2,
      why: [
        "The second keeps the clock out of the backoff, so its tests need no sleep, and `max_attempts` can't be zero.",
        "The one read first reaches the same end with an iterator; the other underflows when the attempt is 0.",
      ],
      void: null,
      at_ms: at(2),
    },
  );
  contest(made, "queue", storageBase, [
    { agent: "claude", minutes: 11, cost: 0.92, tree: storageA, green: 1, findings: 0, rounds: 0 },
    { agent: "codex", minutes: 10, cost: null, tree: storageB, verdicts: ["met", "met", "met", "met"] },
    { agent: "claude", minutes: 3, cost: 0.2, tree: null, stage: working },
  ]);
  contest(made, "client", storageBase, [
    { agent: "claude", minutes: 4, cost: 0.31, tree: null, stage: permission },
    { agent: "codex", minutes: 4, cost: 0.18, tree: null, stage: working },
  ]);
  const config = contest(made, "config", storageBase, [
    {
      agent: "claude",
      minutes: 8,
      cost: 0.61,
      tree: storageA,
      verdicts: ["met", "met", "met", "met"],
      stage: stage("awaiting_approval", "Ready to review"),
    },
    {
      agent: "codex",
      minutes: 7,
      cost: 0.4,
      tree: storageB,
      verdicts: ["met", "met", "unmet", "met"],
      findings: 1,
      stage: stage("failed", "Given up", {
        reason: { code: "given_up", text: adoptedInstead, paths: [] },
      }),
    },
  ]);
  config.givenUp.set(2, adoptedInstead);
  for (const a of made.attempts.get("config") ?? []) {
    a.actions = [];
    if (a.number === 1) a.adopted = true;
    else Object.assign(a, { worktree: null, keep_refs: ["refs/coppice/keep/compare/config/2"] });
  }
  const adopted = made.view.tasks.find((t) => t.id === "config");
  if (adopted)
    Object.assign(adopted, { attempt: 1, agent: "claude", contenders: contendersOf(made, adopted) });
  contest(
    made,
    "parts",
    crowdedTree(0),
    [1, 2, 3].map((way) => ({
      agent: ["claude", "codex", "opus"][way - 1] ?? "claude",
      minutes: 20 + 7 * way,
      cost: 3.4 + way,
      tree: crowdedTree(way),
      verdicts: ["met", way === 2 ? "unverifiable" : "met", "met", way === 3 ? "unmet" : "met"],
      findings: way - 1,
      rounds: way - 1,
    })),
  );
  const single = made.view.tasks.find((t) => t.id === "single");
  if (single) made.attempts.set("single", attemptsOf("compare", single));
  for (const t of made.view.tasks) {
    const newest = made.attempts.get(t.id)?.find((a) => a.number === t.attempt);
    if (newest && t.id !== "single") Object.assign(t, { added: newest.added, deleted: newest.deleted });
  }
  derive(made);
  return made;
}
