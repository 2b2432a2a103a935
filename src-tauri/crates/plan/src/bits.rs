//! A set of small numbers whose first member is found in as many steps as it has layers: two for
//! 10 tasks and three for 10,000, where a balanced tree would make the larger plan pay.

/// Numbers below a fixed bound. `layers[0]` has one bit per number; a bit of a higher layer says
/// that the word below it is not empty.
#[derive(Debug, Clone)]
pub(crate) struct BitSet {
    layers: Vec<Vec<u64>>,
}

const WORD: usize = 64;

impl BitSet {
    pub(crate) fn new(bound: usize) -> BitSet {
        let mut layers = vec![vec![0; bound.div_ceil(WORD).max(1)]];
        while let Some(last) = layers.last()
            && last.len() > 1
        {
            layers.push(vec![0; last.len().div_ceil(WORD)]);
        }
        BitSet { layers }
    }

    pub(crate) fn contains(&self, number: usize) -> bool {
        self.layers[0][number / WORD] >> (number % WORD) & 1 == 1
    }

    pub(crate) fn set(&mut self, number: usize, present: bool) {
        let mut at = number;
        let mut present = present;
        for layer in &mut self.layers {
            let word = &mut layer[at / WORD];
            let before = *word;
            let bit = 1 << (at % WORD);
            *word = if present { before | bit } else { before & !bit };
            if (before == 0) == (*word == 0) {
                return;
            }
            present = *word != 0;
            at /= WORD;
        }
    }

    pub(crate) fn first(&self) -> Option<usize> {
        let mut at = 0;
        for layer in self.layers.iter().rev() {
            let word = layer[at];
            if word == 0 {
                return None;
            }
            at = at * WORD + word.trailing_zeros() as usize;
        }
        Some(at)
    }

    /// Members in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> {
        self.layers[0].iter().enumerate().flat_map(|(place, word)| {
            let mut word = *word;
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(place * WORD + bit)
            })
        })
    }
}
