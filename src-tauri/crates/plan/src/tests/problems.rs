//! Every problem of a plan file, with its line and with what to do.

use insta::assert_snapshot;

use crate::parse;

fn check(text: &str) -> String {
    let text = text.lines().map(|line| line.trim_start()).collect::<Vec<_>>().join("\n");
    let problems = parse(&text).expect_err("a problem");
    problems.iter().map(|problem| problem.to_string()).collect::<Vec<_>>().join("\n")
}

#[test]
fn unknown_keys() {
    assert_snapshot!(check(
        r#"version = 1
        titel = "x"
        colour = "green"
        [setup]
        comand = "make"
        [[task]]
        id = "a"
        depends = ["b"]
        [agents.q]
        adapter = "claude"
        modl = "x""#
    ), @r#"
    2:1: A plan has no key "titel". It knows version, title, goal, target, slots, approve, commit, land, waves, retries, agent, setup, check, agents, review, fix, task, layout.
    3:1: A plan has no key "colour". It knows version, title, goal, target, slots, approve, commit, land, waves, retries, agent, setup, check, agents, review, fix, task, layout.
    5:1: Setup has no key "comand". Did you mean "command"?
    8:1: A task has no key "depends". It knows id, title, role, deliverable, spec, scope, exclude, contract, after, agent, attempts, estimate.
    11:1: Agent "q" has no key "modl". Did you mean "model"?
    "#);
}

#[test]
fn wrong_types_and_values() {
    assert_snapshot!(check(
        r#"version = 2
        title = 5
        slots = "four"
        waves = "yes"
        approve = "never"
        retries = -1
        agent = ["q"]
        land = "squish"
        setup = "make"
        review = { agent = 3, rounds = 0 }
        [[check]]
        name = "t"
        command = "true"
        timeout = "soon"
        [[task]]
        id = "a"
        estimate = 10
        scope = "src/**"
        after = [1]
        [agents]
        q = "claude""#
    ), @r#"
    1:11: Version 2 is not known. Write version = 1, or use a newer Coppice.
    2:9: "title" takes a text, not a whole number. Write it like title = "…".
    3:9: "slots" takes a whole number, not a text. Write it like slots = 4.
    4:9: "waves" takes true or false, not a text. Write it like waves = true.
    5:11: "approve" cannot be "never". It is one of "manual", "auto".
    6:11: "retries" cannot be -1. Use a small number that is not negative.
    7:9: "agent" takes a text, not a list. Write it like agent = "…".
    8:8: "land" cannot be "squish". Did you mean "squash"?
    9:9: "setup" takes a table, not a text. Write it like [setup].
    10:20: "agent" takes a list of texts, not a whole number. Write it like agent = ["…"].
    10:32: 0 rounds of fixing cannot be done. Use 1 to 20.
    14:11: "soon" is not a length of time. Write it like "500ms", "90s", "10m" or "1h30m".
    17:12: "estimate" takes a text, not a whole number. Write it like estimate = "…".
    18:9: "scope" takes a list of texts, not a text. Write it like scope = ["…"].
    19:10: "after" takes texts, not a whole number. Put it in quotation marks.
    21:5: "q" takes a table, not a text. Write it like [agents.q].
    "#);
}

#[test]
fn slots_have_bounds() {
    assert_snapshot!(check("slots = 0"), @"1:9: A plan with 0 slots cannot run. Use 1 to 64 slots.");
    assert_snapshot!(check("slots = 65"), @"1:9: A plan with 65 slots cannot run. Use 1 to 64 slots.");
    assert_snapshot!(check("slots = 99999999999"), @"1:9: A plan with 99999999999 slots cannot run. Use 1 to 64 slots.");
}

#[test]
fn references() {
    assert_snapshot!(check(
        r#"agent = "quik"
        [agents.quick]
        adapter = "claude"
        [review]
        agent = ["quick", "slow"]
        [fix]
        agent = "nobody"
        [[task]]
        id = "model"
        after = ["api", "model"]
        agent = "quick"
        attempts = ["quick", "other"]
        [[task]]
        id = "model"
        after = ["modl", "zzz"]
        [layout]
        modle = [0, 0]"#
    ), @r#"
    1:9: There is no agent "quik". Did you mean "quick"?
    5:19: There is no agent "slow". Add [agents.slow], or name an agent that the plan has.
    7:9: There is no agent "nobody". Add [agents.nobody], or name an agent that the plan has.
    10:10: Task "model" comes after "api", which is no task of this plan. Add that task, or remove the name.
    10:17: Task "model" depends on itself. Remove it from its own after.
    12:12: Task "model" has both an agent and attempts. Keep one of them: attempts stand instead of an agent.
    12:22: There is no agent "other". Add [agents.other], or name an agent that the plan has.
    14:6: Two tasks have the id "model". Rename one of them, and its mentions in after.
    15:10: Task "model" comes after "modl", which is no task of this plan. Did you mean "model"?
    15:18: Task "model" comes after "zzz", which is no task of this plan. Add that task, or remove the name.
    17:1: The layout has a place for "modle", which is no task of this plan. Remove the line.
    "#);
}

#[test]
fn cycles_are_named_with_their_cuts() {
    assert_snapshot!(check(
        r#"[[task]]
        id = "api"
        after = ["docs"]
        [[task]]
        id = "docs"
        after = ["cli"]
        [[task]]
        id = "cli"
        after = ["api"]
        [[task]]
        id = "one"
        after = ["two"]
        [[task]]
        id = "two"
        after = ["one"]
        [[task]]
        id = "innocent"
        after = ["two", "api"]"#
    ), @r#"
    3:10: Tasks wait for each other: api → cli → docs → api. Remove one of these dependencies: "api" from the after of "cli", or "cli" from the after of "docs", or "docs" from the after of "api".
    12:10: Tasks wait for each other: one → two → one. Remove one of these dependencies: "one" from the after of "two", or "two" from the after of "one".
    "#);
}

#[test]
fn ids_and_layout() {
    assert_snapshot!(check(
        r#"[[task]]
        title = "No id"
        [[task]]
        id = "Has Space"
        after = ["../up"]
        [[task]]
        id = ""
        [[task]]
        id = "fine"
        scope = ["a["]
        [layout]
        fine = [1]
        "B" = [1, 2]
        gone = [1, 2]"#
    ), @r#"
    1:1: A task has no id. Give it one, like id = "api".
    4:6: "Has Space" is not a task id. Use 1 to 64 of a-z, 0-9, "_" and "-", starting with a letter or a digit.
    5:10: "../up" is not a task id. Use 1 to 64 of a-z, 0-9, "_" and "-", starting with a letter or a digit.
    7:6: "" is not a task id. Use 1 to 64 of a-z, 0-9, "_" and "-", starting with a letter or a digit.
    10:10: In the scope of "fine", glob "a[" cannot be read: unclosed character class; missing ']'. Write it like "src/**" or "docs/*.md".
    12:8: The place of "fine" is not two whole numbers. Write it like fine = [120, 80].
    13:1: "B" is not a task id. Use 1 to 64 of a-z, 0-9, "_" and "-", starting with a letter or a digit.
    14:1: The layout has a place for "gone", which is no task of this plan. Remove the line.
    "#);
}

#[test]
fn globs_checks_ports_and_agents() {
    assert_snapshot!(check(
        r#"[setup]
        command = ""
        copy = ["/etc/passwd"]
        ports = ["web", "my-port", "WEB", ""]
        timeout = "0s"
        [[check]]
        command = "true"
        [[check]]
        name = "t"
        command = " "
        [[check]]
        name = "t"
        command = "true"
        [agents.a]
        adapter = "command"
        [agents.b]
        adapter = "scripted"
        script = ""
        [agents.c]
        adapter = "cluade"
        [agents.d]
        command = ["x"]
        [agents.e]
        adapter = "codex"
        env = { "A=B" = "x" }
        [[task]]
        id = "a"
        scope = ["/abs", "../up", "a\\b", "", "[z"]
        exclude = ["{a"]"#
    ), @r#"
    2:11: The setup command is empty. Write a command, or leave the key out.
    3:9: "/etc/passwd" cannot be copied into a worktree. Use a path inside the repository, with "/".
    4:17: "my-port" cannot name a port. Use letters, digits and "_": the name becomes COPPICE_PORT_<NAME>.
    4:28: Port "WEB" is named twice. Give each port its own name; upper and lower case are the same here.
    4:35: "" cannot name a port. Use letters, digits and "_": the name becomes COPPICE_PORT_<NAME>.
    5:11: A time limit of nothing ends every run at once. Write it like "10m".
    6:1: A check has no name. Give it one, like name = "test".
    10:11: Check "t" has no command. Write the command that is to succeed.
    12:8: Two checks are named "t". Rename one of them.
    14:9: Agent "a" has the adapter "command" but no command. Write it, like command = ["sh", "agent.sh"].
    18:10: Agent "b" has the adapter "scripted" but no script. Write it, like script = "agent.toml".
    20:11: "adapter" cannot be "cluade". Did you mean "claude"?
    21:1: Agent "d" has no adapter. Write adapter = "command", "scripted", "claude" or "codex".
    25:17: "A=B" cannot name an environment variable. Leave out "=", and do not leave it empty.
    28:10: In the scope of "a", glob "/abs" starts at the root of the file system, but scopes are relative to the repository. Write it like "src/**" or "docs/*.md".
    28:18: In the scope of "a", glob "../up" leaves the repository with "..". Write it like "src/**" or "docs/*.md".
    28:27: In the scope of "a", glob "a\b" has a backslash, but git separates folders by "/". Write it like "src/**" or "docs/*.md".
    28:35: In the scope of "a", a glob is empty. Write it like "src/**" or "docs/*.md".
    28:39: In the scope of "a", glob "[z" cannot be read: unclosed character class; missing ']'. Write it like "src/**" or "docs/*.md".
    29:12: In the exclude of "a", glob "{a" cannot be read: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?). Write it like "src/**" or "docs/*.md".
    "#);
}

#[test]
fn wrong_shapes_of_lists() {
    assert_snapshot!(check("[task]\nid = \"a\""), @r#"1:1: "task" takes a list of tables, not a table. Write it like [[task]]."#);
    assert_snapshot!(check("check = [\"true\"]"), @r#"1:9: "check" takes a list of tables, not a list. Write it like [[check]]."#);
    assert_snapshot!(check("layout = 1\nagents = []"), @r#"
    1:10: "layout" takes a table, not a whole number. Write it like [layout].
    2:10: "agents" takes a table, not a list. Write it like [agents].
    "#);
}

#[test]
fn text_that_is_no_toml() {
    assert_snapshot!(check("version = 1\ntitle = \"open"), @r#"2:14: Invalid basic string, expected `"`."#);
    assert_snapshot!(check("slots = 1\nslots = 2"), @r#"2:1: "slots" stands here for the second time. Remove one of the two."#);
    assert_snapshot!(check("[[task]]\nid = a"), @"2:6: String values must be quoted, expected literal string.");
}

#[test]
fn agents_that_have_no_name() {
    assert_snapshot!(check(
        r#"[agents.q]
        adapter = "claude"
        [review]
        agent = []
        [fix]
        agent = ""
        [[task]]
        id = "a"
        attempts = ["", "q"]"#
    ), @r#"
    4:9: An empty list names no reviewer. Name one or more, or leave the key out: then another vendor's agent reviews.
    6:9: The name of an agent is empty. Name one, or leave the key out.
    9:13: The name of an agent is empty. Name one, or leave the key out.
    "#);
}
