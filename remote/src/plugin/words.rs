//! A command line as words, without a shell.

/// The words of `command`: separated by blanks; `'…'` keeps everything, `"…"` and bare text take `\` before a character
/// that is meant as it is. Nothing is expanded.
///
/// # Errors
/// What is wrong with it: an open quote, a `\` at the end, or no word at all.
pub(super) fn words(command: &str) -> Result<Vec<String>, &'static str> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut rest = command.chars();
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"') | None, '\\') => word.get_or_insert_default().push(rest.next().ok_or("ends in a `\\`")?),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("has a quote that is not closed");
    }
    words.extend(word);
    if words.first().is_none_or(String::is_empty) { Err("names no program") } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_people_expect() {
        let split = |text: &str| words(text).map(|words| words.join("|"));
        assert_eq!(
            split(" python3  my\\ plug.py --x='a \"b\"' \"c \\\" '\" '' ").unwrap(),
            "python3|my plug.py|--x=a \"b\"|c \" '|"
        );
        assert_eq!(split("a $HOME `b` *").unwrap(), "a|$HOME|`b`|*");
        for bad in ["", "  ", "'a", "a \"b", "a\\", "'' x"] {
            assert!(words(bad).is_err(), "{bad}");
        }
    }
}
