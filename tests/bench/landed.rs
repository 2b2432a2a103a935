//! `coppice run` on a real repository: each agent commits a file in a worktree of its own, a check runs, and the
//! merged result lands.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use coppice_tests::TempRepo;
use jiff::Timestamp;
use serde_json::Value;

use crate::tasks::{Task, plan_text};
use crate::{Bench, Result, environment};

/// It sleeps while it works, so that it takes as long as the task's length and no longer.
const AGENT: &str = "sleep \"$1\" &
echo \"$COPPICE_TASK\" > \"$COPPICE_TASK.txt\"
git add -- \"$COPPICE_TASK.txt\" && git commit --quiet -m \"Add $COPPICE_TASK\" || exit 1
wait
";

#[derive(Debug)]
pub(crate) struct Landed {
    /// From the plan's start to the last landing.
    pub(crate) makespan: Duration,
    /// What each step took, task by task.
    pub(crate) parts: Vec<(&'static str, Vec<Duration>)>,
}

pub(crate) fn run(bench: &Bench, tasks: &[Task], slots: usize, folder: &Path) -> Result<Landed> {
    let user = folder.join("user");
    fs::create_dir_all(&user)?;
    let repo = TempRepo::new(&folder.join("project"), &user);
    let agent = folder.join("agent.sh");
    fs::write(&agent, AGENT)?;
    let mut head = "\n[[check]]\nname = \"test\"\ncommand = \"true\"\n".to_owned();
    for task in tasks {
        let (id, script, length) = (&task.id, agent.display(), task.length.as_secs_f64());
        head += &format!(
            "\n[agents.{id}]\nadapter = \"command\"\ncommand = [\"sh\", \"{script}\", \"{length:.3}\"]\n"
        );
    }
    let plan = folder.join("PLAN.toml");
    fs::write(&plan, plan_text(tasks, slots, &head, |task| task.id.clone())?)?;

    let mut child = Command::new(bench.program("coppice"))
        .arg("run")
        .arg(&plan)
        .arg("--repo")
        .arg(&repo.path)
        .arg("--json")
        .current_dir(&user)
        .env_clear()
        .envs(environment(&user))
        .env("COPPICE_HOME", folder.join("data"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take().ok_or("its output is not there")?;
    let events: Vec<Value> = BufReader::new(stdout)
        .lines()
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect::<Result<_>>()?;
    let status = child.wait()?;
    let engine = events.iter().find_map(|event| event["engine_pid"].as_i64());
    let seen = observed(&events, tasks);
    if let Some(engine) = engine {
        await_end(engine)?;
    }
    if !status.success() {
        let last: Vec<String> = events.iter().rev().take(3).map(ToString::to_string).collect();
        return Err(format!("coppice run ended with {status}: {}", last.join("\n")).into());
    }
    seen
}

/// The engine ends by itself when nobody needs it; asked, it does so at once.
fn await_end(pid: i64) -> Result<()> {
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else { return Ok(()) };
    let Ok(handle) = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) else {
        return Ok(());
    };
    rustix::process::pidfd_send_signal(&handle, rustix::process::Signal::TERM)?;
    let mut ends = [rustix::event::PollFd::new(&handle, rustix::event::PollFlags::IN)];
    rustix::event::poll(&mut ends, Some(&rustix::event::Timespec { tv_sec: 20, tv_nsec: 0 }))?;
    Ok(())
}

fn observed(events: &[Value], tasks: &[Task]) -> Result<Landed> {
    let started = at(events.iter().find(|e| e["type"] == "plan.started").ok_or("the plan did not start")?)?;
    let last = events.iter().rfind(|e| e["type"] == "landed").ok_or("nothing landed")?;
    let makespan = between(started, at(last)?);
    let mut parts: BTreeMap<usize, Vec<Duration>> = BTreeMap::new();
    for task in tasks {
        let mut moments = Moments::default();
        for event in events.iter().filter(|event| event["task"] == task.id.as_str()) {
            moments.note(event)?;
        }
        for (part, time) in moments.parts(task.length).into_iter().enumerate() {
            parts.entry(part).or_default().extend(time);
        }
    }
    let parts = PARTS.iter().zip(parts.into_values()).map(|(name, times)| (*name, times)).collect();
    Ok(Landed { makespan, parts })
}

const PARTS: [&str; 8] = [
    "cut a worktree",
    "start the agent",
    "agent over its length",
    "look at its work, start a check",
    "the check, to the approval",
    "wait for the landing lane",
    "merge, check as merged, land",
    "remove the worktree",
];

/// When a task's attempt passed each step.
#[derive(Debug, Default)]
struct Moments {
    begun: Option<Timestamp>,
    cut: Option<Timestamp>,
    lives: Option<Timestamp>,
    ended: Option<Timestamp>,
    checks: Option<Timestamp>,
    approved: Option<Timestamp>,
    landing: Option<Timestamp>,
    landed: Option<Timestamp>,
    removed: Option<Timestamp>,
}

impl Moments {
    fn note(&mut self, event: &Value) -> Result<()> {
        let text = |field: &str| event[field].as_str().unwrap_or_default();
        let moment = match (text("type"), text("kind"), text("stage")) {
            ("attempt.started", ..) => &mut self.begun,
            ("task.stage", _, "implementing") => &mut self.cut,
            ("process.started", "implement", _) => &mut self.lives,
            ("process.exited", "implement", _) => &mut self.ended,
            ("process.started", "check", _) => &mut self.checks,
            ("approved", ..) => &mut self.approved,
            ("task.stage", _, "landing") => &mut self.landing,
            ("landed", ..) => &mut self.landed,
            ("worktree.removed", ..) => &mut self.removed,
            _ => return Ok(()),
        };
        // The first check is the one in the task's own worktree.
        moment.get_or_insert(at(event)?);
        Ok(())
    }

    fn parts(&self, length: Duration) -> [Option<Duration>; 8] {
        let time = |from: Option<Timestamp>, to: Option<Timestamp>| Some(between(from?, to?));
        [
            time(self.begun, self.cut),
            time(self.cut, self.lives),
            time(self.lives, self.ended).map(|lived| lived.saturating_sub(length)),
            time(self.ended, self.checks),
            time(self.checks, self.approved),
            time(self.approved, self.landing),
            time(self.landing, self.landed),
            time(self.landed, self.removed),
        ]
    }
}

fn at(event: &Value) -> Result<Timestamp> {
    Ok(event["at"].as_str().ok_or("an event has no time")?.parse()?)
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}
