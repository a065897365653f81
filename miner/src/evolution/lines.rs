//! Where a full prefix ends: a parser's line and byte column, used as a Python line and a character index (Q1, Q2).

use bench::pytext;

/// The Python lines of a text, line ends included (R3).
pub(super) struct PythonLines<'a> {
    text: &'a str,
    /// Where each line starts, and the end of the text.
    bounds: Vec<usize>,
    /// The line asked for last, if it holds more than ASCII: where each of its characters starts.
    characters: (usize, Vec<usize>),
}

impl<'a> PythonLines<'a> {
    /// The lines of `text`.
    pub(super) fn new(text: &'a str) -> Self {
        let mut bounds = vec![0];
        let mut at = 0;
        bounds.extend(pytext::lines_keepends(text).map(|line| {
            at += line.len();
            at
        }));
        Self { text, bounds, characters: (usize::MAX, Vec::new()) }
    }

    /// The byte behind the first `column` characters of line `line`, which counts from 1 (R95).
    ///
    /// Lines beyond the last are empty; columns beyond the end of a line give its end, line break included (R6).
    pub(super) fn offset(&mut self, line: u32, column: u32) -> usize {
        let (at, column) = (line as usize - 1, column as usize);
        let (Some(&start), Some(&end)) = (self.bounds.get(at), self.bounds.get(at + 1)) else {
            return self.text.len();
        };
        if self.characters.0 != at {
            self.characters = (at, characters(&self.text[start..end]));
        }
        let known = &self.characters.1;
        start + if known.is_empty() { column.min(end - start) } else { known[column.min(known.len() - 1)] }
    }
}

/// Where every character of `line` starts, and the end; nothing for ASCII.
fn characters(line: &str) -> Vec<usize> {
    if line.is_ascii() {
        return Vec::new();
    }
    line.char_indices().map(|(at, _)| at).chain([line.len()]).collect()
}

/// Whether Python breaks lines of `text` where the parser does not (Q2).
pub(super) fn breaks_differ(text: &str) -> bool {
    let exotic = |c: char| matches!(c, '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let ascii = text.bytes().any(|byte| matches!(byte, 0xb | 0xc | 0x1c..=0x1e));
    ascii || (!text.is_ascii() && text.contains(exotic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let mut lines = PythonLines::new("é = 1\r\nab\u{c}cd\nx");
        assert_eq!([(1, 0), (1, 1), (1, 7), (1, 99)].map(|(line, column)| lines.offset(line, column)), [0, 2, 8, 8]);
        assert_eq!(
            [(2, 1), (2, 9), (3, 1), (4, 1), (5, 1)].map(|(line, column)| lines.offset(line, column)),
            [9, 11, 12, 15, 15]
        );
    }
}
