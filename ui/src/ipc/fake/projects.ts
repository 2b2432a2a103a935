/* What the fake answers about repositories. */
import type { Reply } from "../bindings/Reply";
import type { Request } from "../bindings/Request";
import type { Fake } from "./engine";
import { plan, task } from "./plan";
import { refuse } from "./refuse";
import { agent } from "./shapes";
import { projectView } from "./views";
import { project } from "./world";

type ProjectRequest = Extract<
  Request,
  {
    type: "projects" | "inspect_project" | "first_commit" | "open_project" | "close_project" | "create_demo";
  }
>;

export function ofProjects(fake: Fake, request: ProjectRequest): Reply {
  const { state } = fake;
  const done: Reply = { type: "done" };
  switch (request.type) {
    case "projects":
      return { type: "projects", value: state.projects.map((p) => projectView(state, p)) };
    case "inspect_project":
      return {
        type: "inspection",
        value: {
          path: request.path,
          root: request.path.includes("nothing") ? null : request.path,
          is_repository: !request.path.includes("nothing"),
          has_commits: !request.path.includes("fresh"),
          branch: "main",
          trusted: state.projects.some((p) => p.root === request.path) || request.path.includes("fresh"),
          exec_capable: [
            { origin: ".git/hooks/pre-commit", key: "hook", value: "#!/bin/sh\nexec npx lint-staged" },
            { origin: ".git/config", key: "core.fsmonitor", value: ".git/hooks/fsmonitor-watchman" },
            { origin: ".git/config", key: "filter.lfs.process", value: "git-lfs filter-process" },
          ],
        },
      };
    case "first_commit":
    case "open_project": {
      const known = state.projects.find((p) => p.root === request.path);
      if (known) return { type: "project", value: projectView(state, known) };
      if (request.path.includes("nothing")) {
        refuse("repository", `${request.path} is no git repository.`, "Choose a folder that holds one.");
      }
      if (request.type === "open_project" && !request.trust) {
        refuse("trust_needed", "The repository can execute programs and is not trusted yet.");
      }
      const name = request.path.split("/").filter(Boolean).slice(-2).join("/");
      const made = project(name.replace(/\W+/g, "-"), name, request.path);
      state.projects.push(made);
      fake.say(null, { type: "project.opened", root: request.path });
      return { type: "project", value: projectView(state, made) };
    }
    case "close_project": {
      if (
        [...state.plans.values()].some((p) => p.view.project === request.project && p.view.mode === "running")
      ) {
        refuse("refused", "A plan of this project is running.", "Stop it first.");
      }
      state.projects = state.projects.filter((p) => p.id !== request.project);
      for (const [id, p] of state.plans) if (p.view.project === request.project) state.plans.delete(id);
      fake.say(null, { type: "project.closed" });
      return done;
    }
    case "create_demo": {
      const made = { ...project("demo", "demo/orchard", "/home/you/coppice-demo"), is_demo: true };
      state.projects = [...state.projects.filter((p) => p.id !== "demo"), made];
      const rehearsal = agent("rehearsal", "scripted", { script: "rehearsal.toml" });
      const p = plan(
        "demo",
        "demo",
        "Plant an orchard",
        [
          task("seeds", "Choose the seeds", {
            estimate_ms: 20_000,
            scope: ["seeds/**"],
            position: { x: 0, y: 90 },
          }),
          task("apples", "Plant apples", {
            after: ["seeds"],
            estimate_ms: 30_000,
            position: { x: 320, y: 0 },
          }),
          task("pears", "Plant pears", {
            after: ["seeds"],
            estimate_ms: 25_000,
            position: { x: 320, y: 180 },
          }),
          task("map", "Draw the map", {
            after: ["apples", "pears"],
            estimate_ms: 15_000,
            position: { x: 640, y: 90 },
          }),
        ],
        {
          agents: [rehearsal],
          default_agent: "rehearsal",
          checks: [{ name: "test", command: "sh test.sh", timeout_ms: null }],
        },
      );
      state.plans.set("demo", p);
      fake.say("demo", { type: "plan.created", title: p.view.title });
      return { type: "plan_ref", value: { project: "demo", plan: "demo", title: p.view.title } };
    }
  }
}
