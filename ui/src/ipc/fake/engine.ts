/* The fake engine: answers requests from memory and says what happened. */
import type { Event } from "../bindings/Event";
import type { Notice } from "../bindings/Notice";
import type { Reply } from "../bindings/Reply";
import type { Request } from "../bindings/Request";
import type { RunView } from "../bindings/RunView";
import { act, answerAgent } from "./act";
import { contend } from "./compare/acts";
import { branchOf, compareView, contestOf, sideOf } from "./compare/contest";
import { diffTexts } from "./compare/texts";
import { detailOf } from "./detail";
import { changedFiles, fileDiff } from "./diffs";
import { edited, stepBack } from "./edits";
import { linesOf, told } from "./lines";
import { applyEdit, derive, type FakePlan, plan, stage } from "./plan";
import { ofProjects } from "./projects";
import { refuse } from "./refuse";
import { commitId, run } from "./shapes";
import { tick } from "./simulate";
import { plainText, terminalText } from "./terminals";
import { planText, problemsOf } from "./text";
import { allRuns, inbox, landingView, summary } from "./views";
import { newState, type State, type World } from "./world";

export type { World } from "./world";

export interface Fake {
  state: State;
  answer: (request: Request) => Reply;
  subscribe: (listener: (notice: Notice) => void) => null;
  listen: (event: string, handler: (payload: unknown) => void) => () => void;
  emit: (event: string, payload: unknown) => void;
  seq: () => number;
  /** Says that something happened; `about` is the plan's id. */
  say: (about: string | null, body: Record<string, unknown>) => void;
  action: (plan: string, task: string, line: string) => void;
}

export function newFake(world: World): Fake {
  const state = newState(world);
  const subscribers = new Set<(notice: Notice) => void>();
  const listeners = new Map<string, Set<(payload: unknown) => void>>();
  const notify = (notice: Notice) => {
    for (const subscriber of subscribers) subscriber(structuredClone(notice));
  };
  const fake: Fake = {
    state,
    seq: () => state.events.at(-1)?.seq ?? 0,
    subscribe: (listener) => {
      subscribers.add(listener);
      return null;
    },
    listen: (event, handler) => {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(handler));
      return () => set.delete(handler);
    },
    emit: (event, payload) => {
      for (const handler of listeners.get(event) ?? []) handler(payload);
    },
    say: (about, body) => {
      const of = about ? state.plans.get(about) : undefined;
      const event = {
        seq: fake.seq() + 1,
        at: new Date().toISOString(),
        project: of?.view.project ?? null,
        plan: about,
        ...body,
      } as Event;
      state.events.push(event);
      for (const p of state.plans.values()) p.view.seq = event.seq;
      notify({ type: "event", event });
    },
    action: (p, t, line) => notify({ type: "action", plan: p, task: t, run: "", line }),
    answer: (request) => answer(fake, request),
  };
  if (typeof window !== "undefined" && !new URLSearchParams(window.location.search).has("still")) {
    setInterval(() => tick(fake), 1000);
  }
  return fake;
}

function answer(fake: Fake, request: Request): Reply {
  const { state } = fake;
  const find = (id: string): FakePlan =>
    state.plans.get(id) ?? refuse("not_found", "The plan does not exist.");
  const done: Reply = { type: "done" };
  switch (request.type) {
    case "subscribe":
    case "shutdown":
      return done;
    case "events": {
      const found = state.events.filter(
        (e) => e.seq > request.since && (!request.plan || e.plan === request.plan),
      );
      return { type: "events", value: found.slice(0, request.limit) };
    }
    case "projects":
    case "inspect_project":
    case "first_commit":
    case "open_project":
    case "close_project":
    case "create_demo":
      return ofProjects(fake, request);
    case "plans": {
      const all = [...state.plans.values()].map((p) => summary(p.view));
      return { type: "plans", value: all.filter((p) => !request.project || p.project === request.project) };
    }
    case "create_plan":
    case "import_plan": {
      const title = request.type === "create_plan" ? request.title : "Imported plan";
      const id = `plan-${state.plans.size + 1}`;
      const known = [...state.plans.values()].find((p) => p.view.project === request.project)?.view;
      const made = plan(id, request.project, title, [], {
        agents: known?.agents ?? [],
        checks: known?.checks ?? [],
        default_agent: known?.default_agent ?? null,
      });
      if (request.type === "import_plan") made.text = request.text;
      state.plans.set(id, made);
      fake.say(id, { type: "plan.created", title });
      return { type: "plan_ref", value: { project: request.project, plan: id, title } };
    }
    case "open_plan_file":
      return refuse("not_found", `${request.file} does not exist.`);
    case "plan":
      return { type: "plan", value: find(request.plan).view };
    case "plan_text": {
      const p = find(request.plan);
      return { type: "text", value: p.text ?? planText(p.view) };
    }
    case "set_plan_text": {
      const p = find(request.plan);
      const problems = problemsOf(request.text);
      if (problems.length) {
        const message = `The text has ${problems.length} ${problems.length === 1 ? "problem" : "problems"}.`;
        throw { code: "invalid_plan", message, hint: "The plan stays as it was.", problems };
      }
      const title = /^title\s*=\s*"(.*)"/m.exec(request.text)?.[1];
      const slots = Number(/^slots\s*=\s*(\d+)/m.exec(request.text)?.[1] ?? p.view.slots);
      return edited(fake, p, "the text", () => {
        applyEdit(p, { type: "update_plan", patch: { title: title ?? p.view.title, slots } });
        p.text = request.text;
        return [];
      });
    }
    case "edit_plan": {
      const p = find(request.plan);
      return edited(fake, p, request.edit.type, () => {
        p.text = null;
        return applyEdit(p, request.edit);
      });
    }
    case "undo":
    case "redo":
      return stepBack(fake, find(request.plan), request.type);
    case "delete_plan": {
      if (find(request.plan).view.mode === "running")
        refuse("refused", "The plan is running.", "Stop it first.");
      fake.say(request.plan, { type: "plan.deleted" });
      state.plans.delete(request.plan);
      return done;
    }
    case "start_plan": {
      const p = find(request.plan);
      if (p.view.tasks.length === 0) refuse("refused", "The plan has no tasks.", "Draw one first.");
      p.view.mode = "running";
      for (const t of p.view.tasks) if (t.stage.kind === "draft") t.stage = stage("waiting", "Waiting");
      derive(p);
      fake.say(request.plan, { type: "plan.started", engine_pid: 4242, again: request.again });
      return { type: "started", value: { seq: fake.seq(), engine_pid: 4242 } };
    }
    case "pause_plan":
    case "stop_plan": {
      const p = find(request.plan);
      p.view.mode = request.type === "pause_plan" ? "paused" : "stopped";
      derive(p);
      fake.say(request.plan, { type: request.type === "pause_plan" ? "plan.paused" : "plan.stopped" });
      return done;
    }
    case "retry":
    case "cancel":
    case "discard":
    case "approve":
    case "unapprove":
    case "leftovers":
    case "recheck":
    case "waive":
    case "request_changes":
    case "retry_landing":
      act(fake, find(request.plan), request);
      return done;
    case "try_beside":
    case "adopt":
    case "take":
    case "judge":
      contend(fake, find(request.plan), request);
      return done;
    case "compare": {
      const value = compareView(find(request.plan), request.task, request.a, request.b);
      return { type: "compare", value };
    }
    case "file_between": {
      const contest = contestOf(find(request.plan), request.task);
      if (!contest) return refuse("refused", "No two attempts stand side by side here.");
      const [from, to] = [sideOf(contest, request.a), sideOf(contest, request.b)];
      return { type: "file_diff", value: told(diffTexts(request.path, from, to, request.context)) };
    }
    case "hook":
      return { type: "text", value: "" };
    case "answer":
    case "message":
      answerAgent(fake, find(request.plan), request);
      return done;
    case "fetch":
      find(request.plan).upstream.behind = 1;
      return done;
    case "push":
      find(request.plan).upstream.ahead = 0;
      return done;
    case "end_run": {
      const found =
        allRuns(state).find((r) => r.id === request.run) ?? refuse("not_found", "The run does not exist.");
      Object.assign(found, { live: false, ended_ms: Date.now(), outcome: "ended", code: null });
      fake.say(found.plan, {
        type: "process.exited",
        task: found.task,
        attempt: found.attempt,
        run: found.id,
        kind: found.kind,
        code: null,
        outcome: "ended",
      });
      return done;
    }
    case "open_shell": {
      const p = find(request.plan);
      const a = p.attempts.get(request.task)?.find((x) => x.number === request.attempt);
      if (!a) return refuse("not_found", "The attempt does not exist.");
      const shell = run(request.plan, request.task, request.attempt, "shell", {
        id: `shell-${state.events.length}`,
        name: "shell",
        command: "zsh -l",
        live: true,
        code: null,
        outcome: null,
        pid: 51999,
        started_ms: Date.now(),
        ended_ms: null,
      });
      a.runs.unshift(shell);
      const about = { task: request.task, attempt: request.attempt, run: shell.id, kind: "shell" };
      fake.say(request.plan, { type: "process.started", ...about, pid: 51999, shim_pid: 51998 });
      return { type: "run", value: shell };
    }
    case "task":
      return { type: "task", value: detailOf(find(request.plan), request.task) };
    case "runs": {
      const runs = [...find(request.plan).attempts.values()].flatMap((list) => list.flatMap((a) => a.runs));
      const byTime = (a: RunView, b: RunView) =>
        Number(b.live) - Number(a.live) || b.started_ms - a.started_ms;
      return { type: "runs", value: runs.sort(byTime) };
    }
    case "changed_files": {
      const { task: id, scope } = request;
      const p = find(request.plan);
      const of = p.attempts.get(id)?.find((a) => a.number === request.attempt);
      const contest = contestOf(p, id);
      if (contest && of && scope === "branch") return { type: "changed_files", value: branchOf(contest, of) };
      return { type: "changed_files", value: changedFiles(id, scope, of?.head ?? commitId(`head ${id}`)) };
    }
    case "file_diff": {
      const { path, context, attempt, task: id } = request;
      const contest = contestOf(find(request.plan), id);
      const value = contest
        ? diffTexts(path, contest.base, sideOf(contest, attempt), context)
        : fileDiff(path, context);
      return { type: "file_diff", value: told(value) };
    }
    case "diff_lines": {
      const value = linesOf(request.id, request.from, request.count);
      if (!value)
        return refuse("not_found", "These lines are not remembered any more.", "Open the file again.");
      return { type: "diff_lines", value };
    }
    case "landing":
      return { type: "landing", value: landingView(find(request.plan)) };
    case "inbox":
      return { type: "inbox", value: inbox(state) };
    case "run_log": {
      const found = allRuns(state).find((r) => r.id === request.run);
      return { type: "text", value: plainText(terminalText(found)) };
    }
    case "trash":
      return { type: "trash", value: request.project === "acme" ? state.trash : [] };
    case "restore_trash":
      state.trash = state.trash.filter((t) => t.id !== request.entry);
      fake.say(null, { type: "worktree.restored", worktree: request.entry, project: request.project });
      return done;
    case "empty_trash":
      state.trash = [];
      fake.say(null, { type: "worktree.restored", worktree: "", project: request.project });
      return done;
    case "scope_files": {
      const files = request.scope.flatMap((glob) =>
        [1, 2, 3, 4, 5, 6, 7].map((n) => glob.replace(/\*\*?$/, `src/part${n}.rs`).replace("*", "x")),
      );
      return { type: "scope_files", value: { count: files.length * 2, sample: files.slice(0, 8) } };
    }
    case "doctor":
      return {
        type: "doctor",
        value: {
          rows: [
            { name: "git", status: "good", found: "git 2.47.1", hint: null },
            { name: "login shell", status: "good", found: "/bin/zsh, 41 entries on PATH", hint: null },
            {
              name: "free space",
              status: "warning",
              found: "3.1 GiB on /home",
              hint: "A worktree of acme/api takes 310 MiB.",
            },
            {
              name: "codex",
              status: "bad",
              found: "not on PATH",
              hint: "Install it, or give its plan another agent.",
            },
          ],
        },
      };
    case "settings":
      return { type: "settings", value: [...state.settings].map(([key, value]) => ({ key, value })) };
    case "set_setting":
      state.settings.set(request.key, request.value);
      return done;
  }
}
