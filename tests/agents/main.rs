//! What Coppice relies on in the agent programs, row by row over each of them: the real programs, in real terminals,
//! with a scripted model.
//!
//! `make test-agents` installs the programs in the versions that were tried and runs this; `COPPICE_AGENTS` names
//! the folder they are in. Each row ends with the proof that nothing of the user's was touched.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod home;
mod rows;
mod stage;
mod whole;
mod window;

/// Each row as a test of its own, for each program.
macro_rules! suite {
    ($($row:ident),+ $(,)?) => {
        mod claude {
            $(
                #[test]
                #[ignore = "needs the program: make test-agents"]
                fn $row() {
                    super::rows::$row("claude");
                }
            )+
        }
        mod codex {
            $(
                #[test]
                #[ignore = "needs the program: make test-agents"]
                fn $row() {
                    super::rows::$row("codex");
                }
            )+
        }
    };
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn a_key_in_the_environment_asks_nothing_of_claude() {
    rows::a_key_in_the_environment_asks_nothing("claude");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn sub_agents_of_claude_are_awaited_and_counted() {
    rows::sub_agents_are_awaited_and_counted("claude");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn claude_asks_while_the_engine_dies() {
    whole::asks_while_the_engine_dies("claude");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn codex_asks_while_the_engine_dies() {
    whole::asks_while_the_engine_dies("codex");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn codex_cannot_write_hooks_and_configuration_of_the_repository() {
    rows::hooks_and_configuration_cannot_be_written("codex");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn claude_builds_and_codex_reviews() {
    whole::builds_and_reviews("claude", "codex");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn codex_builds_and_claude_reviews() {
    whole::builds_and_reviews("codex", "claude");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn in_the_window_from_drawing_to_landing_claude_builds_and_codex_reviews() {
    window::draws_and_lands("claude", "codex");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn claude_asks_through_the_engine() {
    whole::asks_and_is_answered("claude");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn codex_asks_through_the_engine() {
    whole::asks_and_is_answered("codex");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn claude_is_killed_and_goes_on() {
    whole::is_killed_and_goes_on("claude");
}

#[test]
#[ignore = "needs the program: make test-agents"]
fn codex_is_killed_and_goes_on() {
    whole::is_killed_and_goes_on("codex");
}

suite![
    commits_in_a_worktree_and_counts_what_was_served,
    a_permission_is_allowed,
    a_permission_is_denied,
    a_permission_is_allowed_in_the_terminal,
    a_question_is_answered,
    each_of_several_questions_is_answered,
    escape_interrupts_before_a_word,
    escape_interrupts_a_permission,
    a_refused_login_is_a_failure,
    a_limit_says_when_it_ends,
    a_stream_cut_in_the_middle_is_no_end,
    a_killed_session_is_resumed,
    a_message_reaches_an_agent_at_work,
    a_reviewer_answers_and_changes_nothing,
    a_fixer_commits_and_ends,
];
