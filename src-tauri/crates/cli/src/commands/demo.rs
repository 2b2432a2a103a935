use std::collections::BTreeSet;
use std::path::absolute;
use std::process::ExitCode;

use protocol::{Event, EventBody, Request};

use crate::args::Demo;
use crate::display::text::printable;
use crate::engine::{Engine, reply};
use crate::failure::{Failure, say};
use crate::find::text;
use crate::follow::{Person, follow};
use crate::signals::Interrupts;

/// The whole flow in two minutes: no account, no key, no network.
pub(crate) async fn demo(words: Demo) -> Result<ExitCode, Failure> {
    let folder = match &words.folder {
        Some(folder) => {
            let place = absolute(folder).map_err(|error| {
                Failure::usage(format!("The folder {} is no place: {error}.", folder.display()))
            })?;
            Some(text(&place)?)
        }
        None => None,
    };
    let mut signals = Interrupts::listen()?;
    let (engine, plan) = tokio::select! {
        created = async {
            let engine = Engine::find().await?;
            let plan = reply!(engine.ask(Request::CreateDemo { path: folder }).await?, PlanRef)?;
            Ok::<_, Failure>((engine, plan))
        } => created?,
        () = signals.next() => return Err(Failure::Interrupted),
    };
    say(
        "A small repository, and scripted agents that work on it in worktrees of their own. Coppice runs the\n\
         checks itself; what is approved is merged, checked again as merged, and lands on the target branch.\n\n",
    );
    let mut person = Approver { plan: plan.plan.clone(), said: BTreeSet::new() };
    super::run::outcome(follow(engine, &plan, false, words.json, signals, &mut person).await)
}

/// The attempt that the demo adopts where a person would compare two.
const FIRST: u32 = 1;

/// Says yes where a person would look at the diff first.
#[derive(Debug)]
struct Approver {
    plan: String,
    /// The tasks whose approval is on its way.
    said: BTreeSet<String>,
}

impl Person for Approver {
    fn answer(&mut self, event: &Event) -> Option<(Request, String)> {
        match &event.body {
            EventBody::Approved { task, .. } => {
                self.said.remove(task);
                None
            }
            EventBody::NeedsYou { task, code, .. } if code == "compare" => {
                let words = format!(
                    "{}: two attempts stand side by side, and it waits for a person. The demo chooses for you: \
                     coppice adopt {} {FIRST}",
                    printable(task),
                    printable(task)
                );
                let (plan, task) = (self.plan.clone(), task.clone());
                Some((Request::Adopt { plan, task, attempt: FIRST, reason: None }, words))
            }
            EventBody::NeedsYou { task, code, .. } if code == "approval" => {
                self.said.insert(task.clone());
                let words = format!(
                    "{}: its checks are green, and it waits for a person. The demo says for you: coppice approve {}",
                    printable(task),
                    printable(task)
                );
                Some((
                    Request::Approve {
                        plan: self.plan.clone(),
                        task: task.clone(),
                        attempt: None,
                        head: None,
                    },
                    words,
                ))
            }
            _ => None,
        }
    }

    fn answered(&self) -> bool {
        !self.said.is_empty()
    }
}
