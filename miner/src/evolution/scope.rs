//! Which definitions stand around a line (R59, R96, R104).

use super::digest::Stream;
use crate::syntax::LineRange;

/// What is said about names between the parts of a qualified name.
const PART: u8 = 0;

/// A function or class.
pub(super) struct Definition {
    /// Its name.
    pub(super) name: Box<str>,
    /// Its lines, from the keyword on.
    pub(super) lines: LineRange,
    /// Which of the two.
    pub(super) sort: Sort,
}

/// The sorts of definitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A function, async or not.
    Function,
    /// A class.
    Class,
}

/// The definitions around a line. Names are places in the list of definitions.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope {
    /// The innermost function with "test" in its name, upper or lower case (R96).
    pub(super) test: Option<usize>,
    /// The innermost class (R59).
    pub(super) class: Option<usize>,
    /// The names of all of them, outermost first.
    pub(super) path: Stream,
}

/// The scope of every line of `lines`, which ascend; sorts `definitions` by their first line.
///
/// A keyword begins its line, so no two definitions share a first line, and two that share a line are one inside the
/// other: the innermost is the one that starts last.
pub(super) fn scopes(definitions: &mut [Definition], lines: impl Iterator<Item = u32>) -> Vec<Scope> {
    definitions.sort_by_key(|definition| definition.lines.first);
    let mut open: Vec<(u32, Scope)> = Vec::new();
    let mut next = 0;
    lines
        .map(|line| {
            while let Some(definition) = definitions.get(next).filter(|definition| definition.lines.first <= line) {
                close(&mut open, definition.lines.first);
                let outer = open.last().map(|(_, scope)| scope.clone()).unwrap_or_default();
                open.push((definition.lines.last, inner(outer, next, definition)));
                next += 1;
            }
            close(&mut open, line);
            open.last().map(|(_, scope)| scope.clone()).unwrap_or_default()
        })
        .collect()
}

/// Leaves the definitions that end before `line`.
fn close(open: &mut Vec<(u32, Scope)>, line: u32) {
    while open.pop_if(|(last, _)| *last < line).is_some() {}
}

/// The scope inside `definition`, the one at `place`.
fn inner(mut scope: Scope, place: usize, definition: &Definition) -> Scope {
    match definition.sort {
        Sort::Function if definition.name.to_lowercase().contains("test") => scope.test = Some(place),
        Sort::Function => {}
        Sort::Class => scope.class = Some(place),
    }
    scope.path.exact(&definition.name);
    scope.path.mark(PART);
    scope
}

#[cfg(test)]
mod tests {
    use super::*;

    fn definition(name: &str, first: u32, last: u32, sort: Sort) -> Definition {
        Definition { name: name.into(), lines: LineRange { first, last }, sort }
    }

    #[test]
    fn innermost_starts_last() {
        let mut definitions = [
            definition("TestA", 1, 9, Sort::Class),
            definition("helper", 3, 6, Sort::Function),
            definition("Test_B", 2, 8, Sort::Function),
            definition("Inner", 4, 5, Sort::Class),
        ];
        let found = scopes(&mut definitions, [1, 2, 3, 5, 7, 9, 10].into_iter());
        let names: Vec<_> = found
            .iter()
            .map(|scope| [scope.test, scope.class].map(|place| place.map_or("", |place| &*definitions[place].name)))
            .collect();
        let expected = [["", "TestA"], ["Test_B", "TestA"], ["Test_B", "TestA"], ["Test_B", "Inner"]];
        assert_eq!(names[..4], expected);
        assert_eq!(names[4..], [["Test_B", "TestA"], ["", "TestA"], ["", ""]]);
    }
}
