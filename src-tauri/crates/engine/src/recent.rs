//! The last few answers to questions whose answers never change.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    most: usize,
    /// The last one asked for first.
    known: Mutex<VecDeque<(K, Arc<V>)>>,
}

impl<K: PartialEq, V> Recent<K, V> {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, known: Mutex::default() }
    }

    pub(crate) fn get(&self, is: impl Fn(&K) -> bool) -> Option<Arc<V>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.iter().position(|(key, _)| is(key))?;
        let found = known.remove(place)?;
        let value = found.1.clone();
        known.push_front(found);
        Some(value)
    }

    pub(crate) fn put(&self, key: K, value: Arc<V>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(other, _)| *other != key);
        known.push_front((key, value));
        known.truncate(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_longest_is_forgotten() {
        let recent = Recent::new(2);
        for key in ["a", "b"] {
            recent.put(key, Arc::new(key.to_uppercase()));
        }
        assert_eq!(*recent.get(|key| *key == "a").unwrap(), "A");
        recent.put("c", Arc::new("C".to_owned()));
        assert!(recent.get(|key| *key == "b").is_none());
        recent.put("a", Arc::new("again".to_owned()));
        assert_eq!(*recent.get(|key| *key == "a").unwrap(), "again");
        assert_eq!(*recent.get(|key| *key == "c").unwrap(), "C");
    }
}
