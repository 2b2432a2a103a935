//! A whole plan with the real programs: one builds, the other reads the spec against the diff, and it lands.

use coppice_tests::model::{Call, Model, Tokens, Turn};
use coppice_tests::{Coppice, Event, LIMIT, Output, Run, Signal, TempRepo, send};

use crate::home::Home;

pub(crate) const BUILD: Call = Call::Write { path: "hello.txt", content: "hello\n" };
pub(crate) const COMMIT: Call = Call::Shell("git add hello.txt && git commit --quiet -m 'Say hello'");

pub(crate) const REPORT: &str = r#"{"requirements": [{"id": "1", "status": "met",
  "evidence": [{"file": "hello.txt", "line": 1, "why": "The file says hello."}]}], "findings": []}"#;

/// Usage as the events of all runs tell it in the end: input, cached, output.
fn used(events: &[Event]) -> (i64, i64, i64) {
    let mut last = std::collections::BTreeMap::new();
    for event in events.iter().filter(|event| event.is("usage")) {
        last.insert(event.text("run").to_owned(), event);
    }
    let sum = |field| last.values().filter_map(|event| event.number(field)).sum();
    (sum("input"), sum("cached"), sum("output"))
}

/// A repository, and a home with the programs logged in.
pub(crate) struct Whole {
    pub(crate) coppice: Coppice,
    pub(crate) repo: TempRepo,
    pub(crate) model: Model,
    pub(crate) home: Home,
}

impl Whole {
    pub(crate) fn new(program: &'static str, scripts: Vec<(&str, Vec<Turn>)>) -> Whole {
        let model = Model::start(scripts.into_iter().map(|(name, turns)| (name.to_owned(), turns)));
        let home = Home::new(program, &model.url());
        let repo = TempRepo::new(&home.at("main"), &home.at("home"));
        let coppice = Coppice::new(&home.at("data"), &home.at("home"));
        Whole { coppice, repo, model, home }
    }

    /// What the engine has to be started with, so that it hands it on to the programs.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let environment = self.home.environment(&self.model.url());
        let names = environment.names().filter(|name| *name != "HOME");
        names
            .map(|name| name.to_string_lossy().into_owned())
            .map(|name| {
                let value = environment.get(&name).unwrap_or_default().to_string_lossy().into_owned();
                (name, value)
            })
            .collect()
    }

    /// A command; an engine that it starts knows the programs.
    fn run(&self, words: &[&str]) -> Output {
        let variables = self.variables();
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.coppice.run_with(&variables, words)
    }

    fn start(&self, builder: &str, tables: &str) -> Run {
        self.run(&["status"]).expect(0);
        let plan = format!(
            "version = 1\ntitle = \"Whole\"\ntarget = \"main\"\napprove = \"auto\"\n\
             [[check]]\nname = \"test\"\ncommand = \"test -e hello.txt\"\n\
             [agents.builder]\nadapter = \"{builder}\"\n{tables}\
             [[task]]\nid = \"hello\"\nagent = \"builder\"\n\
             spec = \"1. hello.txt says hello. [[script:build]]\"\nscope = [\"hello.txt\"]\n"
        );
        let file = self.home.at("plan.toml");
        std::fs::write(&file, plan).unwrap();
        self.coppice.start(&file, &self.repo.path, &[])
    }

    /// What the programs were told that they used is what the events say.
    pub(crate) fn assert_counted(&self, events: &[Event]) {
        let served = self.model.served();
        let sum = |of: fn(&Tokens) -> u64| -> i64 {
            let tokens = served.iter().filter(|served| !served.side).filter_map(|served| served.tokens);
            tokens.map(|tokens| of(&tokens)).sum::<u64>().try_into().unwrap()
        };
        let all = (sum(|tokens| tokens.input), sum(|tokens| tokens.cached), sum(|tokens| tokens.output));
        assert_eq!(used(events), all);
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        self.coppice.end();
    }
}

pub(crate) fn builds_and_reviews(builder: &'static str, reviewer: &str) {
    let build = vec![
        Turn::call("I write the file.", BUILD).tokens(1000, 100, 20),
        Turn::call("I commit it.", COMMIT).tokens(1200, 200, 30),
        Turn::say("It is done.").tokens(1400, 300, 10),
    ];
    // A reviewer's page names paths and says nothing of the task, so its script has no name.
    let read = vec![Turn::say(REPORT).tokens(2000, 400, 60)];
    let whole = Whole::new(builder, vec![("build", build), ("", read)]);
    let before = whole.home.of_the_user(&whole.repo.path);
    let tables = format!("[agents.reader]\nadapter = \"{reviewer}\"\n[review]\nagent = \"reader\"\n");
    let done = whole.start(builder, &tables).finish().expect(0);
    assert_eq!(done.get("review.finished", "hello").text("verdict"), "pass");
    let commit = done.get("landed", "hello").text("commit");
    assert_eq!(whole.repo.show(commit, "hello.txt"), "hello");
    whole.assert_counted(&done.events);
    // Nothing but the landed commit is new in the repository.
    let mut expected = before;
    expected.insert(whole.repo.path.join("hello.txt"), b"hello\n".to_vec());
    whole.home.assert_untouched(&expected, &whole.repo.path);
}

pub(crate) fn asks_and_is_answered(builder: &'static str) {
    let build = vec![
        Turn::call("I need something unusual.", Call::Unusual("dd if=/dev/null of=/dev/null")),
        Turn::call("I write the file.", BUILD),
        Turn::call("I commit it.", COMMIT),
        Turn::say("It is done."),
    ];
    let whole = Whole::new(builder, vec![("build", build)]);
    let run = whole.start(builder, "");
    let asked = run.wait_for("permission.asked", "hello");
    assert!(asked.text("what").contains("dd if=/dev/null"), "{asked:?}");
    assert_eq!(run.wait_for("needs_you", "hello").text("code"), "permission");
    whole.coppice.run(&["answer", "hello", "allow"]).expect(0);
    let done = run.finish().expect(0);
    assert_eq!(done.landed().len(), 1);
}

pub(crate) fn asks_while_the_engine_dies(builder: &'static str) {
    let build = vec![
        Turn::call("I need something unusual.", Call::Unusual("dd if=/dev/null of=/dev/null")),
        Turn::call("I write the file.", BUILD).tokens(1100, 100, 20),
        Turn::call("I commit it.", COMMIT).tokens(1200, 200, 30),
        Turn::say("It is done.").tokens(1300, 300, 40),
    ];
    let whole = Whole::new(builder, vec![("build", build)]);
    let run = whole.start(builder, "");
    run.wait_for("needs_you", "hello");
    // The run would start another engine; it is held until somebody else has.
    run.signal(Signal::STOP);
    assert!(send(run.engine(), Signal::KILL));
    whole.run(&["answer", "hello", "allow"]).expect(0);
    run.signal(Signal::CONT);
    let done = run.finish().expect(0);
    assert_eq!(done.landed().len(), 1);
    assert_eq!(done.count("permission.asked", "hello"), 1);
    whole.assert_counted(&done.events);
}

pub(crate) fn is_killed_and_goes_on(builder: &'static str) {
    let build = vec![
        Turn::call("I write the file.", BUILD),
        Turn::call("I commit it.", COMMIT).gate("killed"),
        // Some programs count the turn that was cut off, and are here when they go on.
        Turn::call("I make sure that it is committed.", COMMIT),
        Turn::say("It is done."),
    ];
    let whole = Whole::new(builder, vec![("build", build)]);
    let run = whole.start(builder, "");
    let first = run.wait_for("process.started", "hello");
    assert!(whole.model.wait(LIMIT, |served| served.iter().any(|served| served.turn == 1)), "it works");
    assert!(send(first.pid("pid"), Signal::KILL));
    whole.model.open("killed");
    let done = run.finish().expect(0);
    assert_eq!(done.count("attempt.started", "hello"), 1, "the attempt goes on");
    assert_eq!(done.landed().len(), 1);
}
