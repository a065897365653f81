//! Parser lines: where they start, and which one holds an offset (R4, R6).

/// The start of every parser line of a text. Lines break after LF, CR LF and lone CR.
#[derive(Debug)]
pub(crate) struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// The index of `text`, which must be shorter than 4 GiB.
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, &byte) in bytes.iter().enumerate() {
            if byte > b'\r' {
                continue;
            }
            if byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')) {
                starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
            }
        }
        Self { starts }
    }

    /// Where every line of `text` starts, and the end; `text` is the one that the index was made of.
    pub(crate) fn bounds(&self, text: &str) -> Vec<u32> {
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.starts.iter().copied().chain([end]).collect()
    }

    /// How many lines there are: one more than breaks.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// The line of the byte at `offset`, from 1.
    pub(crate) fn line(&self, offset: u32) -> u32 {
        u32::try_from(self.starts.partition_point(|&start| start <= offset)).unwrap_or(u32::MAX)
    }

    /// The column of the byte at `offset`, from 0, in bytes.
    pub(crate) fn column(&self, offset: u32) -> u32 {
        let line = self.starts.partition_point(|&start| start <= offset);
        offset - self.starts[line - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_are_those_of_the_parser() {
        let index = LineIndex::new("a\r\nb\rc\u{c}d\ne");
        assert_eq!([0, 3, 5, 7, 9].map(|at| index.line(at)), [1, 2, 3, 3, 4]);
        assert_eq!([0, 3, 5, 7, 9].map(|at| index.column(at)), [0, 0, 0, 2, 0]);
    }
}
