use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use repo::{Graft, Identity, Oid, Repo, Splice, When};

use crate::world::{World, git, read, write};

async fn graft(repo: &Repo, onto: Oid, from: Oid, grafts: &[Graft]) -> Result<Option<Oid>, repo::Error> {
    repo.graft(onto, from, grafts, "take", &Identity::fallback(), When::utc(1_700_000_000)).await
}

fn whole(path: &str) -> Graft {
    Graft { path: path.into(), splices: Vec::new() }
}

fn committed(worktree: &Path, message: &str) -> Oid {
    git(worktree, ["add", "-A"]);
    git(worktree, ["commit", "-qm", message]);
    git(worktree, ["rev-parse", "HEAD"]).trim().parse().unwrap()
}

#[tokio::test]
async fn files_are_taken_with_mode_and_absence_and_nothing_else_moves() {
    let world = World::new();
    let (a, b) = (world.worktree("a").await, world.worktree("b").await);
    write(&a, "both", "from a\n");
    write(&a, "only-a", "a\n");
    let onto = committed(&a, "a");
    write(&b, "both", "from b\n");
    write(&b, "deep/er/tool", "#!/bin/sh\n");
    std::fs::set_permissions(b.join("deep/er/tool"), std::fs::Permissions::from_mode(0o755)).unwrap();
    symlink("both", b.join("link")).unwrap();
    let from = committed(&b, "b");
    let repo = world.repo();
    let taken = [whole("deep/er/tool"), whole("link"), whole("only-a")];
    let made = graft(&repo, onto, from, &taken).await.unwrap().unwrap();
    assert_eq!(
        graft(&repo, onto, from, &taken).await.unwrap(),
        Some(made),
        "the same arguments, the same commit"
    );
    let listed = git(&world.root, ["ls-tree", "-r", &made.to_string()]);
    assert!(listed.contains("100755") && listed.contains("120000"), "{listed}");
    assert!(!listed.contains("only-a"), "{listed}");
    assert_eq!(git(&world.root, ["show", &format!("{made}:both")]), "from a");
    assert_eq!(read(&a, "both"), "from a\n");
    assert!(repo.status(&a).await.unwrap().is_clean());
    assert_eq!(graft(&repo, onto, onto, &[whole("both")]).await.unwrap(), None, "nothing differs");
}

#[tokio::test]
async fn a_hunk_is_taken_alone_and_what_has_no_lines_is_refused() {
    let world = World::new();
    let (a, b) = (world.worktree("a").await, world.worktree("b").await);
    write(&a, "list", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    write(&a, "only-a", "a\n");
    let onto = committed(&a, "a");
    write(&b, "list", "1\nTWO\n3\n4\n5\n6\n7\nEIGHT\n9\n");
    let from = committed(&b, "b");
    let repo = world.repo();
    let eighth = Splice { old_start: 8, old_lines: 1, new_start: 8, new_lines: 1 };
    let taken = Graft { path: "list".into(), splices: vec![eighth] };
    let made = graft(&repo, onto, from, &[taken]).await.unwrap().unwrap();
    assert_eq!(git(&world.root, ["show", &format!("{made}:list")]), "1\n2\n3\n4\n5\n6\n7\nEIGHT\n9");
    for (path, splice) in [("only-a", eighth), ("list", Splice { old_start: 40, ..eighth })] {
        let refused = Graft { path: path.into(), splices: vec![splice] };
        let refused = graft(&repo, onto, from, &[refused]).await.unwrap_err();
        assert!(matches!(refused, repo::Error::CannotTake { .. }), "{refused}");
    }
}
