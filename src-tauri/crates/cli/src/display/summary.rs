//! The last words of a run: what landed, what failed and why, and what to type next.

use std::io::{self, Write};

use protocol::{Reason, StageKind, TaskAction};

use crate::display::paint::{Paint, Tone, stage_tone};
use crate::display::tasks::Tasks;
use crate::display::text::{count, elapsed, pad, printable, width};

/// What a person can type for a task that stands still.
#[derive(Debug, Clone, Default)]
pub(crate) struct Next {
    pub(crate) task: String,
    pub(crate) commands: Vec<String>,
}

/// The command behind an action. `which`: further words where the task's id alone does not tell.
pub(crate) fn command(action: TaskAction, task: &str, which: &str) -> Option<String> {
    Some(match action {
        TaskAction::Approve => format!("coppice approve {task}{which}"),
        TaskAction::Unapprove => format!("coppice unapprove {task}{which}"),
        TaskAction::Compare => format!("coppice compare {task}{which}"),
        TaskAction::Retry => format!("coppice retry {task}{which}"),
        TaskAction::Recheck => format!("coppice recheck {task}{which}"),
        TaskAction::CommitLeftovers => format!("coppice leftovers {task} --commit{which}"),
        TaskAction::PutAwayLeftovers => format!("coppice leftovers {task} --put-away{which}"),
        TaskAction::Cancel => format!("coppice cancel {task}{which}"),
        TaskAction::Discard => format!("coppice discard {task}{which}"),
        TaskAction::Allow => format!("coppice answer {task} allow{which}"),
        TaskAction::Deny => format!("coppice answer {task} deny{which}"),
        TaskAction::FixAgain => format!("coppice change {task}{which}"),
        // Running the plan again tries the landing again.
        TaskAction::RetryLanding => "coppice run PLAN.toml".into(),
        TaskAction::EndRun | TaskAction::OpenShell => return None,
    })
}

/// What helps where the engine does not say what can be done.
pub(crate) fn usual(kind: StageKind, reason: Option<&Reason>) -> &'static [TaskAction] {
    match (kind, reason.map(|reason| reason.code.as_str())) {
        (StageKind::AwaitingApproval, _) => &[TaskAction::Approve],
        (_, Some("uncommitted")) => &[TaskAction::CommitLeftovers, TaskAction::PutAwayLeftovers],
        (_, Some("checkout_blocked")) => &[TaskAction::RetryLanding],
        _ => &[TaskAction::Retry, TaskAction::Discard],
    }
}

pub(crate) fn print(paint: &Paint, tasks: &Tasks, next: &[Next], now_ms: i64) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text(paint, tasks, next, now_ms).as_bytes())?;
    out.flush()
}

fn text(paint: &Paint, tasks: &Tasks, next: &[Next], now_ms: i64) -> String {
    let total = tasks.lines.len();
    let landed = tasks.count(|kind| kind == StageKind::Landed);
    let time = elapsed(now_ms - tasks.began_ms);
    let head = if landed == total {
        format!("All {} landed on {} in {time}.", count(total, "task", "tasks"), tasks.target)
    } else {
        format!("{landed} of {} landed on {} in {time}.", count(total, "task", "tasks"), tasks.target)
    };
    let tone = if landed == total { Tone::Good } else { Tone::Bold };
    let mut text = format!("\n{}\n", paint.tone(tone, &head));
    let sections: [(&str, &[StageKind]); 3] = [
        ("Failed", &[StageKind::Failed]),
        ("Waits for you", &[StageKind::NeedsYou, StageKind::AwaitingApproval]),
        (
            "Not landed",
            &[
                StageKind::Draft,
                StageKind::Waiting,
                StageKind::Preparing,
                StageKind::Implementing,
                StageKind::Checking,
                StageKind::Reviewing,
                StageKind::Fixing,
                StageKind::Queued,
                StageKind::Landing,
                StageKind::Cancelled,
                StageKind::Discarded,
            ],
        ),
    ];
    let column = tasks.lines.iter().map(|line| width(&line.id)).max().unwrap_or(0).min(32);
    for (title, kinds) in sections {
        let lines: Vec<_> = tasks.lines.iter().filter(|line| kinds.contains(&line.kind)).collect();
        if lines.is_empty() {
            continue;
        }
        text.push_str(&format!("\n{title}:\n"));
        for line in lines {
            let why = match &line.note {
                Some(note) if line.kind != StageKind::AwaitingApproval => note.clone(),
                _ => line.word.clone(),
            };
            let mark = paint.tone(stage_tone(line.kind), paint.mark(line.kind));
            text.push_str(&format!("  {mark} {}  {why}\n", pad(&line.id, column)));
            for command in next.iter().filter(|next| next.task == line.id).flat_map(|next| &next.commands) {
                text.push_str(&format!("      {}\n", paint.tone(Tone::Bold, &printable(command))));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::tasks::tests::tasks;

    #[test]
    fn the_summary_says_what_to_type_next() {
        let mut tasks = tasks(&[
            ("model", StageKind::Landed, "Landed 3f2a91c"),
            ("storage", StageKind::AwaitingApproval, "Awaiting approval"),
            ("api", StageKind::Failed, "Failed"),
            ("docs", StageKind::Waiting, "Waiting"),
        ]);
        tasks.lines[2].note = Some("Failed 2 times.".into());
        tasks.lines[3].note = Some("Waits for The api.".into());
        let next = [
            Next { task: "storage".into(), commands: vec!["coppice approve storage".into()] },
            Next { task: "api".into(), commands: vec!["coppice retry api".into()] },
        ];
        let expected = "
1 of 4 tasks landed on main in 1:05.

Failed:
  ✗ api      Failed 2 times.
      coppice retry api

Waits for you:
  ◆ storage  Awaiting approval
      coppice approve storage

Not landed:
  ○ docs     Waits for The api.
";
        assert_eq!(text(&Paint::bare(), &tasks, &next, 65_000), expected);
    }
}
