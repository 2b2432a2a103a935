/* Files of the fake's attempts side by side: a base, two ways from it, and a crowd of small ones. */
import type { Tree } from "./texts";

const policy = (
  more: string,
  fields: string,
) => `//! How often, and how long after one another, something is tried again.

use std::time::Duration;
${more}
/// What a person set.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Delay before the second attempt.
    pub base: Duration,
    /// No delay is longer.
    pub max_delay: Duration,
${fields}}

impl Policy {
    /// Nothing is tried again.
    pub fn never() -> Self {
        Self { base: Duration::ZERO, max_delay: Duration::ZERO }
    }

    pub fn is_never(&self) -> bool {
        self.base.is_zero() && self.max_delay.is_zero()
    }
}
`;

const retryBase = `${policy("", "")}
pub fn delay(policy: &Policy, attempt: u32) -> Duration {
    policy.base * attempt
}
`;

const retryA = `${policy("use rand::Rng;\n", "    /// Attempts after which an item is dead-lettered.\n    pub max_attempts: u32,\n")}
/// Delay before \`attempt\` (1-based), with full jitter, never above \`max_delay\`.
pub fn delay(policy: &Policy, attempt: u32, rng: &mut impl Rng) -> Duration {
    let ceiling = policy.base
        .saturating_mul(1 << (attempt - 1).min(31))
        .min(policy.max_delay);
    rng.random_range(Duration::ZERO..=ceiling)
}
`;

const retryB = `${policy("use crate::clock::Clock;\n", "    /// Attempts after which an item is dead-lettered; at least one.\n    pub max_attempts: NonZeroU32,\n")}
/// The delays of one item, one after another, with full jitter.
pub struct Backoff<C: Clock> {
    clock: C,
    policy: Policy,
    attempt: u32,
}

impl<C: Clock> Iterator for Backoff<C> {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.attempt += 1;
        if self.attempt >= self.policy.max_attempts.get() {
            return None;
        }
        let ceiling = self.policy.base.saturating_mul(1 << (self.attempt - 1).min(31));
        Some(self.clock.jitter(ceiling.min(self.policy.max_delay)))
    }
}
`;

const queue = (send: string) => `use crate::retry::Policy;

pub struct Queue<T> {
    items: Vec<T>,
    policy: Policy,
}

impl<T> Queue<T> {
    pub fn push(&mut self, item: T) {
        self.items.push(item);
    }

    pub fn send(&mut self) -> Result<usize, Error> {
${send}    }
}
`;

const config = `pub const KEYS: &[&str] = &[
    "retry.base",
    "retry.max_delay",
`;

const dir = "crates/storage";

export const storageBase: Tree = new Map([
  [`${dir}/src/retry.rs`, retryBase],
  [`${dir}/src/queue.rs`, queue("        self.flush()\n")],
  [`${dir}/src/config.rs`, `${config}];\n`],
  [`${dir}/src/lib.rs`, "mod config;\nmod queue;\nmod retry;\n"],
  [`${dir}/src/legacy.rs`, "//! What queues were before.\npub struct Old;\n"],
]);

export const storageA: Tree = new Map([
  ...storageBase,
  [`${dir}/src/retry.rs`, retryA],
  [
    `${dir}/src/queue.rs`,
    queue("        if self.items.is_empty() {\n            return Ok(0);\n        }\n        self.flush()\n"),
  ],
  [`${dir}/src/config.rs`, `${config}    "retry.max_attempts",\n];\n`],
  [
    `${dir}/tests/queue.rs`,
    "#[test]\nfn an_empty_batch_sends_nothing() {\n    assert_eq!(queue().send(), Ok(0));\n}\n",
  ],
  [`${dir}/docs/retry.md`, "# Retry\n\nA failed item is tried again after a while.\n"],
]);

const withoutLegacy = new Map(storageBase);
withoutLegacy.delete(`${dir}/src/legacy.rs`);

export const storageB: Tree = new Map([
  ...withoutLegacy,
  [`${dir}/src/retry.rs`, retryB],
  [
    `${dir}/src/queue.rs`,
    queue(
      "        match self.items.len() {\n            0 => Ok(0),\n            _ => self.flush(),\n        }\n",
    ),
  ],
  [`${dir}/src/config.rs`, `${config}    "retry.max_attempts",\n];\n`],
  [
    `${dir}/src/clock.rs`,
    "pub trait Clock {\n    fn now(&self) -> Instant;\n    fn jitter(&mut self, up_to: Duration) -> Duration;\n}\n",
  ],
  [`${dir}/src/lib.rs`, "mod clock;\nmod config;\nmod queue;\nmod retry;\n"],
  [
    `${dir}/tests/queue.rs`,
    "#[test]\nfn an_empty_batch_is_no_error() {\n    assert!(queue().send().is_ok());\n}\n\n#[test]\nfn the_last_attempt_dead_letters() {\n    assert_eq!(backoff(3).count(), 2);\n}\n",
  ],
  [`${dir}/benches/backoff.rs`, "fn main() {\n    divan::main();\n}\n"],
]);

/** Many small files; `way` decides which of them change and how. */
export function crowdedTree(way: number): Tree {
  const tree = new Map<string, string>();
  for (let i = 0; i < 200; i++) {
    const path = `crates/part${i % 24}/src/${["model", "store", "route", "view", "wire"][i % 5]}${i}.rs`;
    const own = way > 0 && (i + way) % 3 !== 0;
    const word = i % 7 === 0 ? "shared" : `way ${way}`;
    const lines = Array.from({ length: 24 }, (_, n) =>
      own && n % 9 === 4 ? `    let value_${n} = "${word}";` : `    let value_${n} = ${n * i};`,
    );
    tree.set(path, `pub fn part_${i}() {\n${lines.join("\n")}\n}\n`);
  }
  return tree;
}
