//! What the parser says.

use super::parse::parse;

/// The error of a script, as its author reads it.
fn refused(text: &str) -> String {
    parse(text).unwrap_err().to_string()
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let scripts = [
        "",
        "version = 2",
        "version = 1\nsteps = []",
        "version = 1\n[[step]\n",
        "version = 1\n[step]\nprint = 'x'",
        "version = 1\n\n[[step]]\n",
        "version = 1\n[[step]]\nprnt = 'x'",
        "version = 1\n[[step]]\nprint = 'x'\nsleep = '1s'",
        "version = 1\n[[step]]\nprint = 'x'\ncontent = 'y'",
        "version = 1\n[[step]]\nwrite = 'a.rs'",
        "version = 1\n[[step]]\nwrite = '../a.rs'\ncontent = ''",
        "version = 1\n[[step]]\nwrite = '/etc/a'\ncontent = ''",
        "version = 1\n[[step]]\ncommit = 'all'\nmessage = 'm'",
        "version = 1\n[[step]]\ncommit = ['-A']\nmessage = 'm'",
        "version = 1\n[[step]]\ncommit = ['.']\nmessage = 'm'",
        "version = 1\n[[step]]\ncommit = ['src/*']\nmessage = 'm'",
        "version = 1\n[[step]]\ncommit = [':/']\nmessage = 'm'",
        "version = 1\n[[step]]\ncommit = []\nmessage = 'm'",
        "version = 1\n[[step]]\nsleep = 3",
        "version = 1\n[[step]]\nsleep = '3 days'",
        "version = 1\n[[step]]\nsleep = '-3s'",
        "version = 1\n[[step]]\nflood = 'lots'",
        "version = 1\n[[step]]\nhang = false",
        "version = 1\n[[step]]\nignore = ['KILL']",
        "version = 1\n[[step]]\ndaemon = 'elsewhere'",
        "version = 1\n[[step]]\nexit = 300",
        "version = 1\n[[step]]\nusage = { input = 1 }",
        "version = 1\n[[step]]\nusage = { input = -1, output = 1 }",
        "version = 1\n[[step]]\nusage = { input = 1, output = 1, cost = -0.5 }",
        "version = 1\n[[step]]\nexit = 1\nwhen = { attempt = 0 }",
        "version = 1\n[[step]]\nexit = 1\nwhen = { try = 1 }",
        "version = 1\n[[step]]\nask = 'Sure?'\nexpect = []",
        "version = 1\n[[step]]\nask = 'Sure?'\ndefault = 'yes'",
        "version = 1\n[[step]]\nask = 'Sure?'\nexpect = ['yes']\ndefault = 'no'\nwait = '1s'",
    ];
    let said: Vec<_> = scripts.map(refused).into();
    insta::assert_snapshot!(said.join("\n"), @r###"
    script:1: `version = 1` is missing at the top.
    script:1: Only version 1 of scripts is known. Write `version = 1`.
    script:2: `steps` is not known in a script. Known here: version, step.
    script:2: This is not valid TOML: unclosed array table, expected `]`.
    script:2: `step` is a list of tables: begin each with `[[step]]`.
    script:3: This step does nothing. Give it one of: write, append, delete, commit, run, sleep, print, flood, ask, hang, ignore, close_terminal, daemon, usage, exit.
    script:3: `prnt` is not known in a step. Known here: write, append, delete, commit, run, sleep, print, flood, ask, hang, ignore, close_terminal, daemon, usage, exit, when.
    script:3: A step does one thing; this one has `sleep` and `print`.
    script:4: `content` is not known in a step. Known here: print, when, end, per_char.
    script:2: `content` is missing in a step.
    script:3: The path "../a.rs" leaves the worktree or is not plain. Name a path inside it.
    script:3: The path "/etc/a" leaves the worktree or is not plain. Name a path inside it.
    script:3: `commit` is a list of paths, never "all". Write `commit = ["src/model.rs"]`.
    script:3: "-A" is no path. Commit files by name, one by one.
    script:3: The path "." leaves the worktree or is not plain. Name a path inside it.
    script:3: "src/*" is no path. Commit files by name, one by one.
    script:3: ":/" is no path. Commit files by name, one by one.
    script:3: A list of texts is needed here: the paths to commit.
    script:3: A text is needed here, not a number.
    script:3: "3 days" is no duration. Write "250ms", "2s", "5m" or "1h".
    script:3: "-3s" is no duration. Write "250ms", "2s", "5m" or "1h".
    script:3: "lots" is no size. Write "64KiB", "10MiB", "1GiB" or "forever".
    script:3: Write `true` here, or leave the step out.
    script:3: The signal "KILL" cannot be ignored. Use HUP, INT or TERM.
    script:3: `daemon` is "inside" (the worktree) or "outside".
    script:3: An exit code lies between 0 and 255.
    script:3: `output` is missing in `usage`: a number of tokens.
    script:3: `input` counts tokens: it is 0 or more.
    script:3: A price is 0 or more.
    script:4: Attempts are numbered from 1.
    script:4: `try` is not known in `when`. Known here: attempt, stage, task, answer.
    script:4: A list of texts is needed here: the answers that are accepted.
    script:4: `default` and `wait` go together: the answer, and how long nobody gives another.
    script:5: `default` is one of: yes.
    "###);
}

/// The example of the module's documentation is the documentation of the format: it has to be right.
#[test]
fn the_documented_script_is_one() {
    let source = include_str!("mod.rs");
    let example: Vec<_> = source
        .lines()
        .map(|line| line.strip_prefix("//!").unwrap_or(line).strip_prefix(' ').unwrap_or_default())
        .skip_while(|line| *line != "```toml")
        .skip(1)
        .take_while(|line| *line != "```")
        .collect();
    let script = parse(&example.join("\n")).unwrap();
    assert_eq!(script.steps.len(), 11);
    assert_eq!(script.steps[0].line, 4);
}
