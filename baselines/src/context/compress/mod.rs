//! Fits blocks of code into a budget of tokens: the most relevant ones first, whole or in outline (M109).

mod outline;
mod relevance;

use super::SEPARATOR;
use crate::error::Result;
use crate::tokenizer::Tokenizer;
use outline::outline;
use relevance::{Mentions, Relevance};

/// Begins the head line of a block of dependency-resolved context (M108).
pub(super) const SOURCE: &str = "# Source:";

/// Some code of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// The comments above the code that say where it is from, or nothing.
    pub(super) head: String,
    /// The code.
    pub(super) code: String,
}

impl Block {
    /// The block as a model reads it.
    pub(super) fn text(&self) -> String {
        self.with(&self.code)
    }

    fn with(&self, code: &str) -> String {
        if self.head.is_empty() { code.to_owned() } else { format!("{}\n{code}", self.head) }
    }
}

/// The blocks of `text`: what stands between three newlines, stripped. A first line that begins with `# Source:` is the
/// head, any other belongs to the code (M109.1, and both quirks of M98).
pub(super) fn split(text: &str) -> Vec<Block> {
    let block = |part: &str| {
        let (first, rest) = part.split_once('\n').unwrap_or((part, ""));
        let (head, code) = if first.starts_with(SOURCE) { (first, rest) } else { ("", part) };
        Block { head: head.to_owned(), code: bench::pytext::strip(code).to_owned() }
    };
    text.split(SEPARATOR).map(bench::pytext::strip).filter(|part| !part.is_empty()).map(block).collect()
}

/// The texts of those `blocks` that fit into `budget` tokens, most relevant to `prefix` first, equally relevant ones in
/// their order. Each is whole if there is room, else in outline, else left out; separators are not counted (M109.3–5).
///
/// # Errors
/// If a text cannot be tokenized.
pub(super) fn compress(blocks: &[Block], prefix: &str, budget: usize, tokenizer: &Tokenizer) -> Result<Vec<String>> {
    let mentions = Mentions::of(prefix);
    let mut order: Vec<(Relevance, &Block)> =
        blocks.iter().map(|block| (mentions.relevance(&block.code), block)).collect();
    order.sort_by_key(|(relevance, _)| std::cmp::Reverse(*relevance));
    let mut room = budget;
    let mut kept = Vec::new();
    for (_, block) in order {
        let whole = block.text();
        let fitting = match fit(whole, room, tokenizer)? {
            None => fit(block.with(&outline(&block.code)), room, tokenizer)?,
            whole => whole,
        };
        if let Some((text, tokens)) = fitting {
            room -= tokens;
            kept.push(text);
        }
    }
    Ok(kept)
}

/// `text` with its tokens, if they are `room` at most.
pub(super) fn fit(text: String, room: usize, tokenizer: &Tokenizer) -> Result<Option<(String, usize)>> {
    let tokens = tokenizer.encode(&text)?.len();
    Ok((tokens <= room).then_some((text, tokens)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::train;

    const PREFIX: &str = "from shop import Cart, price, TAX\n\ndef test():\n    cart = Cart()\n    assert TAX.rate + ";
    const CART: &str = "class Cart:\n    \"\"\"Goods.\"\"\"\n    limit = 3\n\n    def __init__(self):\n        \
                        self.goods = []\n\n    def add(self, good, count=1):\n        \"\"\"Adds it.\n\n        Really.\n        \
                        \"\"\"\n        for _ in range(count):\n            self.goods.append(good)\n        return self";
    const PRICE: &str = "def price(good):\n    return 3";
    const OTHER: &str = "def unrelated():\n    return 4";
    const TAX: &str = "TAX = Rate(4)";

    fn blocks() -> Vec<Block> {
        let block = |(name, code): (&str, &str)| Block { head: format!("{SOURCE} {name}.py"), code: code.to_owned() };
        [("other", OTHER), ("price", PRICE), ("tax", TAX), ("cart", CART)].map(block).to_vec()
    }

    fn tokenizer() -> Tokenizer {
        train(&[CART, PRICE, OTHER, TAX], 300).unwrap()
    }

    #[test]
    fn m109_blocks_are_split_at_two_blank_lines_and_only_sources_are_heads() {
        let text = format!("# Source: a.py\n{PRICE}\n\n\n\n# File: b.py\n# Symbol: f\nx = 1\n\n\ny = 2\n\n\n \n");
        let block = |head: &str, code: &str| Block { head: head.to_owned(), code: code.to_owned() };
        assert_eq!(
            split(&text),
            [block("# Source: a.py", PRICE), block("", "# File: b.py\n# Symbol: f\nx = 1"), block("", "y = 2")]
        );
        assert_eq!(split(""), []);
    }

    #[test]
    fn m109_the_most_relevant_come_first() {
        let kept = compress(&blocks(), PREFIX, 10_000, &tokenizer()).unwrap();
        let heads: Vec<&str> = kept.iter().map(|text| text.lines().next().unwrap()).collect();
        assert_eq!(heads, ["# Source: cart.py", "# Source: tax.py", "# Source: price.py", "# Source: other.py"]);
        assert_eq!(kept[2], format!("# Source: price.py\n{PRICE}"));
    }

    #[test]
    fn m109_whole_then_in_outline_then_not_at_all() {
        let tokenizer = tokenizer();
        let tokens = |text: &str| tokenizer.encode(text).unwrap().len();
        let outlined = format!("# Source: cart.py\n{}", outline(CART));
        let tax = format!("# Source: tax.py\n{TAX}");
        let room = tokens(&outlined) + tokens(&tax);
        assert!(room < tokens(CART), "the example must not fit whole");
        assert_eq!(compress(&blocks(), PREFIX, room, &tokenizer).unwrap(), [outlined.clone(), tax.clone()]);
        let kept = compress(&blocks(), PREFIX, tokens(&outlined) - 1, &tokenizer).unwrap();
        assert_eq!(kept[0], tax, "what does not fit is passed over");
        assert!(compress(&blocks(), PREFIX, 0, &tokenizer).unwrap().is_empty());
        for budget in 0..room {
            let kept = compress(&blocks(), PREFIX, budget, &tokenizer).unwrap();
            assert!(kept.iter().map(|text| tokens(text)).sum::<usize>() <= budget, "{budget}");
        }
    }
}
