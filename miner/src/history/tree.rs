//! The entries of a raw tree object.

use std::cmp::Ordering;

use git2::Oid;

use super::change::{FileVersion, Mode};

/// Bytes of an object id in a tree.
const ID_BYTES: usize = 20;

/// What an entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Folder,
    Leaf(Mode),
}

impl Kind {
    /// The kind of an entry with the mode `bits`, as git reads it: old trees hold modes such as 100664.
    fn of(bits: u32) -> Self {
        match bits & 0o170_000 {
            0o040_000 => Self::Folder,
            0o100_000 if bits & 0o100 != 0 => Self::Leaf(Mode::Executable),
            0o100_000 => Self::Leaf(Mode::File),
            0o120_000 => Self::Leaf(Mode::Link),
            _ => Self::Leaf(Mode::Submodule),
        }
    }
}

/// One entry of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'t> {
    pub(super) name: &'t [u8],
    pub(super) kind: Kind,
    id: &'t [u8],
}

impl Entry<'_> {
    /// The object that it names.
    pub(super) fn id(&self) -> Oid {
        Oid::from_bytes(self.id).expect("because an entry holds 20 bytes")
    }

    /// The file that it names, if it is no folder.
    pub(super) fn version(&self) -> Option<FileVersion> {
        match self.kind {
            Kind::Folder => None,
            Kind::Leaf(mode) => Some(FileVersion { id: self.id(), mode }),
        }
    }

    /// The order of entries in a tree: bytewise, the name of a folder ending in a slash.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let shared = self.name.len().min(other.name.len());
        let next = |entry: &Self| {
            let end = if entry.kind == Kind::Folder { b'/' } else { 0 };
            entry.name.get(shared).copied().unwrap_or(end)
        };
        self.name[..shared].cmp(&other.name[..shared]).then_with(|| {
            // After equal beginnings the next byte decides; two ends are the same name only if the kinds are.
            next(self).cmp(&next(other))
        })
    }
}

/// The entries of the content of a tree object, in its order.
pub(super) struct Entries<'t> {
    rest: &'t [u8],
}

impl<'t> Entries<'t> {
    pub(super) fn of(tree: &'t [u8]) -> Self {
        Self { rest: tree }
    }

    /// The next entry, none at the end.
    ///
    /// # Errors
    /// If the rest is no sequence of entries.
    pub(super) fn next(&mut self) -> Result<Option<Entry<'t>>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (entry, length) = parse(self.rest).ok_or(Malformed)?;
        self.rest = &self.rest[length..];
        Ok(Some(entry))
    }

    /// Skips the entries at which both sequences go on equally, and tells how many.
    pub(super) fn skip_equal(&mut self, other: &mut Entries<'_>) -> Result<usize, Malformed> {
        let mut skipped = 0;
        while !self.rest.is_empty() {
            let (_, length) = parse(self.rest).ok_or(Malformed)?;
            if !other.rest.starts_with(&self.rest[..length]) {
                break;
            }
            self.rest = &self.rest[length..];
            other.rest = &other.rest[length..];
            skipped += 1;
        }
        Ok(skipped)
    }
}

/// A tree object that does not have its form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

/// The first entry of `bytes` and its length: octal mode, space, name, NUL, id.
fn parse(bytes: &[u8]) -> Option<(Entry<'_>, usize)> {
    let mut bits = 0_u32;
    let mut at = 0;
    while let digit @ b'0'..=b'7' = *bytes.get(at)? {
        bits = bits << 3 | u32::from(digit - b'0');
        at += 1;
    }
    if at == 0 || at > 7 || bytes[at] != b' ' {
        return None;
    }
    let name_start = at + 1;
    let name_end = name_start + memchr::memchr(0, &bytes[name_start..])?;
    let id = bytes.get(name_end + 1..name_end + 1 + ID_BYTES)?;
    let name = &bytes[name_start..name_end];
    (!name.is_empty()).then_some((Entry { name, kind: Kind::of(bits), id }, name_end + 1 + ID_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(mode: &str, name: &str) -> Vec<u8> {
        [mode.as_bytes(), b" ", name.as_bytes(), b"\0", &[7; 20]].concat()
    }

    #[test]
    fn entries_are_read_in_order() {
        let tree = [raw("100664", "a"), raw("40000", "b"), raw("100755", "c d"), raw("160000", "e")].concat();
        let mut entries = Entries::of(&tree);
        let mut found = Vec::new();
        while let Some(entry) = entries.next().unwrap() {
            found.push((entry.name, entry.kind));
        }
        let leaf = Kind::Leaf;
        let expected: [(&[u8], Kind); 4] = [
            (b"a", leaf(Mode::File)),
            (b"b", Kind::Folder),
            (b"c d", leaf(Mode::Executable)),
            (b"e", leaf(Mode::Submodule)),
        ];
        assert_eq!(found, expected);
        for cut in 1..tree.len() {
            let mut entries = Entries::of(&tree[..cut]);
            while let Ok(Some(_)) = entries.next() {}
        }
        for bad in ["100644 \0", "x a\0", " a\0", "100644a\0", "123456701 a\0"] {
            let bad = [bad.as_bytes(), &[7; 20]].concat();
            assert_eq!(Entries::of(&bad).next(), Err(Malformed));
        }
    }

    #[test]
    fn folders_sort_as_if_they_ended_in_a_slash() {
        let entries = [raw("100644", "a"), raw("100644", "a.b"), raw("40000", "a"), raw("100644", "a0")];
        let parsed: Vec<_> = entries.iter().map(|raw| parse(raw).unwrap().0).collect();
        for (i, one) in parsed.iter().enumerate() {
            for (j, two) in parsed.iter().enumerate() {
                assert_eq!(one.order(two), i.cmp(&j), "{i} {j}");
            }
        }
    }
}
