//! Small languages: ids, durations, globs, numbered requirements.

use std::time::Duration;

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::duration::{LONGEST, format_duration, parse_duration};
use crate::overlap::globs_overlap;
use crate::{CommitId, Scope, TaskId, requirements};

#[test]
fn task_ids() {
    for good in ["a", "0", "http-client", "a_b", "x--y", &"a".repeat(64)] {
        assert_eq!(TaskId::new(good).unwrap().as_str(), good);
    }
    for bad in ["", "-a", "_a", "A", "a b", "a.b", "a/b", "ü", &"a".repeat(65)] {
        assert!(TaskId::new(bad).is_err(), "{bad}");
    }
    let slug = |text: &str| TaskId::slug(text).to_string();
    assert_eq!(slug("HTTP client (v2)!"), "http-client-v2");
    assert_eq!(slug("  Über_uns "), "ber_uns");
    assert_eq!(slug("日本"), "task");
}

#[test]
fn commit_ids() {
    let commit = CommitId::new(&"ABCDEF0123".repeat(4)).unwrap();
    assert_eq!(commit.short(), "abcdef0");
    assert!(CommitId::new("abcdef0").is_err());
    assert!(CommitId::new(&"g".repeat(40)).is_err());
}

#[test]
fn lengths_of_time() {
    let check = |text: &str| parse_duration(text).map(|d| d.as_millis()).map_err(|e| e.to_string());
    assert_eq!(check("10m"), Ok(600_000));
    assert_eq!(check("1h30m"), Ok(5_400_000));
    assert_eq!(check("500ms"), Ok(500));
    assert_eq!(check("1d"), Ok(86_400_000));
    assert_eq!(check("1m1s1ms"), Ok(61_001));
    for bad in ["", "10", "m", "1.5h", "-1s", "30m1h", "1h1h", "10 m", "1w", "99999999999999999999s", "366d"]
    {
        assert!(check(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn lengths_go_round(ms in 0..=LONGEST.as_millis() as u64) {
        let length = Duration::from_millis(ms);
        prop_assert_eq!(parse_duration(&format_duration(length)), Ok(length));
    }

    #[test]
    fn slugs_are_ids(text in "\\PC*") {
        let slug = TaskId::slug(&text);
        prop_assert_eq!(TaskId::new(slug.as_str()), Ok(slug));
    }
}

/// Which of the paths a scope holds.
fn held(scope: Option<&[&str]>, exclude: &[&str], paths: &[&str]) -> String {
    let own = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
    let scope = Scope::new(scope.map(own).as_deref(), &own(exclude)).unwrap();
    let held: Vec<&str> = paths.iter().copied().filter(|path| scope.contains(path.as_bytes())).collect();
    held.join(" ")
}

#[test]
fn scopes() {
    let paths = ["a.rs", "src/a.rs", "src/b/c.rs", "src/b/d.md", "srcs/x"];
    assert_snapshot!(held(None, &[], &paths), @"a.rs src/a.rs src/b/c.rs src/b/d.md srcs/x");
    assert_snapshot!(held(Some(&[]), &[], &paths), @"");
    assert_snapshot!(held(Some(&["*.rs"]), &[], &paths), @"a.rs");
    assert_snapshot!(held(Some(&["**/*.rs"]), &[], &paths), @"a.rs src/a.rs src/b/c.rs");
    assert_snapshot!(held(Some(&["src/*"]), &[], &paths), @"src/a.rs");
    assert_snapshot!(held(Some(&["src/**"]), &["**/*.md"], &paths), @"src/a.rs src/b/c.rs");
    assert_snapshot!(held(Some(&["./src/"]), &["src/b"], &paths), @"src/a.rs");
    assert_snapshot!(held(Some(&["."]), &["{src,srcs}/**"], &paths), @"a.rs");
    let bytes = Scope::new(Some(&["data/*".to_owned()]), &[]).unwrap();
    assert!(bytes.contains(b"data/\xff\xfe"));
    assert_eq!(bytes.outside(&[b"data/x".as_slice(), b"\xff"]), [&b"\xff".as_slice()]);
}

#[test]
fn overlaps_of_globs() {
    for (a, b) in [
        ("src/**", "src/a/b.rs"),
        ("src", "src/a"),
        ("**", "x"),
        ("**/*.rs", "src/lib.rs"),
        ("src/*.rs", "src/a*"),
        ("a/**/z", "a/b/**"),
        ("src/[ab].rs", "src/a.rs"),
        ("{a,b}/x", "b/**"),
        ("a/**/b", "a/b"),
    ] {
        assert!(globs_overlap(a, b) && globs_overlap(b, a), "{a} {b}");
    }
    for (a, b) in [
        ("src/**", "docs/**"),
        ("src/a.rs", "src/b.rs"),
        ("*.rs", "src/*.rs"),
        ("src/*.rs", "src/*.md"),
        ("src/api/**", "src/apis/**"),
        ("a/*/c", "a/b/d"),
    ] {
        assert!(!globs_overlap(a, b) && !globs_overlap(b, a), "{a} {b}");
    }
}

proptest! {
    /// Where two scopes share a path, the predicate must say so.
    #[test]
    fn no_overlap_is_missed(
        a in glob(), b in glob(),
        paths in proptest::collection::vec("(a|b|ab)(/(a|b|ab|a\\.b)){0,3}", 1..30),
    ) {
        let scope = |glob: &String| Scope::new(Some(std::slice::from_ref(glob)), &[]).unwrap();
        let (x, y) = (scope(&a), scope(&b));
        if let Some(path) = paths.iter().find(|path| x.contains(path.as_bytes()) && y.contains(path.as_bytes())) {
            prop_assert!(globs_overlap(&a, &b), "{} and {} share {}", a, b, path);
        }
    }
}

fn glob() -> impl Strategy<Value = String> {
    "(a|b|\\*|\\*\\*|a\\*|\\*b|\\?|\\[ab\\]|\\{a,b\\}|a\\.\\*)(/(a|b|\\*|\\*\\*|a\\*|\\*b|\\?b|\\[ab\\]|\\{a,a/b\\})){0,3}"
}

fn numbered(spec: &str) -> String {
    let items = requirements(spec).into_iter().map(|item| format!("[{}] {:?}", item.id, item.text));
    items.collect::<Vec<_>>().join("\n")
}

#[test]
fn numbered_items_are_requirements() {
    assert_snapshot!(numbered("Intro.\n\n1. First.\n2) Second\n   goes on\n   - nested\n\n     deep\n10. Tenth\nlazy line\n\nOutro 1.5 s\n2024 was"), @r#"
    [1] "First."
    [2] "Second\ngoes on\n- nested\n\n  deep"
    [10] "Tenth\nlazy line"
    "#);
    assert_snapshot!(numbered("1. a\n1. b\n1. c"), @r#"
    [1] "a"
    [2] "b"
    [3] "c"
    "#);
    assert_snapshot!(numbered("1. code:\n   ```\n1. not an item\n   ```\n   after\n2. next"), @r#"
    [1] "code:\n```\n1. not an item\n```\nafter"
    [2] "next"
    "#);
    assert_snapshot!(numbered("no numbers at all"), @"");
    assert_snapshot!(numbered("1.\n   below\n      2. nested number"), @r#"[1] "below\n   2. nested number""#);
}
