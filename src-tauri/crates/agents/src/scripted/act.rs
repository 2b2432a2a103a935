//! What each step does.

use std::fs::{self, OpenOptions};
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::run::{DAEMON, Play, RESUME};
use super::step::{Act, Place, Signal};
use crate::os;

/// Does one step. `Some` ends the script with that code; an error is a sentence.
pub(super) fn act(play: &mut Play<'_>, act: &Act) -> Result<Option<u8>, String> {
    match act {
        Act::Write { path, content, executable } => write(play, path, content, *executable)?,
        Act::Append { path, content } => append(play, path, content)?,
        Act::Delete { path } => {
            let path = play.place(path)?;
            fs::remove_file(&path).map_err(|error| failed(&path, "removed", error))?;
        }
        Act::Commit { paths, message } => return commit(play, paths, message),
        Act::Run { command, code } => return run(play, command, *code),
        Act::Sleep(duration) => std::thread::sleep(play.hurried(*duration)),
        Act::Print { text, end, per_char } => {
            let text = play.fill(text)? + end;
            print(&text, play.hurried(*per_char)).map_err(no_terminal)?;
        }
        Act::Flood(bytes) => flood(*bytes).map_err(no_terminal)?,
        Act::Ask { question, expect, unanswered } => ask(play, question, expect, unanswered.as_ref())?,
        Act::Hang => loop {
            std::thread::park();
        },
        Act::Ignore(signals) => ignore(play, signals)?,
        Act::CloseTerminal => os::close_terminal().map_err(no_terminal)?,
        Act::Daemon { place, lasts, pid_file } => daemon(play, *place, *lasts, pid_file.as_deref())?,
        Act::Usage(usage) => print(&format!("{}\n", usage.to_line()), Duration::ZERO).map_err(no_terminal)?,
        Act::Exit(code) => return Ok(Some(*code)),
    }
    Ok(None)
}

fn write(play: &Play<'_>, path: &str, content: &str, executable: bool) -> Result<(), String> {
    let path = for_writing(play, path)?;
    let content = play.fill(content)?;
    fs::write(&path, content).map_err(|error| failed(&path, "written", error))?;
    if executable {
        os::make_executable(&path).map_err(|error| failed(&path, "made executable", error))?;
    }
    Ok(())
}

fn append(play: &Play<'_>, path: &str, content: &str) -> Result<(), String> {
    let path = for_writing(play, path)?;
    let content = play.fill(content)?;
    let file = OpenOptions::new().append(true).create(true).open(&path);
    file.and_then(|mut file| file.write_all(content.as_bytes()))
        .map_err(|error| failed(&path, "written", error))
}

/// The place of a file to write, its folders made. Never through a symbolic link.
fn for_writing(play: &Play<'_>, path: &str) -> Result<std::path::PathBuf, String> {
    let path = play.place(path)?;
    if path.is_symlink() {
        return Err(format!(
            "{} is a symbolic link. Delete it first, or write where it leads.",
            path.display()
        ));
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed(folder, "made", error))?;
    }
    Ok(path)
}

/// Stages and commits these files, by name, and nothing else that may be staged or changed.
fn commit(play: &Play<'_>, paths: &[String], message: &str) -> Result<Option<u8>, String> {
    let message = play.fill(message)?;
    let mut names = Vec::new();
    for path in paths {
        let place = play.place(path)?;
        let name = place
            .strip_prefix(&play.worktree)
            .map_err(|_| format!("{} lies outside the worktree and cannot be committed.", place.display()))?;
        if place.is_dir() && !place.is_symlink() {
            return Err(format!("{path} is a folder. Commit files by name, one by one."));
        }
        names.push(name.to_owned());
    }
    git(play, &["add"], &names)?;
    git(play, &["-c", "commit.gpgSign=false", "commit", "--quiet", "--only", "-m", &message], &names)?;
    Ok(None)
}

fn git(play: &Play<'_>, args: &[&str], names: &[std::path::PathBuf]) -> Result<(), String> {
    let mut command = Command::new("git");
    command.args(args).arg("--").args(names).current_dir(&play.worktree).stdin(Stdio::null());
    command.env("GIT_LITERAL_PATHSPECS", "1").env_remove(RESUME);
    // A fresh machine without a git identity still shows the whole flow.
    for (name, value) in [
        ("GIT_AUTHOR_NAME", "Scripted agent"),
        ("GIT_AUTHOR_EMAIL", "scripted@coppice.invalid"),
        ("GIT_COMMITTER_NAME", "Scripted agent"),
        ("GIT_COMMITTER_EMAIL", "scripted@coppice.invalid"),
    ] {
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    let status =
        command.status().map_err(|error| format!("git cannot be started ({error}). Install git."))?;
    if status.success() { Ok(()) } else { Err(format!("git {} failed ({status}); see above.", args[0])) }
}

fn run(play: &Play<'_>, command: &[String], expected: i32) -> Result<Option<u8>, String> {
    let words = command.iter().map(|word| play.fill(word)).collect::<Result<Vec<_>, _>>()?;
    let Some((program, arguments)) = words.split_first() else {
        return Err("`run` names no program.".into());
    };
    let status = Command::new(program)
        .args(arguments)
        .current_dir(&play.worktree)
        .env_remove(RESUME)
        .status()
        .map_err(|error| format!("{program} cannot be started ({error})."))?;
    match status.code() {
        Some(code) if code == expected => Ok(None),
        // A wrong success must not look like one.
        Some(code) => Ok(Some(u8::try_from(code).ok().filter(|code| *code != 0).unwrap_or(1))),
        None => Err(format!("{program} was ended ({status}).")),
    }
}

/// Prints, as by hand if `per_char` says so. An escape sequence counts as one character.
fn print(text: &str, per_char: Duration) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if per_char.is_zero() {
        out.write_all(text.as_bytes())?;
        return out.flush();
    }
    let mut in_sequence = false;
    let mut buffer = [0; 4];
    for c in text.chars() {
        out.write_all(c.encode_utf8(&mut buffer).as_bytes())?;
        in_sequence = match (in_sequence, c) {
            (_, '\u{1b}') => true,
            (true, c) => c == '[' || !('\u{40}'..='\u{7e}').contains(&c),
            (false, _) => false,
        };
        if !in_sequence {
            out.flush()?;
            std::thread::sleep(per_char);
        }
    }
    out.flush()
}

/// Lines of 64 bytes that begin with their number, so that a reader can tell whether one is missing.
fn flood(bytes: Option<u64>) -> io::Result<()> {
    const LINE: usize = 64;
    const LINES: u64 = 1024;
    let mut out = io::stdout().lock();
    let mut left = bytes.unwrap_or(u64::MAX);
    let mut number: u64 = 0;
    let mut block = Vec::with_capacity(LINE * LINES as usize);
    while left > 0 {
        block.clear();
        for line in number..number + LINES {
            writeln!(block, "{line:016} {:.<46}", "")?;
        }
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
        out.write_all(&block[..count])?;
        number += LINES;
        if bytes.is_some() {
            left -= count as u64;
        }
    }
    out.flush()
}

fn ask(
    play: &mut Play<'_>,
    question: &str,
    expect: &[String],
    unanswered: Option<&(String, Duration)>,
) -> Result<(), String> {
    let question = play.fill(question)?;
    loop {
        print(&format!("{question} "), Duration::ZERO).map_err(no_terminal)?;
        let mut line = String::new();
        // A terminal gives whole lines, so what is readable is an answer, or the end of all answers.
        let heard = match unanswered {
            Some((_, wait)) => os::readable(&io::stdin(), play.hurried(*wait)).map_err(no_terminal)?,
            None => true,
        };
        let count = if heard { io::stdin().lock().read_line(&mut line).map_err(no_terminal)? } else { 0 };
        if count == 0 {
            let Some((answer, _)) = unanswered else {
                return Err("The question has no answer: the input is closed.".into());
            };
            print(&format!("{answer}\n"), Duration::ZERO).map_err(no_terminal)?;
            play.answer.clone_from(answer);
            return Ok(());
        }
        let answer = line.trim();
        if expect.is_empty() || expect.iter().any(|wanted| wanted.to_lowercase() == answer.to_lowercase()) {
            play.answer = answer.to_owned();
            return Ok(());
        }
        let choices = format!("Answer one of: {}.\n", expect.join(", "));
        print(&choices, Duration::ZERO).map_err(no_terminal)?;
    }
}

/// Ignored signals are inherited through exec: a shell sets them and becomes this program again, same process,
/// which goes on with the next step.
fn ignore(play: &Play<'_>, signals: &[Signal]) -> Result<(), String> {
    let names: Vec<_> = signals
        .iter()
        .map(|signal| match signal {
            Signal::Hup => "HUP",
            Signal::Int => "INT",
            Signal::Term => "TERM",
        })
        .collect();
    let own =
        std::env::current_exe().map_err(|error| format!("This program cannot find itself ({error})."))?;
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(format!("trap '' {}; exec \"$0\" \"$@\"", names.join(" ")));
    shell.arg(own).args(std::env::args_os().skip(1));
    shell.env(RESUME, format!("{}:{}", play.next, play.answer));
    Err(os::become_program(shell))
}

fn daemon(play: &Play<'_>, place: Place, lasts: Duration, pid_file: Option<&str>) -> Result<(), String> {
    let folder = match place {
        Place::Inside => play.worktree.as_path(),
        Place::Outside => Path::new("/"),
    };
    let failed_start = |error: io::Error| format!("The daemon cannot be started ({error}).");
    let own = std::env::current_exe().map_err(failed_start)?;
    let mut child = Command::new(own)
        .args(std::env::args_os().skip(1))
        .current_dir(folder)
        .env(DAEMON, lasts.as_millis().to_string())
        .env_remove(RESUME)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed_start)?;
    // Wait for its word: before, it would still end together with this process.
    let mut word = [0];
    let told = child.stdout.take().map(|mut out| io::Read::read_exact(&mut out, &mut word));
    if !matches!(told, Some(Ok(()))) {
        return Err("The daemon ended at once.".into());
    }
    if let Some(path) = pid_file {
        write(play, path, &format!("{}\n", child.id()), false)?;
    }
    Ok(())
}

fn failed(path: &Path, what: &str, error: io::Error) -> String {
    format!("{} cannot be {what} ({error}).", path.display())
}

fn no_terminal(error: io::Error) -> String {
    format!("The terminal does not work ({error}).")
}
