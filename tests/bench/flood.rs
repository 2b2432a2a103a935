//! A flood through the shim into the log, beside the same flood read from a bare terminal.

use std::time::{Duration, Instant};

use terminal::{Log, Piece, RunSpec};
use tokio::runtime::Runtime;

use crate::table::{Table, Target, median, over};
use crate::{Bench, Result, raw_terminal};

/// One line; with it the terminal's own carriage return makes 81 bytes.
const LINE: &str = "The quick brown fox jumps over the lazy dog. 0123456789 abcdefghijklmnopqrstuv.";
const LINES: u64 = 2_400_000;
const TIMES: usize = 3;

/// What shows the flood meanwhile, for whoever measures that: given the run's folder as soon as the run lives.
pub(crate) type Onlooker<'a> = &'a dyn Fn(&std::path::Path) -> Result<()>;

pub(crate) fn run(bench: &Bench) -> Result<Table> {
    let (mut raws, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let (time, bytes) = raw_terminal::drain(&["/bin/sh", "-c", &command()])?;
        if bytes != expected() {
            return Err(format!("the bare terminal gave {bytes} bytes of {}", expected()).into());
        }
        raws.push(time);
        ours.push(through_shim(bench, &|_| Ok(()))?);
    }
    let (raw, ours) = (median(raws), median(ours));
    let rate = |time: Duration| format!("{:.0} MB/s", expected() as f64 / time.as_secs_f64() / 1e6);
    let mut table = Table::new(format!("A flood of {} MB into the log", expected() / 1_000_000));
    table.figure("a bare terminal, read and forgotten", rate(raw));
    table.ratio("Coppice's shim, start to recorded end", rate(ours), over(raw, ours), Target::AtLeast(0.8));
    table.note(
        "Every byte of every log was read back and compared. The page's frame rate is not measured here.",
    );
    Ok(table)
}

fn command() -> String {
    format!("yes '{LINE}' | head -n {LINES}")
}

fn expected() -> u64 {
    LINES * (LINE.len() as u64 + 2)
}

/// From the start of the shim to the recorded end of the run; then the log must be complete.
pub(crate) fn through_shim(bench: &Bench, onlooker: Onlooker<'_>) -> Result<Duration> {
    let runtime = Runtime::new()?;
    let scratch = bench.scratch()?;
    let dir = scratch.path().join("run");
    let mut spec = RunSpec::new("flood", ["/bin/sh", "-c", &command()], scratch.path());
    spec.env = vec![("PATH".into(), std::env::var_os("PATH").unwrap_or_default())];
    let began = Instant::now();
    let exit = runtime.block_on(async {
        let run = terminal::start(&bench.program("coppice-shim"), &dir, &spec).await?;
        onlooker(&dir)?;
        Result::Ok(run.exited().await)
    })?;
    let time = began.elapsed();
    if !exit.is_success() || exit.log_bytes != expected() || exit.log_missing != 0 {
        return Err(format!("the flood's run ended badly: {exit:?}").into());
    }
    complete(&Log::open(&dir))?;
    Ok(time)
}

/// Reads all of the log back.
fn complete(log: &Log) -> Result<()> {
    let line = format!("{LINE}\r\n").into_bytes();
    let period = line.repeat(64 << 10);
    let mut at = 0;
    loop {
        match log.read(at, period.len() - line.len())? {
            Piece::Bytes(bytes) => {
                let skip = (at % line.len() as u64) as usize;
                if period[skip..skip + bytes.len()] != bytes {
                    return Err(format!("the log differs after byte {at}").into());
                }
                at += bytes.len() as u64;
            }
            Piece::Gap { to } => return Err(format!("the log lacks the bytes {at} to {to}").into()),
            Piece::End if at == expected() => return Ok(()),
            Piece::End => return Err(format!("the log ends at byte {at}").into()),
        }
    }
}
