use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use repo::{Advance, Candidate, Counts, DiffLimits, ExecKind, How, Identity, MergeRequest, Trust, When};

use crate::world::{World, bstrings, run, write};

/// Leaves a trace; a filter also passes its input on, while whatever speaks a protocol gets no answer.
fn canary(world: &World) -> String {
    let script = world.dir.path().join("canary.sh");
    let trace = world.dir.path().join("canary");
    let text = format!(
        "#!/bin/sh\necho \"$0 $@\" >> '{}'\ncase \"$1\" in *.clean|*.smudge) cat ;; esac\n",
        trace.display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    script.display().to_string()
}

fn trace(world: &World) -> Option<String> {
    std::fs::read_to_string(world.dir.path().join("canary")).ok()
}

/// Everything the crate does, once.
async fn everything(world: &World, trust: Trust) {
    let repo = world.repo().with_trust(trust);
    let place = world.place().await;
    let ada = Identity { name: "Ada".into(), email: "ada@example.org".into() };
    repo.exec_capable().await.unwrap();
    repo.fingerprint_config().await.unwrap();
    repo.branches().await.unwrap();
    repo.status(&world.root).await.unwrap();
    let new = world.new_worktree("x").await;
    repo.add_worktree(&new).await.unwrap();
    write(&world.root, "secret.ignored", "s");
    repo.copy_into(&new.path, &["secret.ignored".into()]).await.unwrap();
    write(&new.path, "a.txt", "changed\n");
    write(&new.path, "new.bin", "n\n");
    repo.snapshot(&new.path, "s", "m").await.unwrap();
    let files = repo.changed_files_uncommitted(&new.path, Counts::Include).await.unwrap();
    for file in &files {
        repo.file_diff(file, Some(&new.path), DiffLimits::default()).await.unwrap();
    }
    repo.commit_paths(&new.path, &bstrings(&["a.txt", "new.bin"]), "m", &ada).await.unwrap();
    write(&new.path, "a.txt", "dirty\n");
    repo.tidy(&new.path, "t").await.unwrap();
    let onto = world.oid("main");
    let head = repo.branch("x").await.unwrap().unwrap();
    repo.predict(&[(onto, head)]).await.unwrap();
    repo.changed_files(onto, head, Counts::Include).await.unwrap();
    let request = MergeRequest {
        onto,
        head,
        how: How::Merge,
        message: "m".into(),
        identity: ada,
        when: When::utc(1_700_000_000),
    };
    let Candidate::Clean { commit, .. } = repo.merge_candidate(&request).await.unwrap() else {
        panic!("clean")
    };
    let moved = repo.advance("main", onto, commit, Duration::from_secs(5)).await.unwrap();
    assert_eq!(moved, Advance::Moved { checkout: Some(world.root.clone()) });
    let trashed = repo.trash_worktree(&new.path, None, "w").await.unwrap();
    repo.restore(&place, &trashed.entry).await.unwrap();
}

/// One vector: its configuration, and how plain git is set off by it.
type Vector = (&'static [&'static str], &'static [&'static str]);

const STATUS: &[&str] = &["status"];
const ADD: &[&str] = &["add", "-A"];
const DIFF: &[&str] = &["diff", "HEAD"];
const COMMIT: &[&str] = &["commit", "-q", "-S", "--allow-empty", "-m", "x"];

const VECTORS: [Vector; 11] = [
    (&["core.fsmonitor"], STATUS),
    (&["core.hooksPath"], &["checkout", "-q", "-b", "off"]),
    (&["filter.txt.clean", "filter.txt.smudge"], ADD),
    (&["filter.bin.process"], ADD),
    // No name for `-c`, which would end it at the first `=`.
    (&["filter.e=v.il.clean", "filter.e=v.il.smudge"], ADD),
    (&["diff.txt.textconv"], DIFF),
    (&["diff.txt.command"], DIFF),
    (&["diff.external"], DIFF),
    (&["gpg.program"], COMMIT),
    (&["core.editor"], &["commit", "--allow-empty"]),
    (&["core.sshCommand"], &["ls-remote", "ssh://localhost/x"]),
];

const HOOKS: [&str; 12] = [
    "applypatch-msg",
    "commit-msg",
    "fsmonitor-watchman",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "post-rewrite",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "reference-transaction",
];

fn attributes(world: &World) {
    world.write(
        ".gitattributes",
        "*.txt filter=txt diff=txt merge=txt\n*.bin filter=bin\nodd filter=e=v.il\n",
    );
    world.write("odd", "odd\n");
    world.write("first.bin", "b\n");
    world.commit("attributes");
}

fn arm(world: &World, keys: &[&str]) {
    let script = canary(world);
    for key in keys {
        if *key == "core.hooksPath" {
            let hooks = world.dir.path().join("hooks");
            std::fs::create_dir(&hooks).unwrap();
            for name in HOOKS {
                std::fs::copy(&script, hooks.join(name)).unwrap();
            }
            world.git(["config", key, hooks.to_str().unwrap()]);
        } else {
            // The key is an argument, so that the trace says which one it was.
            world.git(["config", key, &format!("{script} {key}")]);
        }
    }
    if keys.contains(&"gpg.program") {
        world.git(["config", "gpg.program", &script]);
        world.git(["config", "commit.gpgSign", "true"]);
    }
}

#[tokio::test]
async fn f98_nothing_of_the_repositorys_own_runs() {
    let world = World::new();
    attributes(&world);
    let more = [
        "core.askPass",
        "credential.helper",
        "core.alternateRefsCommand",
        "merge.txt.driver",
        "sequence.editor",
        "core.pager",
    ];
    let keys: Vec<&str> = VECTORS.iter().flat_map(|vector| vector.0).chain(&more).copied().collect();
    arm(&world, &keys);
    world.git(["config", "filter.txt.required", "true"]);
    everything(&world, Trust::Hardened).await;
    assert_eq!(trace(&world), None);
}

#[test]
fn f98_the_traps_do_work() {
    for (keys, set_off) in &VECTORS {
        let world = World::new();
        attributes(&world);
        arm(&world, keys);
        world.write("a.txt", "set it off\n");
        world.write("first.bin", "set it off\n");
        run(&world.root, *set_off);
        assert!(trace(&world).is_some(), "{keys:?} is no trap");
    }
}

#[tokio::test]
async fn f98_merge_drivers_do_not_run_even_when_filters_are_trusted() {
    let world = World::new();
    attributes(&world);
    arm(&world, &["merge.txt.driver"]);
    let base = world.head();
    world.git(["checkout", "-q", "-b", "side"]);
    world.write("a.txt", "side\n");
    let head = world.commit("side");
    world.git(["checkout", "-q", "main"]);
    world.write("a.txt", "main\n");
    let onto = world.commit("main");
    let request = MergeRequest {
        onto,
        head,
        how: How::Merge,
        message: "m".into(),
        identity: Identity::fallback(),
        when: When::utc(1),
    };
    for trust in [Trust::Hardened, Trust::Filters] {
        let repo = world.repo().with_trust(trust);
        let candidate = repo.merge_candidate(&request).await.unwrap();
        assert!(matches!(candidate, Candidate::Conflict { .. }), "{candidate:?}");
        repo.predict(&[(onto, head)]).await.unwrap();
    }
    assert_eq!(trace(&world), None);
    run(&world.root, ["merge", "side"]);
    assert!(trace(&world).is_some(), "plain git does run it");
    let _ = base;
}

#[tokio::test]
async fn trusted_filters_run() {
    let world = World::new();
    attributes(&world);
    arm(&world, &["filter.txt.clean", "filter.txt.smudge"]);
    let repo = world.repo().with_trust(Trust::Filters);
    repo.add_worktree(&world.new_worktree("x").await).await.unwrap();
    assert!(trace(&world).is_some());
}

#[tokio::test]
async fn f103_a_hostile_embedded_repository_is_not_entered() {
    let world = World::new();
    let script = canary(&world);
    let bare = world.path("bare.git");
    world.git(["init", "-q", "--bare", bare.to_str().unwrap()]);
    crate::world::git(&bare, ["config", "core.fsmonitor", &script]);
    crate::world::git(&bare, ["config", "core.bare", "false"]);
    crate::world::git(&bare, ["config", "core.worktree", world.root.to_str().unwrap()]);
    let repo = repo::Repo::open(world.path("dir")).unwrap();
    repo.status(&world.root).await.unwrap();
    repo.snapshot(&world.root, "k", "m").await.unwrap();
    assert_eq!(trace(&world), None);
}

/// An agent can write the `.git` file of its worktree; our calls do not ask it.
#[tokio::test]
async fn a_worktrees_own_git_file_leads_nowhere() {
    let world = World::new();
    let script = canary(&world);
    let worktree = world.worktree("x").await;
    std::fs::remove_file(worktree.join(".git")).unwrap();
    crate::world::git(&worktree, ["init", "-q"]);
    crate::world::git(&worktree, ["config", "core.fsmonitor", &script]);
    let status = world.repo().status(&worktree).await.unwrap();
    assert_eq!(status.head, Some(world.head()));
    assert_eq!(status.branch.as_deref(), Some("x"));
    assert_eq!(trace(&world), None);
}

#[tokio::test]
async fn f108_what_could_run_is_listed() {
    let world = World::new();
    world.write(".claude/settings.json", "{}");
    world.write(".gitattributes", "*.psd filter=lfs diff=lfs -text\n# *.x filter=no\n*.c text\n");
    world.write("caf\u{e9}/.gitattributes", "* merge=ours2\n");
    world.commit("settings");
    for (key, value) in [
        ("core.fsmonitor", "evil"),
        ("filter.a.b.smudge", "evil"),
        ("alias.st", "!evil"),
        ("alias.harmless", "status"),
        ("user.name", "harmless"),
        ("remote.origin.url", "ext::sh -c evil"),
        ("include.path", "other"),
    ] {
        world.git(["config", key, value]);
    }
    write(&world.root, ".git/other", "[core]\n\tsshCommand = evil\n");
    write(&world.root, ".git/hooks/post-checkout", "#!/bin/sh\n");
    write(&world.root, ".git/hooks/not-executable", "#!/bin/sh\n");
    let hook = world.path(".git/hooks/post-checkout");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let found = world.repo().exec_capable().await.unwrap();
    let keys = |kind: ExecKind| {
        let mut keys: Vec<&str> =
            found.iter().filter(|item| item.kind == kind).map(|item| item.key.as_str()).collect();
        keys.sort_unstable();
        keys
    };
    let config = [
        "alias.st",
        "core.fsmonitor",
        "core.sshcommand",
        "filter.a.b.smudge",
        "include.path",
        "remote.origin.url",
    ];
    assert_eq!(keys(ExecKind::Config), config);
    assert_eq!(keys(ExecKind::Hook), ["post-checkout"]);
    assert_eq!(keys(ExecKind::Attribute), ["*", "*.psd", "*.psd"]);
    assert_eq!(keys(ExecKind::AgentFile), [".claude/settings.json"]);
    let ssh = found.iter().find(|item| item.key == "core.sshcommand").unwrap();
    assert!(ssh.origin.ends_with("other") && ssh.scope == "local", "{ssh:?}");
    assert_eq!(World::new().repo().exec_capable().await.unwrap(), []);
}

#[tokio::test]
async fn f60_edits_of_shared_configuration_and_hooks_are_seen() {
    let world = World::new();
    let repo = world.repo();
    let before = repo.fingerprint_config().await.unwrap();
    everything(&world, Trust::Hardened).await;
    let after = repo.fingerprint_config().await.unwrap();
    assert_eq!(after.changed_since(&before), Vec::<&Path>::new(), "our own work leaves it as it was");
    assert_eq!(after.hash, before.hash);
    world.git(["config", "core.fsmonitor", "evil"]);
    write(&world.root, ".git/hooks/pre-push", "#!/bin/sh\n");
    let after = repo.fingerprint_config().await.unwrap();
    assert_eq!(after.changed_since(&before), [Path::new("config"), Path::new("hooks/pre-push")]);
    assert_ne!(after.hash, before.hash);
}

#[tokio::test]
async fn f108_files_that_agents_and_editors_obey_are_listed() {
    let world = World::new();
    let files = [
        ".claude/settings.json",
        ".claude/settings.local.json",
        ".codex/config.toml",
        ".codex/hooks.json",
        ".cursor/hooks.json",
        ".mcp.json",
        ".vscode/tasks.json",
        "AGENTS.md",
        "CLAUDE.md",
    ];
    for file in files {
        let runs =
            r#"{"hooks": {"SessionStart": [{"hooks": [{"type": "command", "command": "touch canary"}]}]}}"#;
        write(&world.root, file, runs);
    }
    let found = world.repo().exec_capable().await.unwrap();
    let mut listed: Vec<&str> =
        found.iter().filter(|item| item.kind == ExecKind::AgentFile).map(|item| item.key.as_str()).collect();
    listed.sort_unstable();
    assert_eq!(listed, files);
    assert!(found.iter().all(|item| Path::new(&item.origin).exists()), "{found:?}");
    assert!(!world.path("canary").exists());
}
