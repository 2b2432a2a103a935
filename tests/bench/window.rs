//! The window beside a blank one of the same web view: when it can be used, what it weighs, and how smoothly it
//! paints while an agent floods its terminal.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use coppice_tests::window::{Page, Screen, Window, missing};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::place::{Place, mega};
use crate::table::{Table, Target, median, over, shown};
use crate::{Bench, Result};

const TIMES: usize = 5;

/// How long frames are counted.
const COUNTED: Duration = Duration::from_secs(5);

/// Below this a person sees it stutter.
const SMOOTH: f64 = 30.0;

/// Pictures of a terminal in a second: below this a person sees no flood but stills of it.
const CURRENT: f64 = 5.0;

/// The browser that comes with the web view; it opens blank under a driver.
const BLANK: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/webkit2gtk-4.1/MiniBrowser",
];

/// Waits for the next painted frame.
const FRAME: &str =
    "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";

pub(crate) fn run(bench: &Bench) -> Result<Table> {
    let mut table = Table::new("The window beside a blank one of the same web view");
    let blank = BLANK.iter().map(PathBuf::from).find(|path| path.is_file());
    let Some(blank) = blank.filter(|_| missing().is_none()) else {
        table.note(missing().unwrap_or_else(|| "MiniBrowser is not installed".into()) + ": not measured.");
        return Ok(table);
    };
    if !bench.program("coppice-desktop").is_file() {
        table.note("coppice-desktop is not built: not measured.");
        return Ok(table);
    }
    let flood = Flood(Place::new(bench)?);
    Runtime::new()?.block_on(measure(&flood, &blank, &mut table))?;
    Ok(table)
}

async fn measure(flood: &Flood<'_>, blank: &Path, table: &mut Table) -> Result<()> {
    let screen = Screen::open(1440, 900)?;
    let place = &flood.0;
    flood.settle()?;
    let (mut beside, mut ours) = (Vec::new(), Vec::new());
    let (mut beside_weight, mut weight, mut with_engine) = (0, 0, 0);
    for _ in 0..TIMES {
        let began = Instant::now();
        let window = Window::open(&screen, blank, &["--automation"], &place.environment()).await?;
        window.page().client().execute_async(FRAME, vec![]).await?;
        beside.push(began.elapsed());
        beside_weight = place.weight(is_window);
        window.close().await?;

        // The engine is started by the window, as on a first start.
        place.coppice(&["shutdown"])?;
        let began = Instant::now();
        let window = place.open(&screen).await?;
        window.page().find("node-one").await?;
        window.page().client().execute_async(FRAME, vec![]).await?;
        ours.push(began.elapsed());
        weight = place.weight(is_window);
        with_engine = place.weight(|_| true);
        window.close().await?;
    }
    let (beside, ours) = (median(beside), median(ours));
    table.figure("a blank window, start to first paint", shown(beside));
    table.ratio(
        "Coppice with its engine, to a plan that can be used",
        shown(ours),
        over(ours, beside),
        Target::None,
    );
    table.figure("a blank window's memory (PSS)", mega(beside_weight));
    let times = |bytes: u64| bytes as f64 / beside_weight.max(1) as f64;
    table.ratio("Coppice's window", mega(weight), times(weight), Target::None);
    table.ratio("the same with the engine", mega(with_engine), times(with_engine), Target::None);

    let window = place.open(&screen).await?;
    let page = window.page();
    page.find("node-one").await?;
    let rest = frames(page).await?;
    let before = flood.begin()?;
    let live = "return document.querySelector('[data-live=\"implement\"]')?.dataset.testid";
    let tab = page.until("the flood has a terminal", live, json!(null)).await?;
    let tab = tab.as_str().unwrap_or_default().to_owned();
    page.click(&tab).await?;
    let run = tab.trim_start_matches("dock-tab-").to_owned();
    page.see_in_terminal(&run, LINE).await?;
    let painted = Painted::watch(page, &run).await?;
    let flooded = frames(page).await?;
    let painted = painted.count(page).await?;
    let logged = flood.logged() - before;
    fs::remove_file(place.path("go"))?;
    page.see_in_terminal(&run, END).await?;
    place.coppice(&["stop"])?;
    window.close().await?;
    table.figure("frames in a second at rest", format!("{rest:.0}"));
    table.ratio(
        "frames in a second in a flood, beside 30",
        format!("{flooded:.0}"),
        flooded / SMOOTH,
        Target::AtLeast(1.0),
    );
    table.ratio(
        "pictures of the terminal in a second of it, beside 5",
        format!("{painted:.0}"),
        painted / CURRENT,
        Target::AtLeast(1.0),
    );
    table.note(format!("The flood put {} into its log from its start to the last frame.", mega(logged)));
    Ok(())
}

async fn frames(page: &Page) -> Result<f64> {
    let script = "
        const [time, done] = arguments;
        const begin = performance.now();
        let frames = 0;
        const count = (now) => {
            frames++;
            if (now - begin < time) requestAnimationFrame(count);
            else done(frames * 1000 / (now - begin));
        };
        requestAnimationFrame(count)";
    let time = json!(u64::try_from(COUNTED.as_millis())?);
    Ok(page.client().execute_async(script, vec![time]).await?.as_f64().ok_or("no frames were counted")?)
}

/// A terminal that is really on the screen, and how often it is painted: frames alone would be counted of a page
/// that shows nothing.
struct Painted {
    began: Instant,
    run: String,
}

impl Painted {
    async fn watch(page: &Page, run: &str) -> Result<Self> {
        let body = "
            const terminal = window.__coppiceTerminals?.get(given);
            const box = terminal?.element?.getBoundingClientRect();
            if (!box || box.width < 300 || box.height < 100 || document.visibilityState !== 'visible') return false;
            const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
            if (!terminal.element.contains(middle)) return false;
            window.__painted = 0;
            terminal.onRender(() => window.__painted++);
            return true";
        page.until("the flood's terminal is in sight", body, json!(run)).await?;
        Ok(Self { began: Instant::now(), run: run.to_owned() })
    }

    /// In a second.
    async fn count(self, page: &Page) -> Result<f64> {
        let body = "
            return window.__coppiceTerminals?.has(given) ? [window.__painted] : null";
        let painted = page.until("the terminal is still there", body, json!(self.run)).await?;
        Ok(painted[0].as_f64().unwrap_or_default() / self.began.elapsed().as_secs_f64())
    }
}

/// What the agent says when its flood is over.
const END: &str = "The flood is over.";

const LINE: &str = "The quick brown fox jumps over the lazy dog. 0123456789 abcdefghijklmnopqrstuv.";

/// A plan of one task, whose agent floods while a file is there.
struct Flood<'a>(Place<'a>);

impl Flood<'_> {
    /// The plan is known, and nothing of it moves: its agent brought nothing.
    fn settle(&self) -> Result<()> {
        self.0.git(&["init", "-q", "-b", "main"])?;
        self.0.git(&["commit", "-q", "--allow-empty", "-m", "First"])?;
        fs::write(self.0.path("flood.txt"), format!("{LINE}\n").repeat(50_000))?;
        let (go, flood) = (self.0.path("go"), self.0.path("flood.txt"));
        let (go, flood) = (go.display(), flood.display());
        // Without a flood it ends at once; after one it stays, so that its terminal does.
        let script = format!(
            "[ -e '{go}' ] || exit 0\nwhile [ -e '{go}' ]; do cat '{flood}'; done\necho '{END}'\nexec sleep 600\n"
        );
        fs::write(self.0.path("agent.sh"), script)?;
        let agent = json!(["sh", self.0.path("agent.sh")]);
        let plan = format!(
            "version = 1\ntitle = \"A flood\"\ntarget = \"main\"\n\n[agents.flood]\nadapter = \"command\"\n\
             command = {agent}\n\n[[task]]\nid = \"one\"\ntitle = \"One\"\nagent = \"flood\"\n"
        );
        fs::write(self.0.path("plan.toml"), plan)?;
        // It says 1: the task waits for a person.
        self.0.coppice(&["run", &self.0.path("plan.toml").to_string_lossy()])?;
        Ok(())
    }

    /// Starts the flood; the bytes that are logged already.
    fn begin(&self) -> Result<u64> {
        fs::write(self.0.path("go"), "")?;
        let before = self.logged();
        if !self.0.coppice(&["retry", "one"])? {
            return Err("the flood can't be started".into());
        }
        Ok(before)
    }

    /// Bytes in the logs of all runs.
    fn logged(&self) -> u64 {
        fn size(folder: &Path) -> u64 {
            let Ok(entries) = fs::read_dir(folder) else { return 0 };
            entries
                .flatten()
                .map(|entry| match entry.metadata() {
                    Ok(data) if data.is_dir() => size(&entry.path()),
                    Ok(data) => data.len(),
                    Err(_) => 0,
                })
                .sum()
        }
        size(&self.0.path("data").join("runs"))
    }
}

impl Drop for Flood<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.0.path("go"));
    }
}

/// Everything but the engine and what it runs.
fn is_window(name: &str) -> bool {
    name.starts_with("coppice-desktop") || name.starts_with("WebKit") || name.starts_with("MiniBrowser")
}
