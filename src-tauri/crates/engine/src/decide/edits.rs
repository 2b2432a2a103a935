//! Edits of a plan: the wire's are turned into the plan's, applied as a whole or refused, and kept
//! for undo. While the plan runs, an edit may not touch what has begun.

use plan::{Edit, Stage, TaskId};
use protocol::{Edited, Error, ErrorCode, Reply};

use crate::decide::command::{not_found, refused};
use crate::fact::{Fact, Way};
use crate::ids::PlanId;
use crate::turn::{Effect, Turn};
use crate::wire;
use crate::world::Undo;

impl Turn<'_> {
    pub(super) fn edit(
        &mut self,
        id: &PlanId,
        wanted: &protocol::Edit,
        revision: Option<u64>,
    ) -> Result<Reply, Error> {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        if let Some(seen) = revision
            && seen != plan.head.revision
        {
            return Err(Error::new(ErrorCode::Moved, "The plan was edited meanwhile.")
                .hint("Nothing was changed. Look at it again and repeat the edit."));
        }
        let (edit, created) = from_wire(&plan.doc, wanted)?;
        let what = describe(&edit, &plan.doc);
        self.change(id, &edit, what, Way::New)?;
        let created = created.into_iter().map(|task| task.to_string()).collect();
        self.edited(id, created)
    }

    pub(super) fn undo(&mut self, id: &PlanId) -> Result<Reply, Error> {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let Some(Undo { what, edit }) = plan.text.undo.last().cloned() else {
            return Err(refused("There is nothing to undo.", "Landings are undone in the landing list."));
        };
        self.change(id, &edit, what, Way::Undo)?;
        self.edited(id, Vec::new())
    }

    pub(super) fn redo(&mut self, id: &PlanId) -> Result<Reply, Error> {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let Some(Undo { what, edit }) = plan.text.redo.last().cloned() else {
            return Err(refused("There is nothing to redo.", "Redo takes an undo back."));
        };
        self.change(id, &edit, what, Way::Redo)?;
        self.edited(id, Vec::new())
    }

    /// A whole new text: the difference becomes one edit.
    pub(super) fn set_text(&mut self, id: &PlanId, toml: &str) -> Result<Reply, Error> {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let doc = plan::parse(toml).map_err(invalid)?;
        let edit = Edit::Batch { edits: plan::diff(&plan.doc, &doc) };
        let (_, inverse) = plan::apply_edit(&plan.doc, &edit).map_err(not_possible)?;
        self.allowed(id, &plan::PlanDoc::clone(&doc))?;
        let revision = self.plan(id).map_or(0, |plan| plan.head.revision) + 1;
        let what = "the plan's text".to_owned();
        self.record(id, Fact::PlanEdited { revision, what, toml: toml.to_owned(), way: Way::New, inverse });
        self.settle(id);
        self.edited(id, Vec::new())
    }

    fn change(&mut self, id: &PlanId, edit: &Edit, what: String, way: Way) -> Result<(), Error> {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let (doc, inverse) = plan::apply_edit(&plan.doc, edit).map_err(not_possible)?;
        self.allowed(id, &doc)?;
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        let toml = plan::write(&plan.text.toml, &doc)
            .or_else(|problems| {
                // A former version accepted the text: from now on it is one that this version accepts.
                let text = plan::render(&doc);
                if plan::parse(&text).as_ref() == Ok(&doc) { Ok(text) } else { Err(problems) }
            })
            .map_err(invalid)?;
        let revision = plan.head.revision + 1;
        if let Some(path) = plan.head.file.clone() {
            let (plan, old, new) = (id.clone(), plan.text.toml.clone(), toml.clone());
            self.effect(Effect::WritePlanFile { plan, path, old, new });
        }
        self.record(id, Fact::PlanEdited { revision, what, toml, way, inverse });
        self.settle(id);
        Ok(())
    }

    /// Refuses what would pull the ground from under something that has begun.
    fn allowed(&self, id: &PlanId, next: &plan::PlanDoc) -> Result<(), Error> {
        let Some(plan) = self.plan(id) else { return Ok(()) };
        if next.settings.target != plan.doc.settings.target
            && plan.attempts.values().any(|a| a.ended_ms.is_none())
        {
            return Err(refused(
                "The target can't change while attempts are open: they were cut from it.",
                "Let them land, or discard them, first.",
            ));
        }
        let mut next_after: std::collections::BTreeMap<&TaskId, &Vec<TaskId>> =
            std::collections::BTreeMap::new();
        for task in &next.tasks {
            next_after.insert(&task.id, &task.after);
        }
        for task in &plan.doc.tasks {
            let Some(state) = plan.tasks.get(&task.id) else { continue };
            // Of several side by side, one may still wait while others work.
            let begun = state.stages().into_iter().any(|stage| {
                !matches!(
                    stage,
                    Stage::Draft
                        | Stage::Waiting
                        | Stage::Landed { .. }
                        | Stage::Cancelled
                        | Stage::Discarded
                )
            });
            // Attempts are known by their agents' names: who mends them, and whose work another vendor is to read.
            let lost = |name: &&String| {
                plan.doc.settings.agents.contains_key(*name) && !next.settings.agents.contains_key(*name)
            };
            let rivals = state.contenders.iter().filter_map(|one| one.agent.as_ref());
            let open = plan.attempts_of(&task.id).filter(|attempt| attempt.ended_ms.is_none());
            if let Some(name) = rivals.chain(open.map(|attempt| &attempt.agent)).find(lost)
                && begun
            {
                return Err(refused(
                    format!(
                        "{} is being tried by {name}, who can't be renamed or removed meanwhile.",
                        task.name()
                    ),
                    "Wait until it has landed, or discard it first.",
                ));
            }
            let landed = matches!(state.stage, Stage::Landed { .. });
            match next_after.get(&task.id) {
                None if begun => {
                    return Err(refused(
                        format!("{} has begun and can't be removed.", task.name()),
                        "Discard it first; its work is then kept in the trash.",
                    ));
                }
                None if plan
                    .attempts_of(&task.id)
                    .any(|a| a.place == crate::world::AttemptPlace::Worktree) =>
                {
                    return Err(refused(
                        format!("{} still has a worktree and can't be removed.", task.name()),
                        "Discard it first; its work is then kept in the trash.",
                    ));
                }
                Some(after) if (begun || landed) && after.iter().any(|dep| !task.after.contains(dep)) => {
                    return Err(refused(
                        format!("{} has begun: a new dependency would come too late.", task.name()),
                        "Cancel it and retry it, or draw the dependency from it to a later task.",
                    ));
                }
                None | Some(_) => {}
            }
        }
        Ok(())
    }

    fn edited(&self, id: &PlanId, created: Vec<String>) -> Result<Reply, Error> {
        let plan = self.plan(id).ok_or_else(|| not_found("plan", id))?;
        Ok(Reply::Edited(Edited {
            revision: plan.head.revision,
            created,
            can_undo: !plan.text.undo.is_empty(),
            can_redo: !plan.text.redo.is_empty(),
        }))
    }
}

/// The plan's edit for the wire's, and the ids of the tasks it makes.
fn from_wire(doc: &plan::PlanDoc, edit: &protocol::Edit) -> Result<(Edit, Vec<TaskId>), Error> {
    let id = |text: &str| TaskId::new(text).map_err(|error| bad(error.to_string()));
    Ok(match edit {
        protocol::Edit::AddTask { task, at } => {
            let wish = match &task.id {
                Some(text) => id(text)?,
                None => TaskId::slug(if task.title.trim().is_empty() { "task" } else { &task.title }),
            };
            let mut made = plan::Task::new(doc.fresh_id(&wish));
            made.title = task.title.clone();
            made.role = task.role.clone();
            made.deliverable = task.deliverable.clone();
            made.spec = task.spec.clone();
            made.scope = task.scope.clone();
            made.exclude = task.exclude.clone();
            made.contract = task.contract.clone();
            made.after = task.after.iter().map(|text| id(text)).collect::<Result<_, _>>()?;
            made.agent = task.agent.clone().filter(|name| !name.is_empty() && task.attempts.is_empty());
            made.attempts = task.attempts.clone();
            made.estimate = task.estimate_ms.and_then(wire::duration);
            let created = vec![made.id.clone()];
            let position = at.map(|point| (point.x, point.y));
            (Edit::AddTask { task: made, at: None, position, dependents: Vec::new() }, created)
        }
        protocol::Edit::RemoveTasks { tasks } => {
            let edits = tasks
                .iter()
                .map(|task| Ok(Edit::RemoveTask { id: id(task)? }))
                .collect::<Result<Vec<_>, Error>>()?;
            (Edit::Batch { edits }, Vec::new())
        }
        protocol::Edit::UpdateTask { task, patch } => {
            let known = doc.task(&id(task)?).ok_or_else(|| not_found("task", task))?;
            let mut made = known.clone();
            let set = |field: &mut String, value: &Option<String>| {
                if let Some(value) = value {
                    *field = value.clone();
                }
            };
            set(&mut made.title, &patch.title);
            set(&mut made.role, &patch.role);
            set(&mut made.deliverable, &patch.deliverable);
            set(&mut made.spec, &patch.spec);
            set(&mut made.contract, &patch.contract);
            if let Some(scope) = &patch.scope {
                made.scope = (!scope.is_empty()).then(|| scope.clone());
            }
            if let Some(exclude) = &patch.exclude {
                made.exclude = exclude.clone();
            }
            if let Some(agent) = &patch.agent {
                made.agent = (!agent.is_empty()).then(|| agent.clone());
            }
            if let Some(attempts) = &patch.attempts {
                made.attempts = attempts.clone();
                made.agent = made.agent.filter(|_| attempts.is_empty());
            }
            if patch.agent.is_some() && patch.attempts.is_none() {
                made.attempts.clear();
            }
            if let Some(estimate) = patch.estimate_ms {
                made.estimate = wire::duration(estimate);
            }
            (Edit::UpdateTask { task: made }, Vec::new())
        }
        protocol::Edit::Connect { from, to } => {
            (Edit::Connect { from: id(from)?, to: id(to)?, at: None }, Vec::new())
        }
        protocol::Edit::Disconnect { from, to } => {
            (Edit::Disconnect { from: id(from)?, to: id(to)? }, Vec::new())
        }
        protocol::Edit::Move { positions } => {
            let positions = positions
                .iter()
                .map(|placed| Ok((id(&placed.task)?, Some((placed.at.x, placed.at.y)))))
                .collect::<Result<_, Error>>()?;
            (Edit::Move { positions }, Vec::new())
        }
        protocol::Edit::UpdatePlan { patch } => {
            let settings = Box::new(wire::patched(&doc.settings, patch));
            let agents = patch.agents.as_deref();
            let followers = match agents.and_then(|agents| wire::renamed(&doc.settings.agents, agents)) {
                Some((from, to)) => doc.tasks.iter().filter_map(|task| renamed_in(task, from, to)).collect(),
                None => Vec::new(),
            };
            if followers.is_empty() {
                return Ok((Edit::SetPlan { settings }, Vec::new()));
            }
            let edits = std::iter::once(Edit::SetPlan { settings }).chain(followers).collect();
            (Edit::Batch { edits }, Vec::new())
        }
        protocol::Edit::Batch { edits } => {
            // Each part sees the document as the ones before it leave it, so that fresh ids differ.
            let mut reached = doc.clone();
            let (mut parts, mut created) = (Vec::new(), Vec::new());
            for edit in edits {
                let (part, made) = from_wire(&reached, edit)?;
                reached = plan::apply_edit(&reached, &part).map_err(not_possible)?.0;
                parts.push(part);
                created.extend(made);
            }
            (Edit::Batch { edits: parts }, created)
        }
    })
}

/// The edit by which a task that names an agent follows it to its new name.
fn renamed_in(task: &plan::Task, from: &str, to: &str) -> Option<Edit> {
    let mut made = task.clone();
    for name in made.agent.iter_mut().chain(&mut made.attempts).filter(|name| *name == from) {
        to.clone_into(name);
    }
    (made != *task).then_some(Edit::UpdateTask { task: made })
}

fn describe(edit: &Edit, doc: &plan::PlanDoc) -> String {
    let name = |id: &TaskId| doc.task(id).map_or_else(|| id.to_string(), |task| task.name().to_owned());
    match edit {
        Edit::AddTask { task, .. } => format!("add {}", task.name()),
        Edit::RemoveTask { id } => format!("remove {}", name(id)),
        Edit::RenameTask { title, .. } => format!("rename to {title}"),
        Edit::UpdateTask { task } => format!("change {}", task.name()),
        Edit::ChangeId { to, .. } => format!("rename to {to}"),
        Edit::Connect { from, to, .. } => format!("connect {} to {}", name(from), name(to)),
        Edit::Disconnect { from, to } => format!("disconnect {} from {}", name(to), name(from)),
        Edit::Move { positions } if positions.len() == 1 => "move a task".to_owned(),
        Edit::Move { positions } => format!("move {} tasks", positions.len()),
        Edit::Order { .. } => "reorder".to_owned(),
        Edit::SetPlan { .. } => "change the plan's settings".to_owned(),
        Edit::Batch { edits } => match edits.as_slice() {
            [] => "nothing".to_owned(),
            [one] => describe(one, doc),
            many => format!("{} and {} more", describe(&many[0], doc), many.len() - 1),
        },
    }
}

pub(super) fn invalid(problems: Vec<plan::Problem>) -> Error {
    let count = problems.len();
    let first = problems.first().map_or_else(String::new, |problem| problem.message.clone());
    let mut error = Error::new(
        ErrorCode::InvalidPlan,
        if count == 1 { first } else { format!("{first} ({count} problems in all)") },
    )
    .hint("Nothing was changed. Mend the plan and try again.");
    error.problems = problems.into_iter().map(wire::problem).collect();
    error
}

fn not_possible(refused: plan::Refused) -> Error {
    let hint = match &refused {
        plan::Refused::Cycle(cycle) => cycle.hint(),
        _ => "Nothing was changed.".to_owned(),
    };
    Error::new(ErrorCode::Refused, refused.to_string()).hint(hint)
}

fn bad(message: String) -> Error {
    Error::new(ErrorCode::Refused, message).hint("Nothing was changed.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_under_another_name_keeps_what_it_has_and_who_names_it() {
        let doc = plan::parse(
            "agent = \"old\"\n[agents.old]\nadapter = \"command\"\ncommand = [\"sh\"]\nenv = { TOKEN = \"x\" }\n\
             [agents.other]\nadapter = \"claude\"\n\
             [[task]]\nid = \"a\"\nagent = \"old\"\n[[task]]\nid = \"b\"\nattempts = [\"other\", \"old\"]\n\
             [[task]]\nid = \"c\"\n",
        )
        .unwrap();
        let spec = |name: &str, adapter: &str, command: &[&str]| protocol::AgentSpec {
            name: name.to_owned(),
            adapter: adapter.to_owned(),
            command: command.iter().map(|word| (*word).to_owned()).collect(),
            script: None,
            model: None,
            effort: None,
            permission: None,
            tools: Vec::new(),
            args: Vec::new(),
        };
        let agents = vec![spec("other", "claude", &[]), spec("new", "command", &["sh"])];
        let patch = protocol::PlanPatch {
            agents: Some(agents),
            default_agent: Some("new".to_owned()),
            ..protocol::PlanPatch::default()
        };
        let (edit, _) = from_wire(&doc, &protocol::Edit::UpdatePlan { patch }).unwrap();
        let (next, back) = plan::apply_edit(&doc, &edit).unwrap();
        assert_eq!(next.settings.agents["new"], doc.settings.agents["old"]);
        let named = |at: usize| (next.tasks[at].agent.as_deref(), next.tasks[at].attempts.join(" "));
        assert_eq!(
            [named(0), named(1), named(2)],
            [(Some("new"), String::new()), (None, "other new".to_owned()), (None, String::new()),]
        );
        // One step of undo.
        assert_eq!(plan::apply_edit(&next, &back).unwrap().0, doc);
    }
}
