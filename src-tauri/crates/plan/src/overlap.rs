//! Whether two globs may name the same path. It errs on the side of "yes": a yes costs a warning
//! or a serialisation, a wrong no costs a conflict.

use crate::document::Task;
use crate::scope::tidy;

/// The first pair of globs through which two tasks may change the same file; None when they
/// cannot. A task without scope overlaps with everything, as `**`. Exclusions are not taken off
/// unless they are the very same glob as the other's.
pub fn overlap<'a>(a: &'a Task, b: &'a Task) -> Option<(&'a str, &'a str)> {
    let pairs = globs(a).into_iter().flat_map(|x| globs(b).into_iter().map(move |y| (x, y)));
    let excluded = |task: &Task, glob: &str| task.exclude.iter().any(|other| other == glob);
    pairs.filter(|(x, y)| !excluded(a, y) && !excluded(b, x)).find(|(x, y)| globs_overlap(x, y))
}

fn globs(task: &Task) -> Vec<&str> {
    match &task.scope {
        Some(scope) => scope.iter().map(String::as_str).collect(),
        None => vec!["**"],
    }
}

/// Whether some path may match both.
pub fn globs_overlap(a: &str, b: &str) -> bool {
    let (Ok(a), Ok(b)) = (tidy(a), tidy(b)) else { return false };
    let parts = |glob: &'_ str| -> Vec<String> {
        let mut parts: Vec<String> = glob.split('/').map(str::to_owned).collect();
        // A plain name also stands for what lies below it.
        if parts.last().is_some_and(|last| !last.contains(['*', '?', '[', '{'])) {
            parts.push("**".to_owned());
        }
        parts
    };
    // Alternatives may contain separators: what a brace hides is not looked into.
    if a.contains('{') || b.contains('{') {
        let stem = |glob: &str| glob[..glob.find(['{', '*', '?', '[']).unwrap_or(glob.len())].to_owned();
        let (a, b) = (stem(a), stem(b));
        return a.starts_with(&b) || b.starts_with(&a);
    }
    paths_meet(&parts(a), &parts(b))
}

/// Dynamic programming over the two lists of parts; `**` takes any number of parts.
fn paths_meet(a: &[String], b: &[String]) -> bool {
    let mut meet = vec![vec![false; b.len() + 1]; a.len() + 1];
    for i in (0..=a.len()).rev() {
        for j in (0..=b.len()).rev() {
            let a_any = a.get(i).is_some_and(|part| part == "**");
            let b_any = b.get(j).is_some_and(|part| part == "**");
            meet[i][j] = match (a.get(i), b.get(j)) {
                (None, None) => true,
                (Some(_), None) => a_any && meet[i + 1][j],
                (None, Some(_)) => b_any && meet[i][j + 1],
                (Some(_), Some(_)) if a_any || b_any => {
                    (a_any && meet[i + 1][j])
                        || (b_any && meet[i][j + 1])
                        || meet[i + 1][j + 1]
                        || (a_any && meet[i][j + 1])
                        || (b_any && meet[i + 1][j])
                }
                (Some(x), Some(y)) => parts_meet(x, y) && meet[i + 1][j + 1],
            };
        }
    }
    meet[0][0]
}

/// Whether one name may match both: exact for names without wildcards, by fixed ends otherwise.
fn parts_meet(a: &str, b: &str) -> bool {
    let wild = ['*', '?', '['];
    let plain = |part: &str| !part.contains(wild);
    if plain(a) && plain(b) {
        return a == b;
    }
    let head = |part: &str| part[..part.find(wild).unwrap_or(part.len())].to_owned();
    let tail = |part: &str| part[part.rfind(['*', '?', ']']).map_or(0, |at| at + 1)..].to_owned();
    let (heads, tails) = ((head(a), head(b)), (tail(a), tail(b)));
    (heads.0.starts_with(&heads.1) || heads.1.starts_with(&heads.0))
        && (tails.0.ends_with(&tails.1) || tails.1.ends_with(&tails.0))
}
