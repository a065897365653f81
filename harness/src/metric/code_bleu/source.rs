//! Lists of sources, and unions of them that depend on the order of a set (S65, S66).

use super::leaf::Name;

/// A part of the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    start: usize,
    end: usize,
}

impl Span {
    pub(super) const EMPTY: Self = Self { start: 0, end: 0 };

    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// Between the operands' items of a union: `a, b, UNION` is the set of all items of `a` and then `b`; each operand that is
/// a list begins with [`LIST`].
const UNION: u32 = u32::MAX;
const LIST: u32 = u32::MAX - 1;

/// Holds all lists of a text.
///
/// A list without marks is itself. One with marks is a sum in postfix notation, to be worked out by [`Arena::resolve`]
/// under a given order of sets.
#[derive(Debug, Default, Clone)]
pub(super) struct Arena(Vec<u32>);

impl Arena {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn list(&mut self, items: impl IntoIterator<Item = u32>) -> Span {
        let start = self.0.len();
        self.0.extend(items);
        Span { start, end: self.0.len() }
    }

    /// The items of a list, or the marks and items of a sum.
    pub(super) fn items(&self, span: Span) -> &[u32] {
        &self.0[span.start..span.end]
    }

    /// The items of both lists, ascending, each once.
    pub(super) fn sorted_union(&mut self, a: Span, b: Span) -> Span {
        let mut all = [self.items(a), self.items(b)].concat();
        all.sort_unstable();
        all.dedup();
        self.list(all)
    }

    /// The set of the items of `a` and `b`, whose order is not known yet.
    pub(super) fn union(&mut self, a: Span, b: Span) -> Span {
        let start = self.0.len();
        for part in [a, b] {
            if !self.is_sum(part) {
                self.0.push(LIST);
            }
            self.0.extend_from_within(part.start..part.end);
        }
        self.0.push(UNION);
        Span { start, end: self.0.len() }
    }

    /// Whether the order of a set has a say.
    pub(super) fn is_sum(&self, span: Span) -> bool {
        self.items(span).last() == Some(&UNION)
    }

    /// The texts of `span` in order, where `order` turns the items put into a set into the items taken out of it.
    pub(super) fn resolve(&self, span: Span, order: &mut impl FnMut(&mut Vec<Name>)) -> Vec<Name> {
        if !self.is_sum(span) {
            return self.items(span).to_vec();
        }
        let mut stack: Vec<Vec<Name>> = Vec::new();
        for &item in self.items(span) {
            match item {
                LIST => stack.push(Vec::new()),
                UNION => {
                    let second = stack.pop().expect("because a union follows two operands");
                    let first = stack.last_mut().expect("because a union follows two operands");
                    first.extend(second);
                    order(first);
                }
                name => stack.last_mut().expect("because a list begins with its mark").push(name),
            }
        }
        stack.pop().expect("because a sum has a value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_worked_out_from_the_inside() {
        let mut arena = Arena::default();
        let (a, b, c) = (arena.list([2, 2]), arena.list([1]), arena.list([0, 3]));
        let inner = arena.union(a, b);
        let sum = arena.union(c, inner);
        let mut seen = Vec::new();
        let sorted = arena.resolve(sum, &mut |items| {
            seen.push(items.clone());
            items.sort_unstable();
            items.dedup();
        });
        assert_eq!(sorted, [0, 1, 2, 3]);
        assert_eq!(seen, [vec![2, 2, 1], vec![0, 3, 1, 2]]);
        assert_eq!(arena.resolve(a, &mut |_| {}), [2, 2]);
        assert!(!arena.is_sum(a) && arena.is_sum(sum));
    }
}
