//! From a fault's place in the document to its span in the text.

use std::ops::Range;

use toml_edit::{Item, Table, TableLike};

use crate::fault::Step;

/// The span of `place`, as deep as the text goes. `rows` gives for each task of the document its
/// place among the file's tables.
pub(crate) fn find(root: &Table, rows: &[usize], place: &[Step]) -> Range<usize> {
    let mut span = 0..0;
    let mut here: Option<&dyn TableLike> = Some(root);
    let mut list: Option<&Item> = None;
    for (depth, step) in place.iter().enumerate() {
        match step {
            Step::Key(key) => {
                let Some(table) = here else { return span };
                let Some(item) = table.get(key) else { return span };
                let at = table.key(key).and_then(toml_edit::Key::span);
                // A value speaks for itself; a table, and a place on the canvas, by its name.
                let by_name = item.is_table_like() || place.first() == Some(&Step::from("layout"));
                let own = if by_name { at.or_else(|| item.span()) } else { item.span().or(at) };
                span = own.unwrap_or(span);
                here = item.as_table_like();
                list = Some(item);
            }
            Step::Index(index) => {
                let first = place.first() == Some(&Step::from("task"));
                let row = if first && depth == 1 { rows.get(*index) } else { Some(index) };
                let (Some(item), Some(row)) = (list, row) else { return span };
                if let Some(table) = item.as_array_of_tables().and_then(|tables| tables.get(*row)) {
                    span = table.span().unwrap_or(span);
                    here = Some(table);
                } else if let Some(value) = item.as_array().and_then(|array| array.get(*row)) {
                    span = value.span().unwrap_or(span);
                    here = value.as_inline_table().map(|table| table as &dyn TableLike);
                } else {
                    return span;
                }
                list = None;
            }
        }
    }
    span
}
