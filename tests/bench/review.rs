//! The review of a diff of 100,000 lines beside one of 1,000: when it is there, how smoothly it scrolls, and what the
//! page then weighs. Once in a thousand files, and once in a single one. A machine that can't even scroll a bare text
//! without a jerk is no judge of ours: the longest frame is compared with what that text takes in the same windows.

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use coppice_tests::window::{Page, Screen, await_stage, missing};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::place::{Place, mega};
use crate::table::{Table, Target, median, over, shown};
use crate::{Bench, Result};

const TIMES: usize = 5;

/// What a person takes for a jerk, in milliseconds.
const JERK: f64 = 50.0;

/// A change: its task, its files, and how many lines of each are removed and added, together.
struct Change {
    task: &'static str,
    files: usize,
    lines: usize,
}

const FEW: Change = Change { task: "few", files: 10, lines: 100 };
const MANY: Change = Change { task: "many", files: 1000, lines: 100 };
const SHORT: Change = Change { task: "short", files: 1, lines: 1000 };
const LONG: Change = Change { task: "long", files: 1, lines: 100_000 };

/// How long frames are counted: from end to end and back, and along the files with so many keys.
const SCROLLED: Duration = Duration::from_secs(5);
const PRESSES: usize = 40;

/// Lines that stay as they are between two blocks that change, and lines of such a block.
const CALM: usize = 8;
const BLOCK: usize = 30;

pub(crate) fn run(bench: &Bench) -> Result<Table> {
    let mut table = Table::new("The review of 100,000 changed lines beside one of 1,000");
    if let Some(why) = missing() {
        table.note(why + ": not measured.");
        return Ok(table);
    }
    if !bench.program("coppice-desktop").is_file() {
        table.note("coppice-desktop is not built: not measured.");
        return Ok(table);
    }
    let place = Place::new(bench)?;
    settle(&place)?;
    let runtime = Runtime::new()?;
    for (what, small, large) in [("in 1,000 files beside 10", FEW, MANY), ("in 1 file", SHORT, LONG)] {
        let (mut lesser, mut greater) = (Seen::default(), Seen::default());
        for _ in 0..TIMES {
            runtime.block_on(look(&place, &small, &mut lesser))?;
            runtime.block_on(look(&place, &large, &mut greater))?;
        }
        tell(&mut table, what, lesser, greater);
    }
    table.note(
        "First paint: from the click to the frame after lines and list are there, each in a fresh window.",
    );
    table.note(
        "Scrolling, each for 5 s: the longest frame beside 50 ms, or beside the bare text's longest where that is longer; \
         how many of all took longer than 50 ms; the longest time that the page itself worked for one.",
    );
    Ok(table)
}

fn tell(table: &mut Table, what: &str, small: Seen, large: Seen) {
    let (small_weight, large_weight) = (small.weight(), large.weight());
    table.figure(format!("1,000 lines {what}, first paint"), shown(median(small.paints.clone())));
    let (less, more) = (median(small.paints), median(large.paints));
    table.ratio("100,000 lines, first paint", shown(more), over(more, less), Target::AtMost(1.5));
    table.figure("the page's memory (PSS) at 1,000 lines", mega(small_weight));
    let times = large_weight as f64 / small_weight.max(1) as f64;
    table.ratio("the same at 100,000", mega(large_weight), times, Target::AtMost(2.0));
    let bare = [&small.bare, &large.bare].map(|frames| frames.longest()).into_iter().fold(JERK, f64::max);
    table.figure("longest frame of scrolling a bare text", large.bare.said());
    for (what, place) in [("the list", 0), ("the diff", 1), ("from file to file", 2)] {
        table.figure(format!("{what}, 1,000 lines"), small.scrolled[place].said());
        let frames = &large.scrolled[place];
        let ratio = frames.longest() / bare;
        table.ratio(format!("{what}, 100,000 lines"), frames.said(), ratio, Target::AtMost(1.0));
    }
}

/// Milliseconds from frame to frame, and how long the page worked for each.
#[derive(Debug, Default)]
struct Frames {
    took: Vec<f64>,
    worked: Vec<f64>,
}

impl Frames {
    fn longest(&self) -> f64 {
        longest(&self.took)
    }

    /// The longest frame, how many were jerks, and the longest work.
    fn said(&self) -> String {
        let jerks = self.took.iter().filter(|frame| **frame > JERK).count();
        format!("{:.0} ms, {jerks}/{}, {:.0} ms", self.longest(), self.took.len(), longest(&self.worked))
    }

    fn extend(&mut self, more: Self) {
        self.took.extend(more.took);
        self.worked.extend(more.worked);
    }
}

fn longest(times: &[f64]) -> f64 {
    times.iter().copied().fold(0.0, f64::max)
}

/// What was seen of one change, in all its windows.
#[derive(Debug, Default)]
struct Seen {
    paints: Vec<Duration>,
    weights: Vec<u64>,
    bare: Frames,
    /// Of the list, of the diff, from file to file.
    scrolled: [Frames; 3],
}

impl Seen {
    fn weight(&self) -> u64 {
        let mut weights = self.weights.clone();
        weights.sort_unstable();
        weights.get(weights.len() / 2).copied().unwrap_or_default()
    }
}

async fn look(place: &Place<'_>, change: &Change, seen: &mut Seen) -> Result<()> {
    let screen = Screen::open(1440, 900)?;
    let window = place.open(&screen).await?;
    let page = window.page();
    await_stage(page, change.task, "awaiting_approval").await;
    page.click(&format!("node-{}", change.task)).await?;
    page.find("open-review").await?;
    seen.bare.extend(bare(page).await?);
    seen.paints.push(first_paint(page, change).await?);
    scroll(page, seen).await?;
    seen.weights.push(place.weight(|name| name.starts_with("WebKitWebProces")));
    window.close().await?;
    Ok(())
}

async fn first_paint(page: &Page, change: &Change) -> Result<Duration> {
    let script = "
        const [listed, done] = arguments;
        const all = (css) => document.querySelectorAll(css).length;
        const began = performance.now();
        document.querySelector('[data-testid=\"open-review\"]').click();
        const look = () => {
            if (all('[data-testid=\"diff\"] [role=row]') < 20 || all('[data-testid^=\"file-\"]') < listed) {
                return requestAnimationFrame(look);
            }
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
        };
        look()";
    let took = page.client().execute_async(script, vec![json!(change.files.min(10))]).await?;
    Ok(Duration::from_secs_f64(took.as_f64().ok_or("there is no review")? / 1e3))
}

/// The list and the diff from end to end and back, each by itself; then along the files by key.
async fn scroll(page: &Page, seen: &mut Seen) -> Result<()> {
    let ends = "
        const it = document.querySelector(given);
        it.scrollTop = (it.scrollHeight - it.clientHeight) * (part < 0.5 ? 2 * part : 2 - 2 * part);";
    let places = ["[aria-label=\"Changed files\"] > div:last-child", "[data-testid=\"diff\"] [role=table]"];
    for (place, css) in places.into_iter().enumerate() {
        seen.scrolled[place].extend(frames(page, SCROLLED, ends, json!(css)).await?);
    }
    let along = "
        if (Math.floor(part * given) > (window.__pressed ?? 0)) {
            window.__pressed = Math.floor(part * given);
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', code: 'KeyJ', bubbles: true }));
        }";
    seen.scrolled[2].extend(frames(page, SCROLLED, along, json!(PRESSES)).await?);
    Ok(())
}

/// A page of bare text of the window's size, scrolled in the same way: what any page costs here.
async fn bare(page: &Page) -> Result<Frames> {
    let begin = "
        const it = Object.assign(document.createElement('pre'), { id: 'bare' });
        it.textContent = Array.from({ length: 20000 }, (_, n) => `line ${n} of a bare text`).join('\\n');
        it.style.cssText = 'position:fixed;inset:0;margin:0;overflow:auto;z-index:9999;background:#fff;color:#000';
        document.body.append(it)";
    page.client().execute(begin, vec![]).await?;
    let body = "
        const it = document.getElementById('bare');
        it.scrollTop = (it.scrollHeight - it.clientHeight) * (part < 0.5 ? 2 * part : 2 - 2 * part);";
    let took = frames(page, SCROLLED, body, json!(null)).await?;
    page.client().execute("document.getElementById('bare').remove()", vec![]).await?;
    Ok(took)
}

/// What frames take for so long; with each, the body of a function of `given` and of which `part` of the time is over.
/// A message that a frame posts to itself arrives when the page is done with that frame.
async fn frames(page: &Page, time: Duration, body: &str, given: Value) -> Result<Frames> {
    let script = format!(
        "
        const [given, time, done] = arguments;
        const step = (part) => {{ {body} }};
        const took = [];
        const worked = [];
        const painted = new MessageChannel();
        painted.port1.onmessage = ({{ data }}) => worked.push(performance.now() - data);
        let begin = null;
        let last = null;
        const next = (now) => {{
            const began = performance.now();
            begin ??= now;
            if (last !== null) took.push(now - last);
            last = now;
            step(Math.min(1, (now - begin) / time));
            painted.port2.postMessage(began);
            if (now - begin < time) requestAnimationFrame(next);
            else done([took, worked]);
        }};
        requestAnimationFrame(next)"
    );
    let time = json!(u64::try_from(time.as_millis())?);
    let seen = page.client().execute_async(&script, vec![given, time]).await?;
    let times = |which: usize| -> Result<Vec<f64>> {
        let times = seen[which].as_array().ok_or("no frames were counted")?;
        Ok(times.iter().filter_map(Value::as_f64).collect())
    };
    Ok(Frames { took: times(0)?, worked: times(1)? })
}

/// A plan whose tasks have done their work and wait for a person.
fn settle(place: &Place<'_>) -> Result<()> {
    let mut plan = String::from("version = 1\ntitle = \"Sizes\"\ntarget = \"main\"\napprove = \"manual\"\n");
    let agent = json!(["sh", place.path("agent.sh")]);
    write!(plan, "\n[agents.copier]\nadapter = \"command\"\ncommand = {agent}\n")?;
    for change in [FEW, MANY, SHORT, LONG] {
        let task = change.task;
        write!(plan, "\n[[task]]\nid = \"{task}\"\ntitle = \"{task}\"\nagent = \"copier\"\n")?;
        for file in 0..change.files {
            let folder = format!("{task}/part_{:02}", file / 50);
            let (before, after) = (place.path("repo").join(&folder), place.path("after").join(&folder));
            fs::create_dir_all(&before)?;
            fs::create_dir_all(&after)?;
            let name = format!("file_{file:03}.rs");
            fs::write(before.join(&name), source(file, change.lines, "before"))?;
            fs::write(after.join(&name), source(file, change.lines, "after"))?;
        }
    }
    place.git(&["init", "-q", "-b", "main"])?;
    place.git(&["add", "--all"])?;
    place.git(&["commit", "-q", "-m", "First"])?;
    let after = place.path("after");
    let script = format!(
        "set -e\ncp -R '{}/'\"$COPPICE_TASK\" .\ngit add -- \"$COPPICE_TASK\"\ngit commit -q -m Change\n",
        after.display()
    );
    fs::write(place.path("agent.sh"), script)?;
    fs::write(place.path("plan.toml"), plan)?;
    // It says 1: the tasks wait for a person.
    place.coppice(&["run", &place.path("plan.toml").to_string_lossy()])?;
    Ok(())
}

/// Something to read, of which `lines` differ between two words, both sides counted.
fn source(seed: usize, lines: usize, word: &str) -> String {
    let mut text = String::new();
    let mut changed = 0;
    let mut line = 0;
    while changed < lines / 2 {
        let changes = line % (CALM + BLOCK) >= CALM;
        let name = if changes { word } else { "kept" };
        changed += usize::from(changes);
        line += 1;
        // It cannot fail: a string takes everything.
        let _ = writeln!(text, "    let {name}_{line} = call({seed}, \"text {line}\", {});", line * 7 % 1000);
    }
    text
}
