//! From the text of a version to its pieces, reading only what no version before had.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;
use std::sync::Arc;

use bench::Shared;

use super::cache::{self, Cache, Key, Name};
use super::split::{Block, Blocks, ClassParts, is_settled};

/// Bytes of pieces that are remembered by what they were read from. Our choice: the files of a large repository, several
/// times over.
const MAX_CACHE_BYTES: usize = 1 << 26;
/// Bytes of last versions that are remembered by their files. Our choice: likewise.
const MAX_KNOWN_BYTES: usize = 1 << 26;

/// What is read of a piece of a text, with all places relative to the piece.
pub(crate) trait Piece: Sized {
    /// What of the rest of the text decides what a piece means, if anything.
    type Context: Clone + Default + Eq + Hash;

    /// What stands in `text` in `context`; its first `head` bytes, whole lines, do not count. None if Python 3.12 does not
    /// parse it.
    fn read(text: &str, head: usize, context: &Self::Context) -> Option<Self>;

    /// Whether it is one class that can be put together from pieces.
    fn is_class(&self) -> bool;

    /// About how many bytes of memory it takes.
    fn weight(&self) -> usize;
}

/// A piece and where it stands.
#[derive(Debug)]
pub(crate) struct Placed<P> {
    pub(crate) piece: Arc<P>,
    /// Its first byte.
    pub(crate) start: u32,
}

impl<P> Clone for Placed<P> {
    fn clone(&self) -> Self {
        Self { piece: Arc::clone(&self.piece), start: self.start }
    }
}

/// Reads versions of files, best those of one file in a row; each result depends on its text alone.
pub(crate) struct PieceReader<P: Piece> {
    cache: Cache<P>,
    /// The last version of each file. Looked up only: its order reaches nothing.
    known: HashMap<String, Known<P>>,
    known_bytes: usize,
    /// Bytes of them at most.
    known_limit: usize,
}

/// A version that was read.
struct Known<P: Piece> {
    text: Box<str>,
    context: P::Context,
    blocks: Vec<Read<P>>,
    weight: usize,
}

/// A block that was read.
struct Read<P> {
    /// Its bytes.
    length: usize,
    /// Its pieces, places counted from its start.
    pieces: Arc<[Placed<P>]>,
}

impl<P: Piece> Default for PieceReader<P> {
    fn default() -> Self {
        Self::one_of(1)
    }
}

impl<P: Piece> PieceReader<P> {
    /// One of `count` readers that together remember as much as one alone.
    pub(crate) fn one_of(count: usize) -> Self {
        let cache = Cache::new(MAX_CACHE_BYTES / count);
        Self { cache, known: HashMap::new(), known_bytes: 0, known_limit: MAX_KNOWN_BYTES / count }
    }

    /// The context in which the version of `file` that is remembered was read.
    pub(crate) fn context(&self, file: &str) -> P::Context {
        self.known.get(file).map(|known| known.context.clone()).unwrap_or_default()
    }

    /// The pieces of `text`, a version of `file`, in `context`: one at least, without gaps. None if it must be read as a
    /// whole, or cannot be read.
    pub(crate) fn read(&mut self, file: &str, text: &str, context: &P::Context) -> Option<Vec<Placed<P>>> {
        u32::try_from(text.len()).ok()?;
        let (name, before) = self.known.remove_entry(file).unzip();
        self.known_bytes -= before.as_ref().map_or(0, |before| before.weight);
        let before = before.filter(|before| before.context == *context);
        let blocks = self.blocks(before, text, context)?;
        let mut placed = Vec::new();
        let mut start = 0;
        for block in &blocks {
            placed.extend(block.pieces.iter().map(|part| Placed { start: start + part.start, ..part.clone() }));
            start += u32::try_from(block.length).ok()?;
        }
        self.remember(name.unwrap_or_else(|| file.to_owned()), Known::new(text, context.clone(), blocks));
        Some(placed)
    }

    fn remember(&mut self, file: String, known: Known<P>) {
        if self.known_bytes + known.weight > self.known_limit {
            self.known.clear();
            self.known_bytes = 0;
        }
        self.known_bytes += known.weight;
        self.known.insert(file, known);
    }

    /// The blocks of `text`: those of the version `before` that stand in front of the first difference or behind the
    /// last, and what is read in between.
    fn blocks(&mut self, before: Option<Known<P>>, text: &str, context: &P::Context) -> Option<Vec<Read<P>>> {
        let Known { text: old, blocks, .. } = before.unwrap_or_default();
        let shared = Shared::of(old.as_bytes(), text.as_bytes());
        let mut read = Vec::with_capacity(blocks.len() + 1);
        let mut rest = blocks.into_iter().peekable();
        let mut at = 0;
        while let Some(block) = rest.next_if(|block| is_settled(&old, at + block.length, shared.front)) {
            at += block.length;
            read.push(block);
        }
        let mut old_at = at;
        let mut blocks = Blocks::new(text, at);
        while let Some(block) = blocks.next().ok()? {
            let left = text.len() - block.range.end;
            read.push(self.block(text, block, context)?);
            if left > shared.back {
                continue;
            }
            // What follows is the end of both texts: where a block begins in both, they go on alike.
            let goal = old.len() - left;
            while let Some(block) = rest.next_if(|block| old_at + block.length <= goal) {
                old_at += block.length;
            }
            if old_at == goal {
                read.extend(rest);
                break;
            }
        }
        Some(read)
    }

    fn block(&mut self, text: &str, block: Block, context: &P::Context) -> Option<Read<P>> {
        let Block { range, class } = block;
        let pieces = match class.and_then(|parts| self.class(text, &range, &parts, context)) {
            Some(pieces) => pieces,
            None => vec![self.piece(text, range.start, range.clone(), None, context)?],
        };
        Some(Read { length: range.len(), pieces: pieces.into() })
    }

    /// The pieces of the class at `block`, if each is one on its own.
    fn class(
        &mut self,
        text: &str,
        block: &Range<usize>,
        parts: &ClassParts,
        context: &P::Context,
    ) -> Option<Vec<Placed<P>>> {
        let head = self.piece(text, block.start, block.start..*parts.starts.first()?, None, context);
        let name = &text[parts.name.clone()];
        let class = Some((name, cache::name(name)));
        let ends = parts.starts[1..].iter().copied().chain([block.end]);
        let ranges = parts.starts.iter().zip(ends).map(|(start, end)| *start..end);
        let bodies = ranges.map(|range| self.piece(text, block.start, range, class, context));
        let pieces: Option<Vec<Placed<P>>> = [head].into_iter().chain(bodies).collect();
        pieces.filter(|pieces| pieces.iter().all(|placed| placed.piece.is_class()))
    }

    /// The piece at `range`, inside the class `class` if there is one, as part of the block at `block`.
    fn piece(
        &mut self,
        text: &str,
        block: usize,
        range: Range<usize>,
        class: Option<(&str, Name)>,
        context: &P::Context,
    ) -> Option<Placed<P>> {
        let start = u32::try_from(range.start - block).ok()?;
        let part = &text[range];
        let key = Key::new(part, class.map(|(_, name)| name), context.clone());
        let piece = self.cache.get(key, || match class {
            None => P::read(part, 0, context),
            Some((class, _)) => {
                let head = format!("class {class}:\n");
                P::read(&(head.clone() + part), head.len(), context)
            }
        })?;
        Some(Placed { piece, start })
    }
}

impl<P: Piece> Default for Known<P> {
    fn default() -> Self {
        Self { text: Box::default(), context: P::Context::default(), blocks: Vec::new(), weight: 0 }
    }
}

impl<P: Piece> Known<P> {
    fn new(text: &str, context: P::Context, blocks: Vec<Read<P>>) -> Self {
        let pieces = blocks.iter().flat_map(|block| &*block.pieces);
        let pieces: usize = pieces.map(|placed| size_of::<Placed<P>>() + placed.piece.weight()).sum();
        let weight = size_of::<Self>() + text.len() + blocks.len() * (size_of::<Read<P>>() + 16) + pieces;
        Self { text: text.into(), context, blocks, weight }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece that remembers its text.
    struct Copy(String);

    impl Piece for Copy {
        type Context = ();

        fn read(text: &str, head: usize, (): &()) -> Option<Self> {
            (!text.contains("bad")).then(|| Self(text[head..].to_owned()))
        }

        fn is_class(&self) -> bool {
            true
        }

        fn weight(&self) -> usize {
            self.0.len()
        }
    }

    fn texts(reader: &mut PieceReader<Copy>, file: &str, text: &str) -> Option<Vec<String>> {
        let placed = reader.read(file, text, &())?;
        assert_eq!(placed.iter().map(|placed| &*placed.piece.0).collect::<String>(), text);
        let mut at = 0;
        for part in &placed {
            assert_eq!(part.start as usize, at);
            at += part.piece.0.len();
        }
        Some(placed.into_iter().map(|placed| placed.piece.0.clone()).collect())
    }

    /// Whatever changes where, the version before changes nothing.
    #[test]
    fn versions_are_read_as_if_they_were_the_first() {
        let method = |name: &str| format!("    def {name}(self):\n        return {}1\n", "1 + ".repeat(400));
        let class = format!("class A:\n    x = 1\n{}{}# end\n", method("f"), method("g"));
        let base = format!(
            "import a\n\ndef f():\n    pass\n{class}@d\ndef g(): pass\nx = 1\ny = 2\nif x:\n    y\nelse:\n    z\n"
        );
        let mut reader = PieceReader::default();
        let pieces =
            ["", "\n", "def ", "x = 3\n", "else: w\n", "    # c\n", "@e\n", "\"\"\"", "(", "bad", "el", "\\\n", "é"];
        let places = (0..base.len()).filter(|at| *at < 60 || *at > base.len() - 80 || at % 97 == 0);
        for at in places {
            for piece in pieces {
                for cut in [at, (at + 3).min(base.len()), (at + 40).min(base.len())] {
                    let text = format!("{}{piece}{}", &base[..at], &base[cut..]);
                    let fresh = texts(&mut PieceReader::default(), "a", &text);
                    assert_eq!(texts(&mut reader, "a", &text), fresh, "{text}");
                }
            }
            texts(&mut reader, "a", &base).unwrap();
        }
    }

    #[test]
    fn what_stands_is_not_read_again() {
        let text = "def f():\n    pass\ndef g():\n    pass\ndef h():\n    pass\n";
        let mut reader = PieceReader::<Copy>::default();
        let first = reader.read("a", text, &()).unwrap();
        reader.cache = Cache::new(MAX_CACHE_BYTES);
        let second = reader.read("a", &text.replace("g()", "g(x)"), &()).unwrap();
        let same: Vec<bool> = first.iter().zip(&second).map(|(one, two)| Arc::ptr_eq(&one.piece, &two.piece)).collect();
        assert_eq!(same, [true, false, true]);
        assert_eq!(second[2].start, first[2].start + 1);
        assert!(reader.read("a", "bad", &()).is_none());
        assert_eq!((reader.known.len(), reader.known_bytes), (0, 0));
    }
}
