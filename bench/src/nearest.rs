//! Guesses at what a misspelt word was meant to be.

/// Words of more bytes are not compared: nobody misspells at such length, and comparing takes their product in time.
const MAX_BYTES: usize = 64;

/// The word of `known` with the fewest edits from `word`, the first in order where several have as few; none if the edits
/// are more than half of its characters.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_BYTES {
        return None;
    }
    let word = word.to_lowercase();
    let (edits, found) = known.into_iter().map(|known| (edits(&word, known), known)).min()?;
    (edits * 2 <= found.chars().count()).then_some(found)
}

/// Insertions, deletions and replacements of one character that turn `a` into `b`.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (above, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (at, y) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[b.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_words_are_guessed_and_others_are_not() {
        let known = ["task", "completion", "prompt_tokens"];
        assert_eq!(nearest("Complétion", known), Some("completion"));
        assert_eq!(nearest("promt_tokens", known), Some("prompt_tokens"));
        assert_eq!(nearest("tasks", known), Some("task"));
        assert_eq!(nearest("score", known), None);
        assert_eq!(nearest(&"task".repeat(100), known), None);
    }

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("abc", ""), 3);
    }
}
