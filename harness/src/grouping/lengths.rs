//! Bins of lengths in characters. Our choice: powers of two, the paper has none.

/// Where each bin of target lengths ends, inclusive.
const TARGET_ENDS: [u32; 6] = [4, 8, 16, 32, 64, 128];
/// Where each bin of prefix lengths ends, inclusive.
const PREFIX_ENDS: [u32; 6] = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000];

/// The bin of a target of `chars` characters: its rank and name.
pub(super) fn target(chars: u32) -> (usize, String) {
    bin(chars, &TARGET_ENDS)
}

/// The bin of a prefix of `chars` characters: its rank and name.
pub(super) fn prefix(chars: u32) -> (usize, String) {
    bin(chars, &PREFIX_ENDS)
}

fn bin(chars: u32, ends: &[u32]) -> (usize, String) {
    let at = ends.partition_point(|end| *end < chars);
    let from = at.checked_sub(1).map_or(0, |before| ends[before] + 1);
    (at, ends.get(at).map_or_else(|| format!("{from}+"), |end| format!("{from}-{end}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_closed_at_their_ends() {
        let names: Vec<String> = [0, 4, 5, 8, 128, 129, u32::MAX].map(|chars| target(chars).1).into();
        assert_eq!(names, ["0-4", "0-4", "5-8", "5-8", "65-128", "129+", "129+"]);
        assert_eq!(prefix(1_001), (1, "1001-2000".to_owned()));
    }
}
