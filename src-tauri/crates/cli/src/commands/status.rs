use std::process::ExitCode;

use protocol::{PlanMode, PlanView, Progress, StageKind};

use super::print;
use crate::args::Status;
use crate::display::json;
use crate::display::paint::{Paint, Tone};
use crate::display::rows::Columns;
use crate::display::tasks::Tasks;
use crate::display::text::{elapsed, printable};
use crate::engine::Engine;
use crate::failure::{DONE, Failure};
use crate::find;

pub(crate) async fn status(words: Status) -> Result<ExitCode, Failure> {
    let engine = Engine::find().await?;
    let plans = find::plans(&engine, &words.which).await?;
    if plans.is_empty() && !words.json {
        print("No plan yet. Start one: coppice run PLAN.toml --repo DIR, or look at coppice demo.\n")?;
    }
    for (at, plan) in plans.iter().enumerate() {
        let view = find::view(&engine, &plan.id).await?;
        if words.json {
            json::line(&view)?;
        } else {
            let gap = if at > 0 { "\n" } else { "" };
            print(&format!("{gap}{}", text(&view)))?;
        }
    }
    Ok(DONE)
}

fn text(view: &PlanView) -> String {
    let paint = Paint::new();
    let now = jiff::Timestamp::now().as_millisecond();
    let mut tasks = Tasks::new(view, now);
    for (line, task) in tasks.lines.iter_mut().zip(&view.tasks) {
        if line.note.is_none() {
            // Whoever is about to approve must see whether anybody looked.
            let decided = matches!(
                task.stage.kind,
                StageKind::AwaitingApproval | StageKind::Queued | StageKind::Landing | StageKind::Landed
            );
            let review = decided.then_some(&task.review);
            line.note = task.why_waiting.as_ref().or(review).map(|text| printable(text));
        }
        // Here the id says what to type; the title stands in the plan.
        line.title.clone_from(&line.id);
    }
    let mode = match view.mode {
        PlanMode::Draft => "not started",
        PlanMode::Running if rests(&view.progress) => "waits for you",
        PlanMode::Running => "running",
        PlanMode::Paused => "paused",
        PlanMode::Stopped => "stopped",
        PlanMode::Finished => "finished",
    };
    let progress = &view.progress;
    let mut text = format!(
        "{}  {}\n",
        paint.tone(Tone::Bold, &tasks.title),
        paint.tone(
            Tone::Dim,
            &format!(
                "{} → {}, {mode}, {} of {} landed",
                view.id, tasks.target, progress.landed, progress.total
            )
        ),
    );
    if let Some(left) = progress.left_ms.filter(|left| *left > 0) {
        text.push_str(&format!("  about {} left\n", elapsed(left)));
    }
    let columns = Columns::of(tasks.lines.iter(), 160);
    for line in &tasks.lines {
        text.push_str("  ");
        text.push_str(columns.row(&paint, line, now).0.trim_end());
        text.push('\n');
    }
    for problem in &view.problems {
        text.push_str(&format!("  {}\n", printable(&problem.message)));
    }
    text
}

/// Nothing moves by itself, and a person can change that.
fn rests(progress: &Progress) -> bool {
    progress.running == 0 && progress.needs_you + progress.ready_to_review + progress.failed > 0
}
