//! The latest action of an agent in a few words, from the tool that it uses.

use std::path::Path;

use serde_json::Value;

/// Characters of a command or a query that a line has room for.
const ROOM: usize = 80;

/// "Editing src/store.rs", "Running cargo test". `cwd` is cut off paths.
pub(crate) fn action(tool: &str, input: &Value, cwd: &str) -> String {
    let text = |key: &str| input.get(key).and_then(Value::as_str).unwrap_or_default();
    let path = |key: &str| {
        let path = Path::new(text(key));
        path.strip_prefix(cwd).unwrap_or(path).display().to_string()
    };
    match tool {
        "Write" => with("Writing", &path("file_path")),
        "Edit" | "MultiEdit" => with("Editing", &path("file_path")),
        "NotebookEdit" => with("Editing", &path("notebook_path")),
        "Read" => with("Reading", &path("file_path")),
        "Bash" | "exec_command" | "shell" => with("Running", text("command")),
        "apply_patch" => with("Editing", patched(text("command")).unwrap_or("files")),
        "Grep" | "Glob" => with("Searching for", text("pattern")),
        "WebSearch" | "web_search" => with("Searching the web for", text("query")),
        "WebFetch" => with("Fetching", text("url")),
        "Task" | "Agent" => with("Delegating", text("description")),
        "TodoWrite" | "update_plan" => "Planning".to_owned(),
        "ExitPlanMode" => "Proposing its plan".to_owned(),
        _ => match tool.strip_prefix("mcp__").and_then(|rest| rest.split_once("__")) {
            Some((server, name)) => format!("Using {name} of {server}"),
            None => with("Using", tool),
        },
    }
}

/// The first file that a patch names.
fn patched(patch: &str) -> Option<&str> {
    let heads = ["*** Update File: ", "*** Add File: ", "*** Delete File: "];
    patch.lines().find_map(|line| heads.iter().find_map(|head| line.strip_prefix(head)))
}

fn with(verb: &str, what: &str) -> String {
    let mut lines = what.trim().lines();
    let first = lines.next().unwrap_or_default().trim();
    let whole = lines.next().is_none() && first.chars().count() <= ROOM;
    let mut words: String = first.chars().take(ROOM).filter(|c| !c.is_control()).collect();
    if !whole {
        words.push('…');
    }
    if words.is_empty() { verb.to_owned() } else { format!("{verb} {words}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_action_is_said_in_a_few_words() {
        let cases = [
            ("Edit", json!({"file_path": "/w/src/store.rs"}), "Editing src/store.rs"),
            ("Read", json!({"file_path": "/etc/hosts"}), "Reading /etc/hosts"),
            ("Bash", json!({"command": "cargo test"}), "Running cargo test"),
            ("Bash", json!({"command": "cat <<E\nx\nE"}), "Running cat <<E…"),
            ("apply_patch", json!({"command": "*** Begin Patch\n*** Add File: a.rs\n+x"}), "Editing a.rs"),
            ("mcp__db__query", json!({}), "Using query of db"),
            ("Strange", json!(null), "Using Strange"),
            ("Bash", json!({}), "Running"),
        ];
        for (tool, input, said) in cases {
            assert_eq!(action(tool, &input, "/w"), said);
        }
        let long = action("Bash", &json!({"command": "é".repeat(200)}), "/w");
        assert_eq!(long.chars().count(), "Running ".len() + ROOM + 1);
    }
}
