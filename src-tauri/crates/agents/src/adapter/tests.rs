use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::environment::Source;
use crate::launch::Stage;

fn environment(variables: &[(&str, &str)]) -> Environment {
    let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
    Environment::new(variables, Source::Inherited { reason: "a test".into() })
}

fn program(path: &Path) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn context(worktree: &Path) -> Context {
    Context {
        plan: "p1".into(),
        task: "model".into(),
        attempt: 2,
        stage: Stage::Implement,
        run: "r7".into(),
        base: "4f2a91c".into(),
        worktree: worktree.to_path_buf(),
        run_dir: "/data/runs/r7".into(),
        resume: None,
        brief: Some("/data/brief.md".into()),
        coppice: "/opt/coppice".into(),
        ports: vec![("web".into(), 41_000), ("admin-api".into(), 41_001)],
        port_offset: Some(120),
        hooks: Some("/data/hooks".into()),
        extra: vec![("COPPICE_FINDINGS".into(), "/data/findings.json".into())],
    }
}

fn command(words: &[&str]) -> AgentSpec {
    AgentSpec {
        name: "quick".into(),
        adapter: "command".into(),
        command: words.iter().map(|word| (*word).to_owned()).collect(),
        ..AgentSpec::default()
    }
}

fn value(variables: &[(OsString, OsString)], name: &str) -> Option<String> {
    let found = variables.iter().find(|(found, _)| found == name);
    found.map(|(_, value)| value.to_str().unwrap().to_owned())
}

#[test]
fn a_command_is_started_in_its_worktree_with_what_it_needs_to_know() {
    let dir = tempfile::tempdir().unwrap();
    program(&dir.path().join("bin/agent"));
    let path = format!("relative:{}/none:{}/bin", dir.path().display(), dir.path().display());
    let environment = environment(&[
        ("PATH", &path),
        ("HOME", "/home/me"),
        ("GIT_DIR", "/elsewhere/.git"),
        ("COPPICE_TASK", "of an outer run"),
        ("COPPICE_REVIEW_INPUT", "of an outer run"),
        ("COPPICE_HOME", "/data"),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "user.name"),
        ("GIT_CONFIG_VALUE_0", "Me"),
    ]);
    let mut spec = command(&["agent", "--fast", "a b"]);
    spec.env.insert("MODE".into(), "quiet".into());
    check(&spec, &environment).unwrap();
    let launch = launch(&spec, &context(dir.path()), &environment).unwrap();
    assert_eq!(launch.argv, [dir.path().join("bin/agent").into_os_string(), "--fast".into(), "a b".into()]);
    assert_eq!(launch.cwd, dir.path());

    let variables = launch.environment(&environment);
    let expected = [
        ("COPPICE_PLAN", "p1"),
        ("COPPICE_TASK", "model"),
        ("COPPICE_ATTEMPT", "2"),
        ("COPPICE_STAGE", "implement"),
        ("COPPICE_RUN", "r7"),
        ("COPPICE_BASE", "4f2a91c"),
        ("COPPICE_WORKTREE", dir.path().to_str().unwrap()),
        ("COPPICE_BRIEF", "/data/brief.md"),
        ("COPPICE_PORT_WEB", "41000"),
        ("COPPICE_PORT_ADMIN_API", "41001"),
        ("TEST_PORT_OFFSET", "120"),
        ("COPPICE_FINDINGS", "/data/findings.json"),
        ("COPPICE_HOME", "/data"),
        ("HOME", "/home/me"),
        ("MODE", "quiet"),
        // After the user's own setting, not over it.
        ("GIT_CONFIG_COUNT", "4"),
        ("GIT_CONFIG_KEY_0", "user.name"),
        ("GIT_CONFIG_KEY_1", "gc.auto"),
        ("GIT_CONFIG_VALUE_1", "0"),
        ("GIT_CONFIG_KEY_2", "maintenance.auto"),
        ("GIT_CONFIG_VALUE_2", "false"),
        ("GIT_CONFIG_KEY_3", "core.hooksPath"),
        ("GIT_CONFIG_VALUE_3", "/data/hooks"),
    ];
    for (name, wanted) in expected {
        assert_eq!(value(&variables, name).as_deref(), Some(wanted), "{name}");
    }
    assert_eq!(value(&variables, "GIT_DIR"), None);
    assert_eq!(value(&variables, "COPPICE_REVIEW_INPUT"), None);
}

#[test]
fn a_program_in_the_worktree_is_looked_for_at_launch() {
    let dir = tempfile::tempdir().unwrap();
    let environment = environment(&[("PATH", "/usr/bin:/bin")]);
    let spec = command(&["./agent.sh"]);
    check(&spec, &environment).unwrap();
    let error = launch(&spec, &context(dir.path()), &environment).unwrap_err();
    assert!(matches!(error, AgentError::NotExecutable { .. }), "{error}");
    program(&dir.path().join("agent.sh"));
    let launch = launch(&spec, &context(dir.path()), &environment).unwrap();
    assert!(Path::new(&launch.argv[0]).is_absolute());
}

#[test]
fn a_script_is_run_by_our_own_program() {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("agent.toml");
    let spec = AgentSpec {
        name: "demo".into(),
        adapter: "scripted".into(),
        script: Some(script.clone()),
        ..AgentSpec::default()
    };
    let environment = environment(&[]);
    let error = check(&spec, &environment).unwrap_err().to_string();
    assert!(error.contains("agent.toml cannot be read"), "{error}");
    std::fs::write(&script, "version = 1\n[[step]]\nprnt = 'x'\n").unwrap();
    let error = check(&spec, &environment).unwrap_err().to_string();
    assert!(error.contains("agent.toml:3: `prnt` is not known"), "{error}");
    std::fs::write(&script, "version = 1\n").unwrap();
    check(&spec, &environment).unwrap();
    let launch = launch(&spec, &context(dir.path()), &environment).unwrap();
    assert_eq!(launch.argv, ["/opt/coppice".into(), OsString::from("scripted"), script.into()]);
}

#[test]
fn what_is_missing_or_too_much_is_said() {
    let environment = environment(&[("PATH", "/nowhere")]);
    let said = |spec: AgentSpec| check(&spec, &environment).unwrap_err().to_string();
    let with = |change: fn(&mut AgentSpec)| {
        let mut spec = command(&["agent"]);
        change(&mut spec);
        spec
    };
    let all = [
        said(command(&["agent"])),
        said(command(&["/nowhere/agent"])),
        said(command(&[])),
        said(with(|spec| spec.adapter = "gpt".into())),
        said(with(|spec| spec.model = Some("large".into()))),
        said(with(|spec| spec.adapter = "scripted".into())),
        said(AgentSpec { name: "demo".into(), adapter: "scripted".into(), ..AgentSpec::default() }),
    ];
    insta::assert_snapshot!(all.join("\n"), @r###"
    Agent quick starts `agent`, which is not in the search path (/nowhere). Install `agent`, or name it by its full path in `command`.
    Agent quick starts /nowhere/agent, which is not an executable file. Create it or make it executable.
    Agent quick uses the adapter "command" and has no `command`. Add command = ["sh", "agent.sh"].
    Agent quick names the adapter "gpt", which does not exist. Use one of: command, scripted, claude, codex.
    Agent quick sets `model`, which the adapter "command" does not use. Remove it. It reads: command.
    Agent quick sets `command`, which the adapter "scripted" does not use. Remove it. It reads: script.
    Agent demo uses the adapter "scripted" and has no `script`. Add script = "agent.toml".
    "###);
}
