//! Text from outside, made safe to show: what cannot be seen or would move other text becomes visible, and what is too
//! long is cut. Escaping for a format is the business of its renderer.

use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

/// Characters shown of a name or a setting.
pub const NAME: usize = 80;

/// Characters shown of a sentence.
pub const SENTENCE: usize = 400;

/// Characters shown of an answer.
pub const ANSWER: usize = 2_000;

/// Text without control, bidirectional or invisible characters, of bounded length. Renderers accept no other.
///
/// ```
/// use reports::text::Shown;
/// assert_eq!(Shown::name("a\u{1b}[31mb").as_str(), "a␛[31mb");
/// assert_eq!(Shown::name("left\u{202e}right").as_str(), "left⟨U+202E⟩right");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown(String);

impl Shown {
    /// `raw` as a name: at most [`NAME`] characters and a note of the full length.
    pub fn name(raw: &str) -> Self {
        Self(show(raw, NAME))
    }

    /// `raw` as a sentence: at most [`SENTENCE`] characters and a note of the full length.
    pub fn sentence(raw: &str) -> Self {
        Self(show(raw, SENTENCE))
    }

    /// `raw` as a block of lines: line feeds and tabs are kept, at most `limit` characters and a note of the full length.
    pub fn block(raw: &str, limit: usize) -> Self {
        let mut shown = String::with_capacity(raw.len().min(limit));
        for (index, line) in raw.chars().take(limit).collect::<String>().split('\n').enumerate() {
            if index > 0 {
                shown.push('\n');
            }
            for (index, part) in line.split('\t').enumerate() {
                if index > 0 {
                    shown.push('\t');
                }
                part.chars().for_each(|character| push_visible(&mut shown, character));
            }
        }
        note_length(&mut shown, raw, limit);
        Self(shown)
    }

    /// At most `limit` characters, for labels in figures: if something was cut, an ellipsis stands in its middle, because what
    /// tells two names apart is often at their end.
    pub fn shortened(&self, limit: usize) -> String {
        let length = self.0.chars().count();
        if length <= limit {
            return self.0.clone();
        }
        let tail = limit.saturating_sub(1) / 2;
        let head = limit.saturating_sub(1) - tail;
        self.0.chars().take(head).chain(std::iter::once('…')).chain(self.0.chars().skip(length - tail)).collect()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is shown.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The one function that makes foreign text visible: `raw` cut to `limit` characters, with its length if it was longer.
fn show(raw: &str, limit: usize) -> String {
    let mut shown = String::with_capacity(raw.len().min(limit * 4));
    for character in raw.chars().take(limit) {
        push_visible(&mut shown, character);
    }
    note_length(&mut shown, raw, limit);
    shown
}

/// Adds to `shown` how long `raw` is, if it is longer than `limit` characters.
fn note_length(shown: &mut String, raw: &str, limit: usize) {
    if raw.len() > limit {
        let length = raw.chars().count();
        if length > limit {
            let _ = write!(shown, "… ({length} characters)");
        }
    }
}

fn push_visible(shown: &mut String, character: char) {
    match character {
        '\0'..='\x1f' => shown.extend(char::from_u32(0x2400 + u32::from(character))),
        '\x7f' => shown.push('␡'),
        _ if is_hidden(character) => {
            let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(character));
        }
        _ => shown.push(character),
    }
}

/// Characters that take no place, reorder or break what stands beside them: C1 controls, bidirectional controls, zero-width
/// characters, line and paragraph separators, fillers, variation selectors, tags and private use.
const fn is_hidden(character: char) -> bool {
    matches!(character,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_kept() {
        assert_eq!(
            Shown::name("Qwen2.5-Coder (1,5 B), größer ≥ 中文").as_str(),
            "Qwen2.5-Coder (1,5 B), größer ≥ 中文"
        );
    }

    #[test]
    fn nothing_invisible_remains() {
        let raw: String =
            (0..=0x10_ffff).filter_map(char::from_u32).filter(|c| c.is_control() || is_hidden(*c)).collect();
        for piece in raw.chars() {
            let shown = Shown::name(&piece.to_string());
            assert!(!shown.is_empty());
            assert!(shown.as_str().chars().all(|c| !c.is_control() && !is_hidden(c)), "{piece:?}");
        }
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        let shown = Shown::name(&"é".repeat(1_000_000));
        assert!(shown.as_str().ends_with("… (1000000 characters)"));
        assert_eq!(shown.as_str().chars().filter(|c| *c == 'é').count(), NAME);
        assert_eq!(Shown::name(&"é".repeat(NAME)).as_str().chars().count(), NAME);
    }

    #[test]
    fn blocks_keep_lines_and_tabs_alone() {
        assert_eq!(Shown::block("a\n\tb\r\u{1b}[0m\u{202e}", 80).as_str(), "a\n\tb␍␛[0m⟨U+202E⟩");
        assert_eq!(Shown::block("a\nb\nc", 3).as_str(), "a\nb… (5 characters)");
    }

    #[test]
    fn labels_have_a_fixed_limit() {
        assert_eq!(Shown::name("abcdef").shortened(4), "ab…f");
        assert_eq!(Shown::name("abcd").shortened(4), "abcd");
    }
}
