//! Which of many answers stand in a text, found in one walk over it.

use rustc_hash::FxHashMap;

use super::answer::Answer;
use super::token::{number, tokens};

/// The answers of a repository as a tree of tokens.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// By node and token, the node below; a token's number is mixed already. Only asked for single keys, so its order
    /// reaches nothing.
    below: FxHashMap<(u32, u64), u32>,
    /// The answer that ends at each node.
    ends: Vec<Option<u32>>,
    count: u32,
}

impl Answers {
    /// The number of `answer`, the same for equal ones; none if it can stand nowhere.
    pub(super) fn add(&mut self, answer: &Answer) -> Option<u32> {
        if self.ends.is_empty() {
            self.ends.push(None);
        }
        let mut node = 0;
        for token in answer.tokens() {
            let next = u32::try_from(self.ends.len()).expect("because the answers of a repository are fewer than 2^32");
            node = *self.below.entry((node, number(token))).or_insert(next);
            if node == next {
                self.ends.push(None);
            }
        }
        if node == 0 {
            return None;
        }
        let end = &mut self.ends[node as usize];
        if end.is_none() {
            *end = Some(self.count);
            self.count += 1;
        }
        *end
    }

    /// The numbers of the answers that stand in `text`, ascending.
    pub(super) fn standing_in(&self, text: &str) -> Vec<u32> {
        let text: Vec<u64> = tokens(text).map(number).collect();
        let mut found = vec![false; self.count as usize];
        for start in 0..text.len() {
            let mut node = 0;
            for token in &text[start..] {
                let Some(next) = self.below.get(&(node, *token)) else { break };
                node = *next;
                if let Some(answer) = self.ends[node as usize] {
                    found[answer as usize] = true;
                }
            }
        }
        (0_u32..).zip(found).filter(|(_, found)| *found).map(|(answer, _)| answer).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The walk over all answers finds what looking for each finds.
        #[test]
        fn all_at_once_is_one_by_one(targets in prop::collection::vec("[ab()1 ]{0,5}", 0..8), text in "[ab()1 \n]{0,40}") {
            let mut answers = Answers::default();
            let known: Vec<(Answer, Option<u32>)> =
                targets.iter().map(|target| (Answer::of(target), answers.add(&Answer::of(target)))).collect();
            let found = answers.standing_in(&text);
            for (answer, number) in &known {
                prop_assert_eq!(answer.stands_in(&text), number.is_some_and(|number| found.contains(&number)));
            }
        }
    }
}
