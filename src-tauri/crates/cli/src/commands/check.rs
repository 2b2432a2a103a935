//! A plan file on its own: is it valid, what runs when, and how fast could it be?

use std::path::Path;
use std::process::ExitCode;

use plan::duration::format_duration;
use plan::forecast::{Forecast, forecast_fresh};
use plan::{Graph, PlanDoc};
use serde::Serialize;

use super::print;
use crate::args::Check;
use crate::display::json;
use crate::display::text::{count, printable};
use crate::failure::{DONE, Failure};
use crate::find::folder;
use crate::plan_file::{self, PlanFile};

/// What `--json` prints. Times in milliseconds.
#[derive(Debug, Serialize)]
struct Report {
    valid: bool,
    problems: Vec<protocol::Problem>,
    #[serde(flatten)]
    plan: Option<Course>,
}

#[derive(Debug, Serialize)]
struct Course {
    title: String,
    target: Option<String>,
    slots: usize,
    tasks: usize,
    /// Task ids by level: wave n can start when the waves before it have landed.
    waves: Vec<Vec<String>>,
    critical_path: Vec<String>,
    critical_ms: u64,
    work_ms: u64,
    /// max(critical path, work / slots): no schedule is shorter.
    lower_bound_ms: u64,
    /// What the scheduler's own rule needs.
    forecast_ms: u64,
    strict_waves_ms: u64,
    one_more_slot_ms: u64,
    warnings: Vec<String>,
}

pub(crate) fn check(words: &Check) -> Result<ExitCode, Failure> {
    let read = plan_file::read(&words.plan).and_then(|file| {
        if let Some(repo) = &words.repo {
            repository(repo)?;
        }
        Ok(file)
    });
    match read {
        Ok(file) => {
            let course = course(&file)?;
            if words.json {
                json::line(&Report { valid: true, problems: Vec::new(), plan: Some(course) })?;
            } else {
                print(&text(&file.doc, &course))?;
            }
            Ok(DONE)
        }
        Err(Failure::Plan { file, problems }) if words.json => {
            json::line(&Report { valid: false, problems: problems.clone(), plan: None })?;
            Err(Failure::Plan { file, problems })
        }
        Err(other) => Err(other),
    }
}

/// What can be said of a folder without git: whether it, or one around it, is a repository.
fn repository(named: &Path) -> Result<(), Failure> {
    let folder = folder(named)?;
    let bare = |folder: &Path| folder.join("HEAD").is_file() && folder.join("objects").is_dir();
    if folder.ancestors().any(|folder| folder.join(".git").exists() || bare(folder)) {
        return Ok(());
    }
    Err(Failure::hinted(
        format!("{} is not in a git repository.", named.display()),
        "Name one with --repo, or make one: `git init`.",
    ))
}

fn course(file: &PlanFile) -> Result<Course, Failure> {
    let doc = &file.doc;
    let graph = Graph::new(doc)
        .map_err(|cycle| Failure::hinted(format!("The plan has a cycle: {cycle}."), cycle.hint()))?;
    let Forecast { critical_path, critical, total, lower_bound, makespan, waves, one_more_slot, .. } =
        forecast_fresh(doc, &graph);
    let ms = |length: std::time::Duration| u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
    let ids = |wave: Vec<plan::TaskIdx>| wave.into_iter().map(|task| graph.id(task).to_string()).collect();
    Ok(Course {
        title: doc.settings.title.clone(),
        target: doc.settings.target.clone(),
        slots: doc.settings.slots,
        tasks: doc.tasks.len(),
        waves: graph.waves().into_iter().map(ids).collect(),
        critical_path: critical_path.iter().map(ToString::to_string).collect(),
        critical_ms: ms(critical),
        work_ms: ms(total),
        lower_bound_ms: ms(lower_bound),
        forecast_ms: ms(makespan),
        strict_waves_ms: ms(waves),
        one_more_slot_ms: ms(one_more_slot),
        warnings: file.warnings.iter().map(|warning| warning.message.clone()).collect(),
    })
}

fn text(doc: &PlanDoc, course: &Course) -> String {
    let time = |ms: u64| format_duration(std::time::Duration::from_millis(ms));
    let title = if course.title.is_empty() { "The plan" } else { &course.title };
    let target = course.target.as_deref().unwrap_or("the branch that is checked out");
    let mut text = format!(
        "{}: {} onto {target}, {}.\n\n",
        printable(title),
        count(course.tasks, "task", "tasks"),
        count(course.slots, "slot", "slots")
    );
    for (at, wave) in course.waves.iter().enumerate() {
        text.push_str(&format!("Wave {}         {}\n", at + 1, wave.join(", ")));
    }
    text.push_str(&format!(
        "Critical path  {} ({})\n",
        course.critical_path.join(" → "),
        time(course.critical_ms)
    ));
    text.push_str(&format!(
        "Lower bound    {} = max(critical path, {} of work / {})\n",
        time(course.lower_bound_ms),
        time(course.work_ms),
        count(course.slots, "slot", "slots")
    ));
    text.push_str(&format!("Forecast       {}", time(course.forecast_ms)));
    if course.one_more_slot_ms < course.forecast_ms {
        text.push_str(&format!("; {} with one more slot", time(course.one_more_slot_ms)));
    }
    if course.strict_waves_ms > course.forecast_ms {
        text.push_str(&format!("; {} in strict waves", time(course.strict_waves_ms)));
    }
    text.push('\n');
    if doc.tasks.iter().any(|task| task.estimate.is_none()) {
        text.push_str("               (tasks without an estimate count as ");
        text.push_str(&format_duration(plan::ready::DEFAULT_ESTIMATE));
        text.push_str(")\n");
    }
    for warning in &course.warnings {
        text.push_str(&format!("\nwarning: {}\n", printable(warning)));
    }
    text
}
