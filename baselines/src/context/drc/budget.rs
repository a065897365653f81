//! How many tokens blocks may take (M110, M111).

use super::settings::DrcSettings;
use crate::context::SEPARATOR;
use crate::error::Result;
use crate::tokenizer::Tokenizer;

/// Tokens that a budget has at least, where it depends on the prefix (M110).
const LEAST: usize = 128;
/// Tokens kept free for what else the authors counted: 3 special tokens and 64 to spare (M110).
const MARGIN: usize = 3 + 64;
/// The marker whose tokens are counted, although no prompt of this method holds it (M31, M110).
const MARKER: &str = "\n### Target:\n";
/// Tokens kept free when whole blocks are fitted (M111).
const BLOCK_MARGIN: usize = 2;

/// The budget of a prompt of `prefix_tokens` tokens under `settings` (M110).
///
/// The published rule also subtracts the tokens of the target, which no context knows here: it is larger by these where
/// the prefix is so long that the bounds do not decide.
///
/// # Errors
/// If a text cannot be tokenized.
pub(super) fn budget(settings: &DrcSettings, prefix_tokens: usize, tokenizer: &Tokenizer) -> Result<usize> {
    let Some(total) = settings.rest_of_tokens else { return Ok(settings.budget_tokens) };
    let taken = prefix_tokens + tokenizer.encode(MARKER)?.len() + MARGIN;
    Ok(total.saturating_sub(taken).max(LEAST).min(settings.budget_tokens))
}

/// The first of `texts` that fit whole into what prefix and separators leave of `total` tokens (M111).
///
/// # Errors
/// If a text cannot be tokenized.
pub(super) fn whole(
    mut texts: Vec<String>,
    total: usize,
    prefix_tokens: usize,
    tokenizer: &Tokenizer,
) -> Result<Vec<String>> {
    let separator = tokenizer.encode(SEPARATOR)?.len();
    let mut room = total.saturating_sub(prefix_tokens + separator + BLOCK_MARGIN);
    let mut kept = 0;
    for text in &texts {
        let tokens = tokenizer.encode(text)?.len() + if kept == 0 { 0 } else { separator };
        if tokens > room {
            break;
        }
        room -= tokens;
        kept += 1;
    }
    texts.truncate(kept);
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::super::settings::{Rules, Scope};
    use super::*;
    use crate::context::Best;
    use crate::tokenizer::train;

    fn settings(rest_of_tokens: Option<usize>, budget_tokens: usize) -> DrcSettings {
        let (scope, rules, best) = (Scope::Function, Rules::Published, Best::First);
        let (test_helpers, whole_blocks_within) = (false, None);
        DrcSettings { scope, rules, test_helpers, budget_tokens, rest_of_tokens, whole_blocks_within, best }
    }

    #[test]
    fn m110_budgets_are_what_the_prefix_leaves_within_bounds() {
        let tokenizer = train(&["x"], 280).unwrap();
        let marker = tokenizer.encode(MARKER).unwrap().len();
        let of = |rest, most, prefix| budget(&settings(rest, most), prefix, &tokenizer).unwrap();
        assert_eq!(of(None, 4096, 100_000), 4096);
        assert_eq!(of(Some(8192), 4096, 100), 4096);
        assert_eq!(of(Some(8192), 4096, 5000), 8192 - 5000 - marker - 67);
        assert_eq!(of(Some(8192), 4096, 8000), 128);
        assert_eq!(of(Some(8192), 4096, 100_000), 128);
        assert_eq!(of(Some(8192), 64, 100), 64, "what is asked for is never exceeded");
    }

    #[test]
    fn m111_blocks_are_kept_whole_while_they_fit() {
        let tokenizer = train(&["x"], 280).unwrap();
        let separator = tokenizer.encode(SEPARATOR).unwrap().len();
        let texts = ["abcd", "efghij", "k"].map(str::to_owned).to_vec();
        let kept = |total| whole(texts.clone(), total, 10, &tokenizer).unwrap().len();
        let first = 10 + separator + 2 + 4;
        assert_eq!([first - 1, first, first + separator + 5, first + separator + 6].map(kept), [0, 1, 1, 2]);
        assert_eq!(kept(first + separator + 6 + separator + 1), 3);
        assert_eq!(kept(0), 0);
    }
}
