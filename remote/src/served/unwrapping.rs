//! What is taken from the message of a chat model: a rule that looks at message and prompt, never at the target.

use serde::{Deserialize, Serialize};

/// What a line that opens or closes a block begins with.
const FENCE: &str = "```";

/// Which part of a message is the completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unwrapping {
    /// All of it.
    None,
    /// The inside of its first fenced block, or all of it if there is none.
    Fence,
}

impl Unwrapping {
    /// The name in settings and on cards.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Fence => "fence",
        }
    }

    /// The part of `message` that is the completion.
    pub(super) fn of(self, message: &str) -> &str {
        match self {
            Self::None => message,
            Self::Fence => inside(message).unwrap_or(message),
        }
    }
}

/// The inside of the first block: from the line after one that begins with a fence, up to the next such line, without the
/// line break before it; up to the end if the block stays open. White space before a fence does not count.
fn inside(message: &str) -> Option<&str> {
    let is_fence = |line: &str| line.trim_start().starts_with(FENCE);
    let mut start = None;
    let mut at = 0;
    for line in message.split_inclusive('\n') {
        match start {
            None if is_fence(line) => start = Some(at + line.len()),
            Some(start) if is_fence(line) => {
                let block = &message[start..at];
                return Some(block.strip_suffix('\n').unwrap_or(block));
            }
            _ => {}
        }
        at += line.len();
    }
    start.map(|start| &message[start..])
}

/// `text` without the last line of `prompt`, if it begins with that line; white space around either does not count.
pub(super) fn without_echo<'a>(text: &'a str, prompt: &str) -> &'a str {
    let line = prompt.trim_end().rsplit('\n').next().unwrap_or("").trim();
    if line.is_empty() { text } else { text.trim_start().strip_prefix(line).unwrap_or(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_block_is_taken() {
        for (message, expected) in [
            ("3)", "3)"),
            ("```python\n3)\n```", "3)"),
            ("Sure:\n```\n 3,\n  4)\n```\nand\n```\n5\n```\n", " 3,\n  4)"),
            ("```py\n3)", "3)"),
            ("  ```\nx\n  ```", "x"),
            ("```\n```", ""),
            ("```", ""),
            ("use ``` in text", "use ``` in text"),
            ("", ""),
        ] {
            assert_eq!(Unwrapping::Fence.of(message), expected, "{message:?}");
            assert_eq!(Unwrapping::None.of(message), message);
        }
    }

    #[test]
    fn a_repeated_line_is_removed_once() {
        let prompt = "def test():\n    x = 1\n    assert x == ";
        assert_eq!(without_echo(" 1", prompt), " 1");
        assert_eq!(without_echo("    assert x == 1", prompt), " 1");
        assert_eq!(without_echo("assert x == assert x == 1", prompt), " assert x == 1");
        assert_eq!(without_echo("assert y == 1", prompt), "assert y == 1");
        assert_eq!(without_echo(" 1", " \n"), " 1");
    }
}
