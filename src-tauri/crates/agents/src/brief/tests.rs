use super::*;

fn brief() -> Brief {
    Brief {
        task: "client".into(),
        title: "HTTP client with retries".into(),
        goal: "Retry support".into(),
        role: "You write the client.".into(),
        deliverable: "src/client.rs with Client::get".into(),
        spec: "1. Retries three times.\n2. Waits longer each time.\n".into(),
        attempt: 2,
        base: "4f2a91c".into(),
        branch: "coppice/retry/client/2".into(),
        may_change: vec!["src/client/**".into(), "Cargo.toml".into()],
        may_not_change: vec!["src/model/**".into()],
        contracts: vec![Contract {
            task: "model".into(),
            title: "Data model".into(),
            text: "`pub struct Retry { pub times: u32 }` in `src/model.rs`".into(),
        }],
        promises: Some("`Client::get(url: &str) -> Result<Response, Error>`".into()),
        checks: vec![Check { name: "test".into(), command: "cargo test".into() }],
        neighbours: vec![
            Neighbour { title: "Documentation".into(), scope: vec!["docs/**".into()] },
            Neighbour { title: "Exploration".into(), scope: vec![] },
        ],
        tried: vec![Tried {
            attempt: 1,
            failure: "The check `test` failed (exit code 101).".into(),
            log: b"\x1b[1mrunning\x1b[0m 1 test\r\n10%\r50%\r100%\r\n```\r\nassertion failed: left == right\r\n".to_vec(),
        }],
    }
}

#[test]
fn the_page_of_a_second_attempt() {
    insta::assert_snapshot!(brief().render(), @r###"
    # HTTP client with retries

    Task `client`, attempt 2.
    It is part of: Retry support

    ## Your role

    You write the client.

    ## Deliverable

    src/client.rs with Client::get

    ## Spec

    1. Retries three times.
    2. Waits longer each time.

    ## Scope

    You may change only:

    - `src/client/**`
    - `Cargo.toml`

    You may not change:

    - `src/model/**`

    What lies outside does not land. If the task cannot be done inside, stop and say so.

    ## What you can rely on

    These tasks have landed and are in your worktree. They promise:

    ### Data model (`model`)

    `pub struct Retry { pub times: u32 }` in `src/model.rs`

    ## What others will rely on

    `Client::get(url: &str) -> Result<Response, Error>`

    Deliver exactly these names, signatures and paths: other tasks are written against them.

    ## Rules of parallel work

    - You work alone in this worktree, on branch `coppice/retry/client/2`, cut from `4f2a91c`. Stay in it: other worktrees, the main checkout and other branches belong to others.
    - Stage files by name: `git add path/to/file`. Never `git add -A`, `git add .` or `git commit -a`.
    - Do not merge, rebase, push, stash, reset or switch branches. Coppice lands your commits.
    - You are done when everything is committed and `git status` is clean. Work that is not committed is not delivered.
    - Do not weaken, skip or delete a check or a test to make it pass.
    - If something is missing or contradictory, stop and say what, rather than guess.

    At work at the same time:

    - Documentation: `docs/**`
    - Exploration: scope not declared

    ## Checks

    Coppice runs these itself, at your last commit and again on the merged result:

    - test: `cargo test`

    Run them yourself before you finish.

    ## Already tried

    Do not repeat what failed; find out why it failed first.

    ### Attempt 1

    The check `test` failed (exit code 101).

    ````text
    running 1 test
    100%
    ```
    assertion failed: left == right
    ````
    "###);
}

#[test]
fn the_least_that_a_task_can_say() {
    let brief = Brief {
        task: "t".into(),
        title: "Small\nthing".into(),
        deliverable: "hello.txt".into(),
        attempt: 1,
        base: "4f2a91c".into(),
        branch: "coppice/p/t/1".into(),
        ..Brief::default()
    };
    insta::assert_snapshot!(brief.render(), @r###"
    # Small thing

    Task `t`, attempt 1.

    ## Deliverable

    hello.txt

    ## Rules of parallel work

    - You work alone in this worktree, on branch `coppice/p/t/1`, cut from `4f2a91c`. Stay in it: other worktrees, the main checkout and other branches belong to others.
    - Stage files by name: `git add path/to/file`. Never `git add -A`, `git add .` or `git commit -a`.
    - Do not merge, rebase, push, stash, reset or switch branches. Coppice lands your commits.
    - You are done when everything is committed and `git status` is clean. Work that is not committed is not delivered.
    - Do not weaken, skip or delete a check or a test to make it pass.
    - If something is missing or contradictory, stop and say what, rather than guess.

    ## Checks

    This plan has no checks. Show in your commits that each requirement is met.
    "###);
}

#[test]
fn a_log_cannot_leave_its_fence_and_stays_short() {
    let mut log = b"\x1b]0;a title\x07````\n".repeat(3);
    log.extend_from_slice("häßlich\n".repeat(4000).as_bytes());
    log.extend_from_slice(b"\x1b(Blast \x1bline\x1bP1$r0m\x1b\\\xff `````\n\n\n");
    let tail = log_tail(&log);
    assert!(tail.len() <= LOG_BYTES && tail.lines().count() <= LOG_LINES, "{}", tail.lines().count());
    assert!(tail.ends_with("last ine\u{fffd} `````"), "{}", &tail[tail.len() - 40..]);
    let mut page = Page::default();
    page.fenced(&tail);
    assert!(page.text.starts_with("``````text\n") && page.text.ends_with("\n``````\n"));
    assert_eq!(code("a`b"), "`` a`b ``");
}
