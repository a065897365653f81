//! The texts of one repository, by number.

use crate::error::Result;
use crate::evolution::Blob;
use crate::table::TableReader;

/// All texts of one repository, each as it is, for those who borrow them; [`PackedTexts`](super::PackedTexts) takes less.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    by_number: Vec<Option<Box<str>>>,
}

impl Texts {
    /// The texts that `blobs` yields.
    pub(crate) fn read(blobs: TableReader<Blob>) -> Result<Self> {
        let mut by_number = Vec::new();
        for batch in blobs {
            for blob in batch? {
                let at = blob.number as usize;
                if by_number.len() <= at {
                    by_number.resize(at + 1, None);
                }
                by_number[at] = Some(blob.text.into_boxed_str());
            }
        }
        Ok(Self { by_number })
    }

    /// The text with `number`.
    pub(crate) fn get(&self, number: u32) -> Option<&str> {
        self.by_number.get(number as usize)?.as_deref()
    }
}
