//! The texts of one repository by number, versions of a file held as differences.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::Result;
use crate::evolution::Blob;
use crate::shared::Shared;
use crate::table::TableReader;

/// A version is held as a difference if that takes less than one part in so many of its bytes.
const WORTHWHILE: usize = 4;

/// Some texts of one repository.
#[derive(Debug, Default)]
pub(crate) struct PackedTexts {
    by_number: Vec<Option<Packed>>,
}

/// A text.
#[derive(Debug)]
enum Packed {
    Whole(Arc<str>),
    /// The first `front` bytes of `base`, `middle`, and the last `back` bytes of `base`.
    Edited {
        base: Arc<str>,
        front: usize,
        middle: Box<str>,
        back: usize,
    },
}

impl PackedTexts {
    /// Those of the texts that `blobs` yields which are `wanted`; versions of a file are neighbours in the table.
    pub(crate) fn read(blobs: TableReader<Blob>, wanted: &BTreeSet<u32>) -> Result<Self> {
        let mut texts = Self::default();
        let mut base = Arc::from("");
        for batch in blobs {
            for blob in batch?.into_iter().filter(|blob| wanted.contains(&blob.number)) {
                texts.insert(blob.number, &blob.text, &mut base);
            }
        }
        Ok(texts)
    }

    /// Holds `text`, as a difference to `base` if it is near it; otherwise it is the base of those to come.
    fn insert(&mut self, number: u32, text: &str, base: &mut Arc<str>) {
        let packed = Packed::against(base, text).unwrap_or_else(|| {
            *base = text.into();
            Packed::Whole(Arc::clone(base))
        });
        let at = number as usize;
        if self.by_number.len() <= at {
            self.by_number.resize_with(at + 1, || None);
        }
        self.by_number[at] = Some(packed);
    }

    /// The text with `number`.
    pub(crate) fn get(&self, number: u32) -> Option<Cow<'_, str>> {
        Some(match self.by_number.get(number as usize)?.as_ref()? {
            Packed::Whole(text) => Cow::Borrowed(text),
            Packed::Edited { base, front, middle, back } => {
                Cow::Owned([&base[..*front], middle, &base[base.len() - back..]].concat())
            }
        })
    }
}

impl Packed {
    /// `text` as a difference to `base`; none if it is too far from it.
    fn against(base: &Arc<str>, text: &str) -> Option<Self> {
        let Shared { mut front, mut back } = Shared::of(base.as_bytes(), text.as_bytes());
        // Bytes may be equal where characters are not.
        while !text.is_char_boundary(front) || !base.is_char_boundary(front) {
            front -= 1;
        }
        while !text.is_char_boundary(text.len() - back) || !base.is_char_boundary(base.len() - back) {
            back -= 1;
        }
        let middle = &text[front..text.len() - back];
        let near = middle.len() * WORTHWHILE < text.len();
        near.then(|| Self::Edited { base: Arc::clone(base), front, middle: middle.into(), back })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed<'a>(texts: impl IntoIterator<Item = &'a str>) -> PackedTexts {
        let (mut packed, mut base) = (PackedTexts::default(), Arc::from(""));
        for (number, text) in (0..).zip(texts) {
            packed.insert(number, text, &mut base);
        }
        packed
    }

    #[test]
    fn versions_are_held_as_differences() {
        let base = "def f(): ä\n".repeat(99);
        let edited = base.replacen('ä', "é", 1);
        let texts = packed([&*base, &edited, "another", &base]);
        let is_whole = |packed: &Option<Packed>| matches!(packed, Some(Packed::Whole(_)));
        assert_eq!(texts.by_number.iter().map(is_whole).collect::<Vec<_>>(), [true, false, true, true]);
        assert_eq!(texts.get(1).unwrap(), edited);
        assert!(texts.get(4).is_none());
    }

    proptest! {
        #[test]
        fn texts_come_back(texts in prop::collection::vec("[aäé\u{1f600}]{0,20}", 0..9), same in "[ä€]{0,60}") {
            let texts: Vec<String> = texts.iter().map(|text| format!("{same}{text}{same}")).collect();
            let held = packed(texts.iter().map(String::as_str));
            for (number, text) in (0..).zip(&texts) {
                prop_assert_eq!(&held.get(number).unwrap(), text);
            }
        }
    }
}
