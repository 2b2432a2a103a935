use std::os::unix::fs::{PermissionsExt, symlink};

use repo::{ChangedFile, Counts, DiffLimits, FileDiff, FileStatus, LineEnds, LineKind, Repo, diff_bytes};

use crate::world::{World, git};

async fn both(world: &World, change: impl FnOnce(&World)) -> (Repo, Vec<ChangedFile>) {
    let base = world.head();
    change(world);
    let head = world.commit("change");
    let repo = world.repo();
    let files = repo.changed_files(base, head, Counts::Include).await.unwrap();
    (repo, files)
}

fn file<'a>(files: &'a [ChangedFile], name: &str) -> &'a ChangedFile {
    files.iter().find(|file| *file.path() == name).unwrap_or_else(|| panic!("{name} in {files:#?}"))
}

#[tokio::test]
async fn f56_every_kind_of_change_is_told_apart() {
    let world = World::new();
    let long: String = (0..40).map(|n| format!("line {n}\n")).collect();
    world.write("moved", &long);
    world.write("mode", "m\n");
    world.write("link", "text\n");
    world.write("binary", [0, 1, 2]);
    world.write("text-to-binary", "t\n");
    world.commit("more");
    let (_, files) = both(&world, |world| {
        world.git(["mv", "moved", "dir/moved\tto"]);
        world.write("dir/moved\tto", long.replace("line 7\n", "line seven\n"));
        std::fs::set_permissions(world.path("mode"), std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::remove_file(world.path("link")).unwrap();
        symlink("a.txt", world.path("link")).unwrap();
        world.write("binary", [0, 9]);
        world.write("text-to-binary", [b't', 0]);
        world.write("a.txt", "one\n2\nthree\nfour\n");
        world.write("new", "n");
        std::fs::remove_file(world.path("dir/b.txt")).unwrap();
    })
    .await;
    assert_eq!(files.len(), 8);
    let moved = file(&files, "dir/moved\tto");
    assert!(matches!(moved.status, FileStatus::Renamed { similarity: 90..=99 }), "{moved:?}");
    assert_eq!(moved.old_path.as_ref().unwrap(), "moved");
    assert_eq!((moved.added, moved.deleted), (Some(1), Some(1)));
    let mode = file(&files, "mode");
    assert_eq!(
        (mode.status, mode.old_mode, mode.new_mode),
        (FileStatus::ModeChanged, Some(0o100_644), Some(0o100_755))
    );
    assert_eq!(file(&files, "link").status, FileStatus::TypeChanged);
    assert_eq!(file(&files, "link").new_mode, Some(0o120_000));
    for name in ["binary", "text-to-binary"] {
        let file = file(&files, name);
        assert!(file.binary && file.added.is_none(), "{file:?}");
    }
    let changed = file(&files, "a.txt");
    assert_eq!((changed.status, changed.added, changed.deleted), (FileStatus::Modified, Some(2), Some(1)));
    assert_eq!(file(&files, "new").status, FileStatus::Added);
    assert_eq!(file(&files, "dir/b.txt").status, FileStatus::Deleted);
}

#[tokio::test]
async fn a_file_diff_has_lines_numbers_and_ends() {
    let world = World::new();
    world.write("crlf", "a\r\nb\r\nc\r\n");
    world.write("end", "x\ny\n");
    world.write("latin", b"caf\xe9\n");
    world.commit("more");
    let (repo, files) = both(&world, |world| {
        world.write("crlf", "a\nb\r\nC\r\n");
        world.write("end", "x\ny");
        world.write("latin", b"caf\xe9s\n");
        world.write("dir/b.txt", "");
        std::fs::remove_file(world.path("a.txt")).unwrap();
    })
    .await;
    let limits = DiffLimits::default();
    let crlf = repo.file_diff(file(&files, "crlf"), None, limits).await.unwrap();
    let lines: Vec<_> =
        crlf.hunks[0].lines.iter().map(|line| (line.kind, line.text.as_str(), line.cr)).collect();
    let expected = [
        (LineKind::Removed, "a", true),
        (LineKind::Added, "a", false),
        (LineKind::Context, "b", true),
        (LineKind::Removed, "c", true),
        (LineKind::Added, "C", true),
    ];
    assert_eq!(lines, expected);
    let end = repo.file_diff(file(&files, "end"), None, limits).await.unwrap();
    let last = end.hunks[0].lines.last().unwrap();
    assert!(last.no_newline && last.kind == LineKind::Added && last.text == "y");
    assert_eq!((last.old_no, last.new_no), (None, Some(2)));
    let latin = repo.file_diff(file(&files, "latin"), None, limits).await.unwrap();
    assert!(latin.lossy && latin.hunks[0].lines[0].text.starts_with("caf\u{fffd}"));
    let gone = repo.file_diff(file(&files, "a.txt"), None, limits).await.unwrap();
    let hunk = &gone.hunks[0];
    assert_eq!((hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines), (1, 3, 0, 0));
    assert_eq!((gone.old_lines, gone.new_lines, gone.new_size), (3, 0, None));
    let emptied = repo.file_diff(file(&files, "dir/b.txt"), None, limits).await.unwrap();
    assert_eq!((emptied.new_size, emptied.hunks[0].old_lines), (Some(0), 1));
}

#[tokio::test]
async fn huge_binary_link_and_submodule() {
    let world = World::new();
    world.write("huge", "x\n".repeat(1000));
    world.write("binary", [0]);
    symlink("a.txt", world.path("link")).unwrap();
    world.commit("more");
    let sub = World::new();
    let (repo, files) = both(&world, |world| {
        world.write("huge", "y\n".repeat(1000));
        world.write("binary", [0, 1]);
        std::fs::remove_file(world.path("link")).unwrap();
        symlink("dir", world.path("link")).unwrap();
        git(&world.root, ["submodule", "--quiet", "add", sub.root.to_str().unwrap(), "sub"]);
    })
    .await;
    let small = DiffLimits { bytes: 500, ..DiffLimits::default() };
    let huge = repo.file_diff(file(&files, "huge"), None, small).await.unwrap();
    assert!(huge.too_large.is_some_and(|why| why.contains("2000")) && huge.hunks.is_empty());
    let few = DiffLimits { lines: 500, ..DiffLimits::default() };
    assert!(repo.file_diff(file(&files, "huge"), None, few).await.unwrap().too_large.is_some());
    assert!(repo.file_diff(file(&files, "binary"), None, small).await.unwrap().binary);
    let link = repo.file_diff(file(&files, "link"), None, small).await.unwrap();
    assert_eq!(link.hunks[0].lines[1].text, "dir");
    let submodule = file(&files, "sub");
    assert!(submodule.is_submodule());
    let diff = repo.file_diff(submodule, None, small).await.unwrap();
    assert_eq!(diff.hunks[0].lines[0].text, format!("Subproject commit {}", sub.head()));
    // A submodule that is dirty inside is not a change; one at another commit is.
    std::fs::write(world.path("sub/a.txt"), "dirty").unwrap();
    assert!(repo.status(&world.root).await.unwrap().is_clean());
    crate::world::commit_in(&world.path("sub"), "inside");
    let entries = repo.status(&world.root).await.unwrap().entries;
    assert!(entries.len() == 1 && entries[0].submodule);
}

#[tokio::test]
async fn uncommitted_changes_are_read_from_the_worktree() {
    let world = World::new();
    world.write("a.txt", "one\nTWO\nthree\n");
    world.write("staged", "s\n");
    world.git(["add", "staged"]);
    world.write("untracked \"x\"", "u\n");
    world.write("no.ignored", "i\n");
    std::fs::remove_file(world.path("dir/b.txt")).unwrap();
    let repo = world.repo();
    let files = repo.changed_files_uncommitted(&world.root, Counts::Include).await.unwrap();
    let seen: Vec<_> = files.iter().map(|file| (file.path().to_string(), file.status)).collect();
    let expected = [
        ("a.txt", FileStatus::Modified),
        ("dir/b.txt", FileStatus::Deleted),
        ("staged", FileStatus::Added),
        ("untracked \"x\"", FileStatus::Added),
    ];
    assert_eq!(seen, expected.map(|(name, status)| (name.to_owned(), status)));
    let diff = repo.file_diff(&files[0], Some(&world.root), DiffLimits::default()).await.unwrap();
    let changed: Vec<_> = diff.hunks[0].lines.iter().filter(|line| line.kind != LineKind::Context).collect();
    assert_eq!((changed[0].text.as_str(), changed[1].text.as_str()), ("two", "TWO"));
    let new = repo.file_diff(&files[3], Some(&world.root), DiffLimits::default()).await.unwrap();
    assert_eq!(new.hunks[0].lines[0].text, "u");
    // Another content is another file, to git too.
    let of_a = world.git(["hash-object", "a.txt"]);
    assert_eq!(diff.read_oid.map(|oid| oid.to_string()).as_deref(), Some(of_a.trim()));
    world.write("a.txt", "one\nTWICE\nthree\n");
    let later = repo.file_diff(&files[0], Some(&world.root), DiffLimits::default()).await.unwrap();
    assert_ne!(later.read_oid, diff.read_oid);
}

#[test]
fn line_ends_are_told_when_nothing_else_changed() {
    let of = |old: &str, new: &str| {
        let hunks = diff_bytes(old.as_bytes(), new.as_bytes(), 3);
        let diff = FileDiff { hunks, ..FileDiff::default() };
        (diff.ends(), diff.only_ends())
    };
    assert_eq!(of("a\n", "b\n"), (LineEnds::Lf, None));
    assert_eq!(of("a\r\n", "b\r\n"), (LineEnds::CrLf, None));
    assert_eq!(of("a\r\n", "b"), (LineEnds::CrLf, None));
    assert_eq!(of("a\nb\n", "a\r\nb\r\n"), (LineEnds::Mixed, Some(LineEnds::CrLf)));
    assert_eq!(of("a\r\nb\r\n", "a\nb\n"), (LineEnds::Mixed, Some(LineEnds::Lf)));
    assert_eq!(of("a\nb\n", "a\r\nb\n"), (LineEnds::Mixed, Some(LineEnds::Mixed)));
    assert_eq!(of("a\nb\r\n", "a\r\nb\n"), (LineEnds::Mixed, None));
    assert_eq!(of("a\nb\n", "a\r\n"), (LineEnds::Mixed, None));
    assert_eq!(of("a\n", "a"), (LineEnds::Lf, None));
}

/// Applies hunks to the old text, checking every number on the way.
fn patched(old: &str, hunks: &[repo::Hunk]) -> String {
    let lines: Vec<&str> = old.split_inclusive('\n').collect();
    let mut at = 0;
    let mut new = Vec::new();
    for hunk in hunks {
        let start = (hunk.old_start - u32::from(hunk.old_lines > 0)) as usize;
        new.extend(lines[at..start].iter().map(|line| (*line).to_owned()));
        at = start;
        assert_eq!(new.len() as u32, hunk.new_start - u32::from(hunk.new_lines > 0));
        let before = new.len() as u32;
        for line in &hunk.lines {
            let text = format!("{}{}", line.text, if line.no_newline { "" } else { "\n" });
            if line.kind != LineKind::Added {
                assert_eq!(line.old_no, Some(at as u32 + 1));
                assert_eq!(lines[at], text);
                at += 1;
            }
            if line.kind != LineKind::Removed {
                assert_eq!(line.new_no, Some(new.len() as u32 + 1));
                new.push(text);
            }
        }
        assert_eq!(new.len() as u32 - before, hunk.new_lines);
    }
    new.extend(lines[at..].iter().map(|line| (*line).to_owned()));
    new.concat()
}

#[test]
fn hunks_turn_the_old_text_into_the_new_one() {
    // A small generator: the same edits each time, of all kinds and at both ends.
    let mut state = 7_u32;
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    for _ in 0..300 {
        let old: Vec<String> = (0..random(30)).map(|_| format!("line {}", random(12))).collect();
        let mut new = old.clone();
        for _ in 0..random(6) {
            let at = random(new.len() as u32 + 1) as usize;
            match random(3) {
                0 => new.insert(at, format!("new {}", random(5))),
                1 if at < new.len() => drop(new.remove(at)),
                _ if at < new.len() => new[at] = format!("edit {}", random(5)),
                _ => {}
            }
        }
        let end = |lines: &[String], newline: bool| {
            let mut text = lines.join("\n");
            if newline && !text.is_empty() {
                text.push('\n');
            }
            text
        };
        let (old, new) = (end(&old, random(2) == 0), end(&new, random(2) == 0));
        for context in [0, 3, u32::MAX] {
            let hunks = diff_bytes(old.as_bytes(), new.as_bytes(), context);
            assert_eq!(patched(&old, &hunks), new, "{old:?} {hunks:#?}");
            if context == u32::MAX {
                assert!(hunks.len() <= 1);
            }
        }
    }
}
