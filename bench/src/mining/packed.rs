//! The texts of one repository by number, what they have in common held once.

use std::collections::BTreeSet;

use indexmap::IndexSet;

use crate::error::Result;
use crate::evolution::Blob;
use crate::shared::Shared;
use crate::table::TableReader;

/// A line ends a chunk if the sum of its bytes is a multiple of this: that is so wherever it stands, so an edit moves the
/// ends of no chunk but its own.
const LINES_A_CHUNK: u8 = 16;

/// Some texts of one repository.
#[derive(Debug, Default)]
pub(crate) struct PackedTexts {
    chunks: Vec<Box<str>>,
    /// By number, the chunks that make up a text.
    by_number: Vec<Option<Box<[u32]>>>,
}

impl PackedTexts {
    /// Those of the texts that `blobs` yields which are `wanted`; versions of a file are neighbours in the table.
    pub(crate) fn read(blobs: TableReader<Blob>, wanted: &BTreeSet<u32>) -> Result<Self> {
        let mut packer = Packer::default();
        for batch in blobs {
            for blob in batch?.into_iter().filter(|blob| wanted.contains(&blob.number)) {
                packer.insert(blob.number, blob.text);
            }
        }
        Ok(packer.finish())
    }

    /// The text with `number`.
    pub(crate) fn get(&self, number: u32) -> Option<String> {
        let chunks = self.by_number.get(number as usize)?.as_ref()?.iter().map(|&chunk| &*self.chunks[chunk as usize]);
        let mut text = String::with_capacity(chunks.clone().map(str::len).sum());
        text.extend(chunks);
        Some(text)
    }
}

/// Texts while they are read.
#[derive(Debug, Default)]
struct Packer {
    chunks: IndexSet<Box<str>>,
    by_number: Vec<Option<Box<[u32]>>>,
    /// The text before.
    last: String,
    /// Its chunks, and where each ends in it.
    parts: Vec<(u32, usize)>,
}

impl Packer {
    fn insert(&mut self, number: u32, text: String) {
        let (last, before) = (std::mem::take(&mut self.last), std::mem::take(&mut self.parts));
        let Shared { front, back } = Shared::of(last.as_bytes(), text.as_bytes());
        let kept = before.partition_point(|&(_, end)| end <= front);
        // The first part that begins where the common end has begun, and all behind it.
        let again = (before.partition_point(|&(_, end)| end < last.len() - back) + 1).clamp(kept, before.len());
        let moved = |at: usize| text.len() - (last.len() - at);
        let end_of = |parts: usize| parts.checked_sub(1).map_or(0, |part| before[part].1);
        let (start, end) = (end_of(kept), if again < before.len() { moved(end_of(again)) } else { text.len() });
        let mut parts = before[..kept].to_vec();
        let mut at = start;
        for chunk in chunks(&text[start..end]) {
            at += chunk.len();
            parts.push((self.chunk(chunk), at));
        }
        parts.extend(before[again..].iter().map(|&(chunk, end)| (chunk, moved(end))));

        let slot = number as usize;
        if self.by_number.len() <= slot {
            self.by_number.resize(slot + 1, None);
        }
        self.by_number[slot] = Some(parts.iter().map(|&(chunk, _)| chunk).collect());
        (self.last, self.parts) = (text, parts);
    }

    fn chunk(&mut self, chunk: &str) -> u32 {
        let at = self.chunks.get_index_of(chunk).unwrap_or_else(|| self.chunks.insert_full(chunk.into()).0);
        u32::try_from(at).expect("because as many chunks do not fit into memory")
    }

    fn finish(self) -> PackedTexts {
        PackedTexts { chunks: self.chunks.into_iter().collect(), by_number: self.by_number }
    }
}

/// `text` in pieces that end where lines do.
fn chunks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let ends = |line: &&str| line.bytes().fold(0, u8::wrapping_add) % LINES_A_CHUNK == 0;
    std::iter::from_fn(move || {
        let mut length = 0;
        for line in rest.split_inclusive('\n') {
            length += line.len();
            if ends(&line) {
                break;
            }
        }
        let (chunk, others) = rest.split_at(length);
        rest = others;
        (!chunk.is_empty()).then_some(chunk)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed<'a>(texts: impl IntoIterator<Item = &'a str>) -> PackedTexts {
        let mut packer = Packer::default();
        for (number, text) in (0..).zip(texts) {
            packer.insert(number, text.to_owned());
        }
        packer.finish()
    }

    #[test]
    fn what_versions_share_is_held_once() {
        let line = |at: usize| format!("def f_{at}(): return {}\n", at * at);
        let base: Vec<String> = (0..2000).map(line).collect();
        let mut versions = vec![base.concat()];
        for at in [3, 500, 999] {
            let mut edited = base.clone();
            edited[at] = "edited ä\n".to_owned();
            edited[1990] = format!("and at the end {at}\n");
            edited.remove(700);
            versions.push(edited.concat());
        }
        versions.push("another".to_owned());
        versions.push(base.concat());
        let texts = packed(versions.iter().map(String::as_str));
        let held: usize = texts.chunks.iter().map(|chunk| chunk.len()).sum();
        assert!(held < base.concat().len() * 5 / 4, "{held}");
        for (number, version) in (0..).zip(&versions) {
            assert_eq!(texts.get(number).as_ref(), Some(version));
        }
        assert!(texts.get(6).is_none());
    }

    proptest! {
        #[test]
        fn texts_come_back(
            texts in prop::collection::vec("[aäé\u{1f600}\n]{0,20}", 0..9),
            same in "[ä€b\n]{0,60}",
        ) {
            let texts: Vec<String> = texts.iter().map(|text| format!("{same}{text}{same}")).collect();
            let held = packed(texts.iter().map(String::as_str));
            for (number, text) in (0..).zip(&texts) {
                prop_assert_eq!(&held.get(number).unwrap(), text);
            }
        }
    }
}
