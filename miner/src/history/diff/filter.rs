//! Which chunks of a diff are production code (R107).

/// The beginning of every chunk.
const START: &str = "diff --git ";

/// The chunks of `text`, an unfiltered diff, whose new path `is_kept`, unchanged. Lines before the first chunk are lost.
///
/// ```
/// let text = "diff --git a/x.py b/x.py\n-1\n+2\ndiff --git a/y.c b/y.c\n-1\n+2\n";
/// let kept = miner::history::filter(text, &|path| path.ends_with(".py"));
/// assert_eq!(kept, "diff --git a/x.py b/x.py\n-1\n+2\n");
/// ```
pub fn filter(text: &str, is_kept: &dyn Fn(&str) -> bool) -> String {
    let mut kept = String::new();
    let mut keeps = false;
    for line in text.split_inclusive('\n') {
        if line.starts_with(START) {
            keeps = kept_name(line.strip_suffix('\n').unwrap_or(line)).is_some_and(is_kept);
        }
        if keeps {
            kept.push_str(line);
        }
    }
    kept
}

/// The new path that the filter reads in the first line of a chunk: `diff --git a/X b/Y`, X as short as possible. None if
/// a name is in quotes. A path with ` b/` inside is cut at the wrong place, as in the reference.
pub fn kept_name(line: &str) -> Option<&str> {
    let names = line.strip_prefix(START)?.strip_prefix("a/")?;
    // X has a character at least.
    let first = names.chars().next()?.len_utf8();
    let at = first + names[first..].find(" b/")?;
    let name = &names[at + " b/".len()..];
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_the_first_chance() {
        for (line, expected) in [
            ("diff --git a/x b/y", Some("y")),
            ("diff --git a/x b/y b/x b/y", Some("y b/x b/y")),
            ("diff --git a/ b/ b/x", Some("x")),
            ("diff --git a/é b/é", Some("é")),
            ("diff --git a/ b/x", None),
            ("diff --git a/x b/", None),
            ("diff --git \"a/x\" \"b/x\"", None),
            ("diff --git", None),
        ] {
            assert_eq!(kept_name(line), expected, "{line}");
        }
    }
}
