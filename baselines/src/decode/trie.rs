//! Sequences that share their starts, each token once.

use std::collections::{BTreeMap, BTreeSet};

use super::Opening;

/// A tree of tokens. Nodes are numbered; a parent has a lower number than its children.
#[derive(Debug, Default)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// By parent (none at a root) and token.
    children: BTreeMap<(Option<usize>, u32), usize>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    token: u32,
    parent: Option<usize>,
    depth: usize,
}

impl Trie {
    /// The tree of the prompts of `openings` and their guesses, and for each prompt the node of its last token.
    pub(super) fn of(openings: &[&Opening]) -> (Self, Vec<usize>) {
        let mut trie = Self::default();
        let mut path: Vec<usize> = Vec::new();
        let mut ends = Vec::with_capacity(openings.len());
        for (index, opening) in openings.iter().enumerate() {
            // Neighbours share most of their tokens: only what differs is looked up.
            let shared = index.checked_sub(1).map_or(0, |before| shared(&openings[before].prompt, &opening.prompt));
            path.truncate(shared);
            for &token in &opening.prompt[shared..] {
                path.push(trie.insert(path.last().copied(), token));
            }
            ends.extend(path.last());
        }
        for (opening, &end) in openings.iter().zip(&ends) {
            for guess in &opening.guesses {
                guess.iter().fold(end, |node, &token| trie.insert(Some(node), token));
            }
        }
        (trie, ends)
    }

    fn insert(&mut self, parent: Option<usize>, token: u32) -> usize {
        let depth = parent.map_or(0, |parent| self.nodes[parent].depth + 1);
        *self.children.entry((parent, token)).or_insert_with(|| {
            self.nodes.push(Node { token, parent, depth });
            self.nodes.len() - 1
        })
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn token(&self, node: usize) -> u32 {
        self.nodes[node].token
    }

    /// Tokens before the node's in its sequence.
    pub(super) fn depth(&self, node: usize) -> usize {
        self.nodes[node].depth
    }

    /// The node of `token` after `node`, if it is in the tree.
    pub(super) fn child(&self, node: usize, token: u32) -> Option<usize> {
        self.children.get(&(Some(node), token)).copied()
    }

    /// The node and all before it, from it to the root.
    pub(super) fn back(&self, node: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(node), |&node| self.nodes[node].parent)
    }

    /// The nodes after which a choice will be looked at: `ends`, and the guesses of `openings` behind them.
    pub(super) fn expected(&self, openings: &[&Opening], ends: &[usize]) -> BTreeSet<usize> {
        let mut expected: BTreeSet<usize> = ends.iter().copied().collect();
        for (opening, &end) in openings.iter().zip(ends) {
            for guess in &opening.guesses {
                let next = |node: &mut usize, &token: &u32| {
                    *node = self.child(*node, token)?;
                    Some(*node)
                };
                expected.extend(guess.iter().scan(end, next));
            }
        }
        expected
    }

    /// All nodes: first one of the longest sequences, then the others, parents before children. The second number is the
    /// length of the first part.
    pub(super) fn reading_order(&self) -> (Vec<usize>, usize) {
        let deepest = (0..self.len()).max_by_key(|&node| (self.depth(node), std::cmp::Reverse(node)));
        let mut order: Vec<usize> = deepest.map_or_else(Vec::new, |node| self.back(node).collect());
        order.reverse();
        let trunk = order.len();
        let mut in_trunk = vec![false; self.len()];
        order.iter().for_each(|&node| in_trunk[node] = true);
        order.extend((0..self.len()).filter(|&node| !in_trunk[node]));
        (order, trunk)
    }
}

/// How many tokens `a` and `b` begin with alike.
pub(super) fn shared(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opening(prompt: &[u32], guesses: &[&[u32]]) -> Opening {
        Opening {
            prompt: prompt.to_vec(),
            guesses: guesses.iter().map(|guess| guess.to_vec()).collect(),
            adapter: None,
        }
    }

    #[test]
    fn every_token_stands_once_and_guesses_join_later_prompts() {
        let openings = [opening(&[1, 2], &[&[3, 9], &[3]]), opening(&[1, 2, 3, 4], &[]), opening(&[5], &[])];
        let (trie, ends) = Trie::of(&openings.iter().collect::<Vec<_>>());
        assert_eq!(trie.len(), 6);
        let text = |node: usize| trie.back(node).map(|node| trie.token(node)).collect::<Vec<_>>();
        assert_eq!(ends.iter().map(|&end| text(end)).collect::<Vec<_>>(), [vec![2, 1], vec![4, 3, 2, 1], vec![5]]);
        let three = trie.child(ends[0], 3).unwrap();
        assert_eq!((trie.child(three, 4), trie.depth(ends[1])), (Some(ends[1]), 3));
        assert!(trie.child(three, 9).is_some() && trie.child(three, 5).is_none());
        let (order, trunk) = trie.reading_order();
        assert_eq!(order[..trunk].iter().map(|&node| trie.token(node)).collect::<Vec<_>>(), [1, 2, 3, 4]);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 4, 5]);
    }
}
