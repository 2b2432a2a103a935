//! One run of a plan, from its start to where nothing moves by itself any more: events to a view,
//! Ctrl-C to the engine, and on across the deaths of engines.

use std::time::Duration;

use client::{Feed, Heard};
use protocol::{Event, EventBody, Notice, PlanRef, PlanView, Reply, Request};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::display::paint::{Paint, is_live};
use crate::display::summary::{self, Next};
use crate::display::tasks::{Tasks, needs_person};
use crate::display::text::{elapsed, millis, printable};
use crate::display::{json, live::Live, plain};
use crate::engine::{Engine, reply};
use crate::failure::{Failure, say};
use crate::find;
use crate::signals::Interrupts;

/// How the run is shown.
#[derive(Debug)]
enum View {
    Json,
    Plain(Tasks),
    Live(Tasks, Live),
}

/// What the user wants beyond watching; each Ctrl-C is one step further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wish {
    Nothing,
    Pause,
    Stop,
    Leave,
}

/// Decides on what waits for a person, as the demo does.
pub(crate) trait Person {
    /// The request that answers this event, and what is said about it.
    fn answer(&mut self, event: &Event) -> Option<(Request, String)>;

    /// Whether the plan will move on by an answer whose effect was not seen yet.
    fn answered(&self) -> bool;
}

/// Leaves everything to whoever reads along.
#[derive(Debug)]
pub(crate) struct Nobody;

impl Person for Nobody {
    fn answer(&mut self, _event: &Event) -> Option<(Request, String)> {
        None
    }

    fn answered(&self) -> bool {
        false
    }
}

/// Whether every task has landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AllLanded(pub(crate) bool);

struct Following<'a> {
    plan: &'a PlanRef,
    view: View,
    paint: Paint,
    /// The newest event that was shown or passed over.
    seq: u64,
    wish: Wish,
    finished: Option<AllLanded>,
    /// How the plan rests, until the person's answer reaches it. When it refuses that, this is the outcome.
    resting: Option<AllLanded>,
    /// Requests that are under way.
    asked: JoinSet<(Request, Result<Reply, client::Error>)>,
    /// Answers that died with an engine, for the next one.
    unheard: Vec<Request>,
}

/// Starts the plan, or goes on with it, and shows what happens until it rests.
pub(crate) async fn follow(
    mut engine: Engine,
    plan: &PlanRef,
    again: bool,
    as_json: bool,
    mut signals: Interrupts,
    person: &mut dyn Person,
) -> Result<AllLanded, Failure> {
    let paint = Paint::new();
    let start = Request::StartPlan { plan: plan.plan.clone(), again };
    let started = reply!(engine.insist(start).await?, Started)?;
    let view = if as_json {
        View::Json
    } else {
        let tasks = Tasks::new(&find::view(&engine, &plan.plan).await?, now());
        if is_live() { View::Live(tasks, Live::new(paint)) } else { View::Plain(tasks) }
    };
    let since = started.seq.saturating_sub(1);
    let mut feed = Feed::open(engine.starter.clone(), since).await?;
    drop(engine);
    let mut run = Following {
        plan,
        view,
        paint,
        seq: since,
        wish: Wish::Nothing,
        finished: None,
        resting: None,
        asked: JoinSet::new(),
        unheard: Vec::new(),
    };
    let outcome = run.listen(&mut feed, &mut signals, person).await?;
    run.close(feed.client()).await?;
    Ok(outcome)
}

/// The display's clock; what is recorded carries the engine's.
fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

impl Following<'_> {
    async fn listen(
        &mut self,
        feed: &mut Feed,
        signals: &mut Interrupts,
        person: &mut dyn Person,
    ) -> Result<AllLanded, Failure> {
        let mut tick = interval(Duration::from_millis(250));
        tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                biased;
                () = signals.next() => {
                    self.escalate()?;
                    self.send_wish(feed);
                }
                Some(answer) = self.asked.join_next(), if !self.asked.is_empty() => match answer {
                    Ok((_, Err(client::Error::Answer(error)))) => {
                        self.say(&format!("coppice: {error}"))?;
                        self.finished = self.resting;
                    }
                    // Wishes are sent again whenever an engine is found; an answer once more to the next one.
                    Ok((request @ Request::Approve { .. }, Err(error))) if error.is_gone() => {
                        if feed.client().is_gone() {
                            self.unheard.push(request);
                        } else {
                            self.ask(feed, request);
                        }
                    }
                    _ => {}
                },
                heard = feed.next() => match heard? {
                    Heard::Notice(notice) => self.notice(feed, notice, person).await?,
                    Heard::Lost => self.reconnect(feed, signals).await?,
                    Heard::Reconnected(_) => self.send_again(feed),
                },
                _ = tick.tick(), if matches!(self.view, View::Live(..)) => self.draw()?,
            }
            if let Some(outcome) = self.finished {
                return Ok(outcome);
            }
            if self.wish == Wish::Leave {
                return Ok(AllLanded(false));
            }
        }
    }

    /// Waits for the next engine. Only the user may cut that short: a start that is given up half-way
    /// leaves an engine behind that nobody listens to.
    async fn reconnect(&mut self, feed: &mut Feed, signals: &mut Interrupts) -> Result<(), Failure> {
        {
            let mut next = std::pin::pin!(feed.next());
            loop {
                tokio::select! {
                    biased;
                    heard = &mut next => {
                        if let Heard::Reconnected(welcome) = heard?
                            && !matches!(self.view, View::Json)
                        {
                            self.say(&format!("The engine died; engine {} goes on.", welcome.engine_pid))?;
                        }
                        break;
                    }
                    () = signals.next() => {
                        self.escalate()?;
                        if self.wish == Wish::Leave {
                            return Ok(());
                        }
                    }
                }
            }
        }
        self.send_again(feed);
        Ok(())
    }

    fn escalate(&mut self) -> Result<(), Failure> {
        self.wish = match self.wish {
            Wish::Nothing => Wish::Pause,
            Wish::Pause => Wish::Stop,
            Wish::Stop | Wish::Leave => Wish::Leave,
        };
        self.say_wish()
    }

    async fn notice(
        &mut self,
        feed: &mut Feed,
        notice: Notice,
        person: &mut dyn Person,
    ) -> Result<(), Failure> {
        match notice {
            Notice::Event { event } => self.event(feed, &event, person).await,
            Notice::Action { plan, task, line, .. } => {
                if plan == self.plan.plan
                    && let View::Live(tasks, _) = &mut self.view
                {
                    tasks.action(&task, &line);
                }
                Ok(())
            }
            Notice::Lagged { .. } => self.catch_up(feed, person).await,
            Notice::Trouble { message } => {
                let text = match message {
                    Some(message) => format!("No task starts for now: {}", printable(&message)),
                    None => "Tasks start again.".to_owned(),
                };
                self.say(&text)
            }
        }
    }

    /// Reads what the subscription skipped, so that no line is missing.
    async fn catch_up(&mut self, feed: &mut Feed, person: &mut dyn Person) -> Result<(), Failure> {
        loop {
            let page = Request::Events { since: self.seq, limit: 1000, plan: Some(self.plan.plan.clone()) };
            let events = match feed.client().request(page).await {
                Ok(reply) => reply!(reply, Events)?,
                // The next engine sends everything after what the feed heard last; what was skipped is lost to it.
                Err(error) if error.is_gone() => {
                    *feed = Feed::open(crate::engine::starter()?, self.seq).await?;
                    self.send_again(feed);
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            };
            if events.is_empty() || self.finished.is_some() {
                return Ok(());
            }
            for event in events {
                self.event(feed, &event, person).await?;
            }
        }
    }

    async fn event(&mut self, feed: &Feed, event: &Event, person: &mut dyn Person) -> Result<(), Failure> {
        if event.seq <= self.seq || self.finished.is_some() {
            return Ok(());
        }
        self.seq = event.seq;
        if event.plan.as_deref() != Some(&self.plan.plan) {
            return Ok(());
        }
        let outcome = match &event.body {
            EventBody::PlanFinished { landed, total, .. } => Some(AllLanded(landed == total)),
            _ => None,
        };
        // A plan can rest because it waits for the very answer that is on its way.
        self.resting = outcome.filter(|_| person.answered());
        if self.resting.is_none() || matches!(self.view, View::Json) {
            self.show(feed, event).await?;
        }
        if let Some((request, words)) = person.answer(event) {
            self.say(&words)?;
            self.ask(feed, request);
        }
        if self.resting.is_none() {
            self.finished = outcome;
        }
        Ok(())
    }

    async fn show(&mut self, feed: &Feed, event: &Event) -> Result<(), Failure> {
        let fresh = match &event.body {
            EventBody::PlanEdited { .. } => self.view_again(feed).await,
            _ => None,
        };
        match &mut self.view {
            View::Json => json::line(event)?,
            View::Plain(tasks) => {
                if let Some(fresh) = fresh {
                    tasks.refresh(&fresh);
                }
                tasks.event(event);
                if let Some(sentence) = plain::sentence(event) {
                    let at = elapsed(millis(&event.at).unwrap_or(tasks.began_ms) - tasks.began_ms);
                    print(&format!("[{at}] {sentence}\n"))?;
                }
            }
            View::Live(tasks, _) => {
                if let Some(fresh) = fresh {
                    tasks.refresh(&fresh);
                }
                tasks.event(event);
                if let EventBody::Warning { .. } = &event.body
                    && let Some(sentence) = plain::sentence(event)
                {
                    self.say(&sentence)?;
                }
            }
        }
        Ok(())
    }

    async fn view_again(&self, feed: &Feed) -> Option<PlanView> {
        match feed.client().request(Request::Plan { plan: self.plan.plan.clone() }).await {
            Ok(Reply::Plan(view)) => Some(*view),
            // Without it the old titles are shown; the events go on.
            _ => None,
        }
    }

    fn draw(&mut self) -> Result<(), Failure> {
        if let View::Live(tasks, live) = &mut self.view {
            live.draw(tasks, now())?;
        }
        Ok(())
    }

    /// A line for the person, never among the JSON.
    fn say(&mut self, text: &str) -> Result<(), Failure> {
        match &mut self.view {
            View::Json | View::Plain(_) => say(&format!("{text}\n")),
            View::Live(tasks, live) => {
                live.say(text)?;
                live.draw(tasks, now())?;
            }
        }
        Ok(())
    }

    fn say_wish(&mut self) -> Result<(), Failure> {
        let text = match self.wish {
            Wish::Nothing => return Ok(()),
            Wish::Pause => {
                "Paused: no further task starts; running agents go on. Press Ctrl-C again to stop them."
            }
            Wish::Stop => "Stopping: running agents are ended; their work is kept.",
            Wish::Leave => "Left; the engine ends the agents. `coppice run` goes on later.",
        };
        self.say(text)
    }

    fn send_wish(&mut self, feed: &Feed) {
        let plan = self.plan.plan.clone();
        match self.wish {
            Wish::Nothing | Wish::Leave => {}
            Wish::Pause => self.ask(feed, Request::PausePlan { plan }),
            Wish::Stop => self.ask(feed, Request::StopPlan { plan }),
        }
    }

    /// What the engine that died may not have heard, to its successor.
    fn send_again(&mut self, feed: &Feed) {
        for request in std::mem::take(&mut self.unheard) {
            self.ask(feed, request);
        }
        self.send_wish(feed);
    }

    /// Asks without waiting: events and signals go on meanwhile.
    fn ask(&mut self, feed: &Feed, request: Request) {
        let client = feed.client().clone();
        self.asked.spawn(async move {
            let answer = client.request(request.clone()).await;
            (request, answer)
        });
    }

    /// The last frame and the summary.
    async fn close(&mut self, client: &client::Client) -> Result<(), Failure> {
        if matches!(self.view, View::Json) {
            return Ok(());
        }
        self.draw()?;
        let shown = client.request(Request::Plan { plan: self.plan.plan.clone() }).await;
        let (View::Plain(tasks) | View::Live(tasks, _)) = &mut self.view else { return Ok(()) };
        let mut next = Vec::new();
        if let Ok(Reply::Plan(view)) = shown {
            tasks.refresh(&view);
            for task in view.tasks.iter().filter(|task| {
                needs_person(task.stage.kind) || task.stage.kind == protocol::StageKind::Failed
            }) {
                let actions = summary::usual(task.stage.kind, task.stage.reason.as_ref());
                let commands =
                    actions.iter().filter_map(|action| summary::command(*action, &task.id, "")).collect();
                next.push(Next { task: printable(&task.id), commands });
            }
            for (line, task) in tasks.lines.iter_mut().zip(&view.tasks) {
                if let Some(why) = &task.why_waiting
                    && line.kind == protocol::StageKind::Waiting
                {
                    line.note = Some(printable(why));
                }
            }
        }
        summary::print(&self.paint, tasks, &next, now())?;
        Ok(())
    }
}

fn print(text: &str) -> Result<(), Failure> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}
