//! How the texts of a task become the ids of an example, and of a prompt.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Example;
use crate::error::Result;
use crate::tokenizer::Tokenizer;

/// What stands between prefix and target in format M, after a line feed (M31).
pub const MARKER: &str = "### Target:\n";

/// A layout of prefix and target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Format N (M29): prefix, target, end of sequence, each encoded apart.
    #[default]
    Natural,
    /// Format H (M30): a token for the beginning, prefix, target, end of sequence, the last tokens of them.
    Hypernetwork,
    /// Format M (M31): prefix, marker and target as one text, without an end of sequence.
    Marker,
}

impl Format {
    /// The example of `prefix` and `target`, in about `max_len` tokens; nothing if no token could be learnt.
    ///
    /// # Errors
    /// If a text cannot be tokenized.
    pub fn example(self, tokenizer: &Tokenizer, prefix: &str, target: &str, max_len: usize) -> Result<Option<Example>> {
        if self == Self::Marker {
            return marked(tokenizer, prefix, target, max_len);
        }
        let prefix = tokenizer.encode(prefix)?;
        let mut target = tokenizer.encode(target)?;
        target.push(tokenizer.eos());
        Ok(match self {
            Self::Hypernetwork => last(prefix, &target, max_len),
            _ if prefix.is_empty() => Example::labelled(target, 0),
            _ => Some(Example::natural(&prefix, target, max_len)),
        })
    }

    /// The text of the prompt that a model trained in this format continues (M31, M33).
    pub fn prompt(self, prefix: &str) -> Cow<'_, str> {
        match self {
            Self::Natural | Self::Hypernetwork => Cow::Borrowed(prefix),
            Self::Marker => Cow::Owned(format!("{prefix}\n{MARKER}")),
        }
    }
}

/// Format H (M30). The authors put the beginning-of-sequence token before everything and mask every token with its id as
/// padding, so nothing ever sees it and it is not learnt: leaving it out changes no loss and no gradient. Neither does
/// their padding to 8,192 columns. So what is left of the format is the cut, which also cuts long targets.
fn last(mut prefix: Vec<u32>, target: &[u32], max_len: usize) -> Option<Example> {
    let start = prefix.len();
    prefix.extend(target);
    let cut = prefix.len().saturating_sub(max_len);
    Example::labelled(prefix.split_off(cut), start.saturating_sub(cut))
}

/// Format M (M31). Where the marker is not found, because it was cut off or because its last line feed became one token
/// with what follows, everything is learnt, as in the authors' runs.
fn marked(tokenizer: &Tokenizer, prefix: &str, target: &str, max_len: usize) -> Result<Option<Example>> {
    let mut ids = tokenizer.encode(&format!("{prefix}\n{MARKER}{target}"))?;
    let ids = ids.split_off(ids.len().saturating_sub(max_len));
    let marker = tokenizer.encode(MARKER)?;
    let found = ids.windows(marker.len()).position(|window| window == marker);
    Ok(Example::labelled(ids, found.map_or(0, |at| at + marker.len())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::train;

    const PREFIX: &str = "def test_area():\n    assert area(2) == ";
    const TARGET: &str = "4.5";

    fn tokenizer() -> Tokenizer {
        // Often enough that `:` and two line feeds become one token, as in the vocabulary of the published model.
        let markers = ["\n### Target:\n", "### Target:\n\n"].repeat(8);
        train(&[&[PREFIX, TARGET][..], &markers].concat(), 400).unwrap()
    }

    /// M29 and M239: prefix, target and end, each encoded apart; no beginning.
    #[test]
    fn format_n_is_prefix_target_end() {
        let tokenizer = tokenizer();
        let example = Format::Natural.example(&tokenizer, PREFIX, TARGET, 4096).unwrap().unwrap();
        assert_eq!(example.prefix, tokenizer.encode(PREFIX).unwrap());
        let mut target = tokenizer.encode(TARGET).unwrap();
        target.push(tokenizer.eos());
        assert_eq!(example.target, target);
        let cut = Format::Natural.example(&tokenizer, PREFIX, TARGET, target.len() + 9).unwrap().unwrap();
        assert_eq!((cut.prefix.len(), cut.target), (9, target));
    }

    /// M30 and M239, against the layout spelt out: labels of what is not masked, and the ids that they can see.
    #[test]
    fn format_h_keeps_the_last_ids() {
        let tokenizer = tokenizer();
        let (prefix, target) = (tokenizer.encode(PREFIX).unwrap(), tokenizer.encode(TARGET).unwrap());
        let bos = tokenizer.bos();
        let whole = [&[bos][..], &prefix, &target, &[tokenizer.eos()]].concat();
        let labels: Vec<Option<u32>> =
            whole.iter().enumerate().map(|(at, &id)| (at > prefix.len()).then_some(id)).collect();
        for max_len in [2, 3, target.len() + 1, target.len() + 5, whole.len() - 1, whole.len(), whole.len() + 7] {
            let cut = whole.len().saturating_sub(max_len);
            let (ids, labels) = (&whole[cut..], &labels[cut..]);
            // The label of the first column is predicted by none.
            let learnt: Vec<u32> = labels[1..].iter().flatten().copied().collect();
            let visible: Vec<u32> = ids[..ids.len() - 1].iter().copied().filter(|&id| id != bos).collect();
            let example = Format::Hypernetwork.example(&tokenizer, PREFIX, TARGET, max_len).unwrap().unwrap();
            assert_eq!(example.target, learnt, "{max_len}");
            let seen = [&example.prefix[..], &example.target[..example.target.len() - 1]].concat();
            assert_eq!(seen, visible, "{max_len}");
        }
    }

    /// M31 and M239: learnt is what follows the marker, and no end.
    #[test]
    fn format_m_learns_what_follows_the_marker() {
        let tokenizer = tokenizer();
        let example = Format::Marker.example(&tokenizer, PREFIX, TARGET, 2048).unwrap().unwrap();
        assert_eq!(tokenizer.decode(&example.prefix).unwrap(), format!("{PREFIX}\n{MARKER}"));
        assert_eq!(tokenizer.decode(&example.target).unwrap(), TARGET);
        assert_ne!(example.target.last(), Some(&tokenizer.eos()));
        assert_eq!(Format::Marker.prompt(PREFIX), format!("{PREFIX}\n{MARKER}"));
        assert_eq!(Format::Natural.prompt(PREFIX), PREFIX);
    }

    /// M31: a marker that merged with a line feed of the target, or was cut off, leaves the whole sequence learnt.
    #[test]
    fn format_m_without_its_marker_learns_everything() {
        let tokenizer = tokenizer();
        let merged = Format::Marker.example(&tokenizer, PREFIX, "\n4.5", 2048).unwrap().unwrap();
        let cut = Format::Marker.example(&tokenizer, PREFIX, TARGET, 3).unwrap().unwrap();
        assert_eq!((merged.prefix.len(), cut.prefix.len(), cut.target.len()), (1, 1, 2));
        assert_eq!(
            tokenizer.decode(&[merged.prefix, merged.target].concat()).unwrap(),
            format!("{PREFIX}\n{MARKER}\n4.5")
        );
    }
}
