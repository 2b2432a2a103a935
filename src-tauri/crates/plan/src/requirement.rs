//! The numbered items of a spec, which a reviewer answers one by one.

use serde::{Deserialize, Serialize};

/// One numbered item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// The number as written; where it is written twice (`1.` on every line is legal Markdown), the
    /// next free one.
    pub id: String,
    /// The item's text with everything nested below it, indentation of the item taken off.
    pub text: String,
}

/// Items that start with `1. ` or `1) ` at the left margin (up to three spaces). What is indented
/// below an item, and lines that follow it without a blank one, belong to it; prose before, after
/// and between does not. Lines in a fenced block never start an item.
pub fn requirements(spec: &str) -> Vec<Requirement> {
    let mut found: Vec<Requirement> = Vec::new();
    let mut inside = false;
    let mut blanks = 0;
    let mut indent = 0;
    let mut fence: Option<&str> = None;
    for line in spec.lines() {
        let text = line.trim_start();
        let margin = line.len() - text.len();
        if text.is_empty() {
            blanks += 1;
            continue;
        }
        let was_fenced = fence.is_some();
        match fence {
            Some(open) if text.starts_with(open) => fence = None,
            Some(_) => {}
            None => fence = ["```", "~~~"].into_iter().find(|mark| text.starts_with(mark)),
        }
        if !was_fenced
            && margin <= 3
            && let Some((number, rest)) = item(text)
        {
            inside = true;
            // The text of an item that starts on the next line stands one space further in.
            indent = line.len() - rest.len() + usize::from(rest.is_empty());
            blanks = 0;
            found.push(Requirement { id: free_number(&found, number), text: rest.trim_end().to_owned() });
            continue;
        }
        // Unindented text after a blank line ends the list, as in Markdown.
        if blanks > 0 && margin == 0 && !was_fenced {
            inside = false;
        }
        if inside && let Some(last) = found.last_mut() {
            (0..=blanks).for_each(|_| last.text.push('\n'));
            last.text.push_str(line[margin.min(indent)..].trim_end());
        }
        blanks = 0;
    }
    for requirement in &mut found {
        requirement.text = requirement.text.trim().to_owned();
    }
    found
}

/// Number and text of `12. text` or `12) text`.
fn item(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = text.get(..digits)?.parse().ok()?;
    let rest = text[digits..].strip_prefix(['.', ')'])?;
    let words = rest.trim_start_matches([' ', '\t']);
    // "1.5 s" is no item; "1." alone is one whose text follows below.
    (rest.is_empty() || words.len() < rest.len()).then_some((number, words))
}

fn free_number(found: &[Requirement], wish: u64) -> String {
    let taken = |number: u64| found.iter().any(|other| other.id == number.to_string());
    (wish..).find(|number| !taken(*number)).unwrap_or(wish).to_string()
}
