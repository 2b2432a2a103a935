//! One agent program in a terminal, with a repository, a home and a model of its own, and ears for all it says.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant, UNIX_EPOCH};

use agents::{
    Adapter, AgentSpec, Answer, Context, Environment, Heard, Keys, Ledger, Place, Program, Resume, Signal,
    Stage as Purpose, Transcript,
};
use coppice_tests::TempRepo;
use coppice_tests::model::{Call, Model, Turn};
use terminal::{Mode, Run, RunSpec, Sanitizer, Screen, View};

use crate::home::{Home, pipe};

/// What one wait may take: an answer after retries is the slowest.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// As long as this a hook may be under way from a program to this test.
const UNDER_WAY: Duration = Duration::from_millis(700);

/// As long as this nothing new is shown once a dialog is whole.
const REST: Duration = Duration::from_millis(400);

/// What the terminal shows, and since when.
#[derive(Debug)]
struct Shown {
    screen: Screen,
    changed: Instant,
}

impl Shown {
    fn nothing() -> Shown {
        Shown { screen: Screen::new(120, 40), changed: Instant::now() }
    }

    fn text(&self) -> String {
        self.screen.text().join("\n")
    }
}

#[derive(Debug, Default)]
struct Ears {
    heard: Vec<(Heard, Vec<u8>)>,
    /// What the transcript told, and the folder of sessions.
    read: Vec<Signal>,
    ledger: Ledger,
    transcript: Option<Transcript>,
    /// When the last hook came, in milliseconds since 1970.
    at_ms: i64,
    /// How much was heard when the program was first seen idle in the midst of a turn, and when that was.
    idle: Option<(usize, Instant)>,
}

pub(crate) struct Stage {
    pub name: &'static str,
    pub model: Model,
    pub repo: TempRepo,
    pub worktree: PathBuf,
    program: &'static Program,
    pub home: Home,
    runtime: tokio::runtime::Runtime,
    ears: Arc<(Mutex<Ears>, Condvar)>,
    before: BTreeMap<PathBuf, Vec<u8>>,
    runs: u32,
    run: Option<Run>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
}

impl Stage {
    /// A stage on which `script` is played; the brief asks for it.
    pub(crate) fn new(name: &'static str, script: Vec<Turn>) -> Stage {
        let help = vec![
            Turn::call("I look.", Call::Shell("git status")).tokens(300, 30, 3),
            Turn::say("It is clean.").tokens(400, 40, 4).gate("help"),
        ];
        let model = Model::start([("play".to_owned(), script), ("help".to_owned(), help)]);
        let home = Home::new(name, &model.url());
        let repo = TempRepo::new(&home.at("main"), &home.at("home"));
        let worktree = home.at("worktree");
        repo.git(&["worktree", "add", "--quiet", "-b", "coppice/play", worktree.to_str().unwrap()]);
        let before = home.of_the_user(&repo.path);
        let program = adapter(name).program.unwrap();
        let stage = Stage {
            name,
            model,
            repo,
            worktree,
            program,
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap(),
            ears: Arc::default(),
            before,
            runs: 0,
            run: None,
            shown: Arc::new((Mutex::new(Shown::nothing()), Condvar::new())),
            home,
        };
        stage.listen();
        stage
    }

    fn at(&self, path: &str) -> PathBuf {
        self.home.at(path)
    }

    pub(crate) fn environment(&self) -> Environment {
        self.home.environment(&self.model.url())
    }

    pub(crate) fn spec(&self) -> AgentSpec {
        AgentSpec { name: "tried".into(), adapter: self.name.into(), ..AgentSpec::default() }
    }

    /// Starts the program for this purpose.
    pub(crate) fn start(&mut self, purpose: Purpose, resume: Option<Resume>) {
        self.runs += 1;
        let id = format!("run-{}", self.runs);
        let run_dir = self.at(&id);
        let context = Context {
            plan: "plan".into(),
            task: "play".into(),
            attempt: 1,
            stage: purpose,
            run: id.clone(),
            base: self.repo.git(&["rev-parse", "main"]),
            worktree: self.worktree.clone(),
            run_dir: run_dir.clone(),
            resume,
            brief: Some(self.at("brief.md")),
            coppice: self.at("bin/coppice"),
            ports: Vec::new(),
            port_offset: None,
            hooks: None,
            extra: vec![
                ("COPPICE_HOOK_TOKEN".into(), format!("secret-{id}").into()),
                ("COPPICE_TEST_HOOKS".into(), self.at("hooks").into()),
            ],
        };
        let environment = self.environment();
        agents::check(&self.spec(), &environment).unwrap();
        let launch = agents::launch(&self.spec(), &context, &environment).unwrap();
        let mut spec = RunSpec::new(&id, launch.argv.clone(), &launch.cwd);
        spec.env = launch.environment(&environment);
        spec.worktree = Some(self.worktree.clone());
        (spec.cols, spec.rows) = (120, 40);
        let shim = shim();
        let run = self.runtime.block_on(terminal::start(&shim, &run_dir, &spec)).unwrap();
        *self.shown.0.lock().unwrap() = Shown::nothing();
        let shown = Arc::clone(&self.shown);
        self.runtime.spawn(async move {
            let Ok(mut viewer) = terminal::attach(&run_dir, 0, terminal::WINDOW).await else { return };
            let mut sanitizer = Sanitizer::new(Mode::Live);
            let mut clean = Vec::new();
            while let Ok(Some(view)) = viewer.next().await {
                if let View::Chunk { bytes, .. } = view {
                    clean.clear();
                    sanitizer.feed(&bytes, &mut clean);
                    let mut now = shown.0.lock().unwrap();
                    now.screen.feed(&clean);
                    now.changed = Instant::now();
                    shown.1.notify_all();
                    viewer.ack(bytes.len() as u64);
                }
            }
        });
        self.run = Some(run);
    }

    /// Reads what the hooks leave, as they say so.
    fn listen(&self) {
        // Open for writing too, so that it does not end when a hook has spoken.
        let heard = File::options().read(true).write(true).open(self.at("hooks/heard")).unwrap();
        let (ears, program) = (Arc::clone(&self.ears), self.program);
        std::thread::spawn(move || {
            for file in BufReader::new(heard).lines().map_while(Result::ok).filter(|file| !file.is_empty()) {
                let Ok(hook) = fs::read(&file) else { return };
                let Some(heard) = program.hear(&hook) else { continue };
                let mut ears_now = ears.0.lock().unwrap();
                if let Signal::SessionStarted { transcript: Some(path), .. } = &heard.signal {
                    // A session that is gone on with is read on.
                    if ears_now.transcript.as_ref().is_none_or(|known| known.path() != path) {
                        ears_now.transcript = Some(Transcript::new(program, Place::beginning(path.clone())));
                    }
                }
                ears_now.at_ms = UNIX_EPOCH.elapsed().unwrap().as_millis() as i64;
                ears_now.heard.push((heard, hook));
                ears.1.notify_all();
            }
        });
    }

    /// Looks at the files that a program writes without telling.
    fn look(&self, ears: &mut Ears) {
        if let Some(transcript) = &mut ears.transcript {
            let reading = transcript.read().unwrap();
            reading.usage.into_iter().for_each(|usage| ears.ledger.add(usage));
            ears.read.extend(reading.signals);
        }
        let folder = self.program.presence_folder(&self.spec(), &self.environment());
        let files = folder.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
        for file in files {
            let presence = fs::read(file.path()).ok().and_then(|file| self.program.presence(&file));
            let last = ears.heard.last().map(|(heard, _)| &heard.signal);
            let interrupted = match (presence, last) {
                (Some(presence), Some(last)) => last.is_busy() && presence.interrupts(ears.at_ms),
                _ => false,
            };
            if !interrupted {
                continue;
            }
            // A hook does not wait here until it is heard, as it does for the engine: one may be under way.
            let heard = ears.heard.len();
            let (seen, since) = *ears.idle.get_or_insert_with(|| (heard, Instant::now()));
            if seen != heard {
                ears.idle = None;
            } else if since.elapsed() > UNDER_WAY && ears.read.last() != Some(&Signal::Interrupted) {
                ears.read.push(Signal::Interrupted);
            }
        }
    }

    /// Waits until something that was said satisfies `holds`, and returns it with the hook that said it.
    pub(crate) fn hear(&self, what: &str, holds: impl Fn(&Signal) -> bool) -> (Signal, Vec<u8>) {
        let deadline = Instant::now() + LIMIT;
        let mut ears = self.ears.0.lock().unwrap();
        loop {
            self.look(&mut ears);
            if let Some((heard, hook)) = ears.heard.iter().find(|(heard, _)| holds(&heard.signal)) {
                return (heard.signal.clone(), hook.clone());
            }
            if let Some(signal) = ears.read.iter().find(|signal| holds(signal)) {
                return (signal.clone(), Vec::new());
            }
            assert!(Instant::now() < deadline, "{what} is not heard.\n{}", self.report(&ears));
            // A file that changed announces nothing here: looked at again when a hook speaks, or after a while.
            ears = self.ears.1.wait_timeout(ears, Duration::from_millis(100)).unwrap().0;
        }
    }

    /// Forgets what was heard, so that the next wait is for something new.
    pub(crate) fn forget(&self) {
        let mut ears = self.ears.0.lock().unwrap();
        self.look(&mut ears);
        ears.heard.clear();
        ears.read.clear();
    }

    pub(crate) fn heard(&self) -> Vec<Signal> {
        let mut ears = self.ears.0.lock().unwrap();
        self.look(&mut ears);
        ears.heard.iter().map(|(heard, _)| heard.signal.clone()).chain(ears.read.iter().cloned()).collect()
    }

    /// Waits until the terminal shows this.
    pub(crate) fn shows(&self, text: &str) {
        let shown = self.shown.0.lock().unwrap();
        let lacks = |shown: &mut Shown| !shown.text().contains(text);
        let (shown, waited) = self.shown.1.wait_timeout_while(shown, LIMIT, lacks).unwrap();
        drop(shown);
        let ears = self.ears.0.lock().unwrap();
        assert!(!waited.timed_out(), "“{text}” is not shown.\n{}", self.report(&ears));
    }

    /// Waits until the program's own dialog asks for a permission.
    pub(crate) fn dialog(&self) {
        self.shows(if self.name == "claude" { "Esc to cancel" } else { "esc to cancel" });
        self.rests();
    }

    /// Keys that come before the terminal has come to rest are lost; the engine waits in the same way.
    fn rests(&self) {
        let mut shown = self.shown.0.lock().unwrap();
        while let Some(left) = REST.checked_sub(shown.changed.elapsed()).filter(|left| !left.is_zero()) {
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
    }

    fn text(&self) -> String {
        self.shown.0.lock().unwrap().text()
    }

    pub(crate) fn type_keys(&self, keys: &[Keys]) {
        let run = self.run.as_ref().unwrap();
        for keys in keys {
            run.input(&keys.bytes).unwrap();
            // The pause is what is tried here: the program needs it.
            std::thread::sleep(Duration::from_millis(keys.pause_ms));
        }
    }

    /// From now on the hooks that ask wait for an answer, where the program can wait.
    pub(crate) fn hold_hooks(&self) {
        // Codex hides its dialog while the hook runs, so that ours never waits there.
        if self.name == "claude" {
            pipe(&self.at("hooks/answer"));
        }
    }

    /// Answers as the engine does: through the hook that waits, or else by keys.
    pub(crate) fn answer(&self, hook: &[u8], answer: &Answer) {
        let waits = self.program.hear(hook).is_some_and(|heard| heard.waits);
        match self.program.reply(hook, answer) {
            Some(reply) if waits && self.at("hooks/answer").exists() => {
                fs::write(self.at("hooks/answer"), reply).unwrap();
            }
            _ => self.type_answer(&self.program.keys(hook, answer)),
        }
    }

    /// Types it again where the screen shows nothing of it: a busy program loses keys. So does the engine.
    fn type_answer(&self, keys: &[Keys]) {
        self.rests();
        for _ in 0..3 {
            let before = self.shown.0.lock().unwrap().changed;
            self.type_keys(keys);
            let shown = self.shown.0.lock().unwrap();
            let silent = |shown: &mut Shown| shown.changed == before;
            let limit = Duration::from_secs(2);
            if !self.shown.1.wait_timeout_while(shown, limit, silent).unwrap().1.timed_out() {
                return;
            }
        }
    }

    /// Kills the program itself, without a word.
    pub(crate) fn kill(&mut self) {
        let run = self.run.take().unwrap();
        let pid = self.runtime.block_on(run.child()).unwrap();
        assert!(coppice_tests::send(u32::try_from(pid).unwrap(), coppice_tests::Signal::KILL));
        self.runtime.block_on(run.exited());
    }

    /// Ends the program as the engine does, and waits for its last words.
    pub(crate) fn end(&mut self) -> terminal::Exit {
        let run = self.run.take().unwrap();
        run.kill(terminal::Kill::Polite);
        self.runtime.block_on(run.exited())
    }

    /// Waits for a program that ends by itself, and returns its exit and its final answer.
    pub(crate) fn finish(&mut self) -> (terminal::Exit, Option<String>) {
        let run = self.run.take().unwrap();
        let ended = self.runtime.block_on(async { tokio::time::timeout(LIMIT, run.exited()).await });
        let exit = ended.unwrap_or_else(|_| panic!("it does not end.\n{}", self.text()));
        let log = fs::read(run.dir().join("log")).unwrap_or_default();
        (exit, self.program.last_message(run.dir(), &log))
    }

    /// What the program's own records say was used, once it is told that this much was served.
    pub(crate) fn used(&self) -> (u64, u64, u64, Option<u64>) {
        let mut ears = self.ears.0.lock().unwrap();
        self.look(&mut ears);
        let total = ears.ledger.total();
        (total.input, total.cached, total.output, total.cost_micros)
    }

    /// What the model says it served in the conversation.
    pub(crate) fn served(&self) -> (u64, u64, u64) {
        let all = self.model.served();
        all.iter().filter(|served| !served.side).filter_map(|served| served.tokens).fold(
            (0, 0, 0),
            |(input, cached, output), tokens| {
                (input + tokens.input, cached + tokens.cached, output + tokens.output)
            },
        )
    }

    /// Nothing of the user's was touched: no file of theirs, nothing in the repository but its history.
    pub(crate) fn assert_untouched(&self) {
        self.home.assert_untouched(&self.before, &self.repo.path);
        assert_eq!(self.repo.status(), "", "the main checkout changed");
    }

    fn report(&self, ears: &Ears) -> String {
        let heard: Vec<_> = ears.heard.iter().map(|(heard, _)| format!("{:?}", heard.signal)).collect();
        let served: Vec<_> = self
            .model
            .served()
            .iter()
            .map(|served| {
                format!("{} {} side={} {:?}", served.script, served.turn, served.side, tail(&served.last))
            })
            .collect();
        format!(
            "heard:\n{}\nread:\n{:?}\nserved:\n{}\nscreen:\n{}",
            heard.join("\n"),
            ears.read,
            served.join("\n"),
            self.text()
        )
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(run) = self.run.take() {
            run.kill(terminal::Kill::Now);
            self.runtime
                .block_on(async { tokio::time::timeout(Duration::from_secs(10), run.exited()).await.ok() });
        }
    }
}

fn tail(text: &str) -> String {
    let from = text.char_indices().rev().nth(120).map_or(0, |(place, _)| place);
    text[from..].to_owned()
}

pub(crate) fn adapter(name: &str) -> &'static Adapter {
    agents::ADAPTERS.iter().copied().find(|adapter| adapter.name == name).unwrap()
}

/// The shim that was built beside this test.
fn shim() -> PathBuf {
    let folder = std::env::var_os("COPPICE_BIN").map(PathBuf::from).unwrap_or_else(|| {
        let here = std::env::current_exe().unwrap();
        here.parent().and_then(Path::parent).unwrap().to_owned()
    });
    folder.join("coppice-shim")
}
