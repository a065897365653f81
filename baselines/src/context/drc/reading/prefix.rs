//! A test as far as its prefix tells it (M103).

use tree_sitter::{Node, TreeCursor};

use super::{Names, Reading, Uses};
use crate::context::drc::import::{Import, Named, Taken};

/// Reads `prefix`, which ends in the middle of a statement.
///
/// Imports are those outside of functions, and those of the function that is open at the end; the names in use are the
/// identifiers of that function, parameters included, because fixtures come in through them; without an open function,
/// those of the whole prefix. Imports are no use of what they import.
pub(in crate::context::drc) fn read_prefix(prefix: &str) -> Reading<'static> {
    let tree = bench::python::Parser::new().parse(prefix);
    let mut scan = Scan { text: prefix, ..Scan::default() };
    scan.walk(&mut tree.walk());
    let open = open_function(&scan.lines).unwrap_or(0);
    let is_seen = |found: &&Found| !found.in_function || found.start >= open;
    let imports = scan.imports.iter().filter(is_seen).flat_map(|found| found.imports.clone()).collect();
    let mut names = Names::default();
    for (_, before, name) in scan.names.iter().filter(|(start, ..)| *start >= open) {
        names.push(before.as_deref(), name);
    }
    Reading { imports, uses: Uses::Names(names) }
}

/// A line with which a statement begins.
struct Line {
    start: usize,
    column: usize,
    opens_function: bool,
}

/// Where the function begins that is open at the end of `lines`: going up, the first `def` left of all below it.
fn open_function(lines: &[Line]) -> Option<usize> {
    let mut limit = lines.last()?.column;
    for line in lines.iter().rev() {
        if line.column < limit {
            if line.opens_function {
                return Some(line.start);
            }
            limit = line.column;
        }
    }
    None
}

struct Found {
    start: usize,
    in_function: bool,
    imports: Vec<Import>,
}

#[derive(Default)]
struct Scan<'a> {
    text: &'a str,
    lines: Vec<Line>,
    imports: Vec<Found>,
    /// Each identifier with its place and the dotted names before it.
    names: Vec<(usize, Option<String>, String)>,
    /// The dotted names that end with the last leaf, and whether a dot follows them.
    chain: Option<(String, bool)>,
    /// Open brackets.
    depth: usize,
    /// The row of the last leaf.
    row: Option<usize>,
    /// Functions around the node.
    functions: usize,
}

impl Scan<'_> {
    /// Visits every node, without recursion.
    fn walk(&mut self, cursor: &mut TreeCursor<'_>) {
        loop {
            let node = cursor.node();
            if self.enter(node) && cursor.goto_first_child() {
                continue;
            }
            loop {
                self.leave(cursor.node());
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    /// Notes `node`; whether its children are to be visited.
    fn enter(&mut self, node: Node<'_>) -> bool {
        self.functions += usize::from(node.kind() == "function_definition");
        match node.kind() {
            "import_statement" | "import_from_statement" => {
                self.begin_line(node, false);
                let found = imports(node, self.text);
                self.imports.push(Found { start: node.start_byte(), in_function: self.functions > 0, imports: found });
                self.row = Some(node.end_position().row);
                self.chain = None;
                false
            }
            _ if node.child_count() == 0 => {
                self.leaf(node);
                false
            }
            _ => true,
        }
    }

    fn leave(&mut self, node: Node<'_>) {
        self.functions -= usize::from(node.kind() == "function_definition");
    }

    fn leaf(&mut self, node: Node<'_>) {
        let kind = node.kind();
        if matches!(kind, "string_content" | "string_end" | "escape_sequence" | "comment") {
            self.row = Some(node.end_position().row);
            self.chain = None;
            return;
        }
        // A keyword that begins a statement shows that brackets before it were left open by mistake.
        if matches!(kind, "def" | "class" | "import" | "assert" | "return")
            && self.row != Some(node.start_position().row)
        {
            self.depth = 0;
        }
        self.begin_line(node, matches!(kind, "def" | "async"));
        match kind {
            "(" | "[" | "{" => self.depth += 1,
            ")" | "]" | "}" => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.chain = match (kind, self.chain.take()) {
            ("identifier", chain) => {
                let name = &self.text[node.byte_range()];
                let before = chain.filter(|(_, dotted)| *dotted).map(|(before, _)| before);
                let whole = before.as_ref().map_or_else(|| name.to_owned(), |before| format!("{before}.{name}"));
                self.names.push((node.start_byte(), before, name.to_owned()));
                Some((whole, false))
            }
            (".", Some((before, false))) => Some((before, true)),
            _ => None,
        };
    }

    /// Notes that a statement may begin at `node`, if it is the first of its line.
    fn begin_line(&mut self, node: Node<'_>, opens_function: bool) {
        let place = node.start_position();
        if self.depth == 0 && self.row != Some(place.row) && !node.byte_range().is_empty() {
            // `async` opens a function if `def` follows; `async with` and `async for` do not.
            let rest = &self.text[node.start_byte()..];
            let after = rest.strip_prefix("async").map_or(rest, bench::pytext::strip_start);
            let opens_function = opens_function && after.starts_with("def");
            self.lines.push(Line { start: node.start_byte(), column: place.column, opens_function });
        }
        self.row = Some(node.end_position().row);
    }
}

/// The imports that `node`, an import statement, is.
fn imports(node: Node<'_>, text: &str) -> Vec<Import> {
    let of = |node: Node<'_>| text[node.byte_range()].split_whitespace().collect::<String>();
    let mut named = Vec::new();
    for child in node.children_by_field_name("name", &mut node.walk()) {
        let name = child.child_by_field_name("name").map_or_else(|| of(child), of);
        named.push((name, child.child_by_field_name("alias").map(of)));
    }
    if node.kind() == "import_statement" {
        return named.iter().map(|(name, alias)| Import::plain(name, alias.as_deref())).collect();
    }
    let Some(module) = node.child_by_field_name("module_name").map(of) else { return Vec::new() };
    let stem = module.trim_start_matches('.');
    let level = u32::try_from(module.len() - stem.len()).unwrap_or(u32::MAX);
    let names = named.into_iter().map(|(name, alias)| Named { bound: alias.unwrap_or_else(|| name.clone()), name });
    vec![Import { level, module: stem.to_owned(), taken: Taken::Names(names.collect()) }]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = "\
\"\"\"Import this: not.

def neither():
\"\"\"
import a.b as ab
from ..shop import (
    Cart,
    price as cost,
)
try:
    import fast
except ImportError:
    fast = None


def before():
    import closed
    return closed.one


class TestCart:
    @pytest.fixture
    def cart(self): return Cart()

    async def test_it(self, client):
        from . import late
        text = \"\"\"
x = 1
\"\"\"
        with client as (
    y, z):
            assert ab.c.total(cost, key=late) == ";

    fn modules(reading: &Reading<'_>) -> Vec<String> {
        reading.imports.iter().map(|import| format!("{}{}", ".".repeat(import.level as usize), import.module)).collect()
    }

    #[test]
    fn m103_only_the_open_function_counts() {
        let reading = read_prefix(PREFIX);
        assert_eq!(modules(&reading), ["a.b", "..shop", "fast", "."]);
        let Taken::Names(names) = &reading.imports[1].taken else { panic!("names") };
        let pairs: Vec<(&str, &str)> = names.iter().map(|named| (&*named.name, &*named.bound)).collect();
        assert_eq!(pairs, [("Cart", "Cart"), ("price", "cost")]);
        for name in ["cost", "client", "late", "ab", "c", "total", "self"] {
            assert!(reading.uses.has(name), "{name}");
        }
        for name in ["Cart", "price", "one", "closed", "x", "fast"] {
            assert!(!reading.uses.has(name), "{name}");
        }
        assert_eq!(reading.uses.attributes_of("ab.c"), ["total"]);
        assert_eq!(reading.uses.attributes_of("ab"), ["c"]);
        assert_eq!(reading.uses.attributes_of("a.b"), [""; 0]);
    }

    #[test]
    fn without_an_open_function_everything_counts_but_imports() {
        let reading = read_prefix("from a import b, c\n\ndef f():\n    return c\n\nassert b(");
        assert!(reading.uses.has("b") && reading.uses.has("c") && !reading.uses.has("a"));
        assert_eq!(read_prefix("").imports, []);
    }

    #[test]
    fn prefixes_that_break_off_anywhere_are_read() {
        for end in (0..PREFIX.len()).filter(|end| PREFIX.is_char_boundary(*end)) {
            read_prefix(&PREFIX[..end]);
        }
        read_prefix(&"(".repeat(50_000));
        let deep = format!("import a\ndef f():\n    assert a.b({}", "[".repeat(5_000));
        assert_eq!(read_prefix(&deep).uses.attributes_of("a"), ["b"]);
    }
}
