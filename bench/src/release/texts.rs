//! The texts of one repository, by number.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::evolution::{Blob, SpanTask};
use crate::table::TableReader;

/// Some or all texts of one repository.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    by_number: Vec<Option<Box<str>>>,
}

impl Texts {
    /// The texts that `blobs` yields, or those among `wanted` alone.
    pub(crate) fn read(blobs: TableReader<Blob>, wanted: Option<&BTreeSet<u32>>) -> Result<Self> {
        let mut by_number = Vec::new();
        for batch in blobs {
            for blob in batch?.into_iter().filter(|blob| wanted.is_none_or(|wanted| wanted.contains(&blob.number))) {
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

    /// The prefix of `span`; none if its text is missing or shorter than the span.
    pub(crate) fn prefix(&self, span: &SpanTask) -> Option<String> {
        span.prefix(self.get(span.emission.blob)?)
    }
}
