//! Single values in a TOML tree: set, changed and removed with what stands around them left alone.

use toml_edit::{Array, Item, TableLike, Value};

/// Sets a value and leaves what stands around it.
pub(crate) fn put(table: &mut dyn TableLike, key: &str, value: Value) {
    match table.get_mut(key) {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
        Some(item) => *item = Item::Value(value),
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

pub(crate) fn text(table: &mut dyn TableLike, key: &str, old: &str, new: &str) {
    if old == new {
        return;
    }
    if new.is_empty() {
        table.remove(key);
    } else {
        put(table, key, new.into());
    }
}

pub(crate) fn optional(table: &mut dyn TableLike, key: &str, old: &Option<String>, new: &Option<String>) {
    match new {
        _ if old == new => {}
        Some(new) => put(table, key, new.into()),
        None => {
            table.remove(key);
        }
    }
}

pub(crate) fn number(table: &mut dyn TableLike, key: &str, old: i64, new: i64) {
    if old != new {
        put(table, key, new.into());
    }
}

pub(crate) fn word<T: PartialEq>(
    table: &mut dyn TableLike,
    key: &str,
    old: &T,
    new: &T,
    name: fn(&T) -> &'static str,
) {
    if old != new {
        put(table, key, name(new).into());
    }
}

/// Changes the middle of a list in which it differs; items before and after keep their comments.
pub(crate) fn list(table: &mut dyn TableLike, key: &str, old: &[String], new: &[String]) {
    if old == new {
        return;
    }
    let Some(array) = table.get_mut(key).and_then(Item::as_array_mut) else {
        put(table, key, new.iter().collect::<Array>().into());
        return;
    };
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = (&old[head..], &new[head..]);
    let tail = rest.0.iter().rev().zip(rest.1.iter().rev()).take_while(|(a, b)| a == b).count();
    let prefix = |at: usize, array: &Array| {
        let raw = array.get(at).and_then(|value| value.decor().prefix()).and_then(|raw| raw.as_str());
        raw.unwrap_or_default().to_owned()
    };
    // One item a line stays one item a line; comments of a neighbour are not doubled.
    let first = prefix(0, array);
    let indent = first.rfind('\n').map(|at| first[at..].to_owned());
    for _ in head..old.len() - tail {
        array.remove(head);
    }
    for (at, text) in new.iter().enumerate().take(new.len() - tail).skip(head) {
        let before = match (&indent, at) {
            (Some(indent), _) => indent.clone(),
            (None, 0) => first.clone(),
            (None, _) => " ".to_owned(),
        };
        array.insert_formatted(at, Value::from(text).decorated(before, ""));
    }
    if indent.is_none() {
        // What was first may have become second, and the other way round.
        for at in [0, new.len().saturating_sub(tail)] {
            let wanted = if at == 0 { first.as_str() } else { " " };
            if let Some(value) = array.get_mut(at)
                && value.decor().prefix().and_then(|raw| raw.as_str()).is_none_or(|raw| raw.trim().is_empty())
            {
                value.decor_mut().set_prefix(wanted);
            }
        }
    }
}
