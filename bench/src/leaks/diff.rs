//! Production diffs as texts: what they show, and what they say that files hold.

use crate::pytext::strip_end;

/// The lines of `diff` without the marks at their beginnings.
pub(super) fn body(diff: &str) -> String {
    let mut text = String::with_capacity(diff.len());
    for line in diff.split_inclusive('\n') {
        let mark = line.chars().next().map_or(0, char::len_utf8);
        // An empty line has no mark; its line feed separates tokens all the same.
        text.push_str(if line == "\n" { line } else { &line[mark..] });
    }
    text
}

/// The lines that `diff` says the files of its newer tree hold, each with the path of the file: added ones and context.
///
/// Lines that were not UTF-8, quoted paths and whatever does not look like a unified diff are passed over.
pub(super) fn newer_lines(diff: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut path = None;
    let (mut old, mut new) = (0_u64, 0_u64);
    diff.split('\n').filter_map(move |line| {
        if old == 0 && new == 0 {
            if line.starts_with("diff --git ") {
                path = None;
            } else if let Some(named) = line.strip_prefix("+++ b/") {
                path = Some(named.trim_end_matches(['\t', '\r']));
            } else if let Some((before, after)) = line.strip_prefix("@@ -").and_then(ranges) {
                (old, new) = (before, after);
            }
            return None;
        }
        let (mark, text) = line.split_at_checked(1)?;
        match mark {
            "-" => old = old.saturating_sub(1),
            "+" | " " => {
                new = new.saturating_sub(1);
                old = old.saturating_sub(u64::from(mark == " "));
                return path.filter(|_| !text.contains(char::REPLACEMENT_CHARACTER)).map(|path| (path, text));
            }
            _ => {}
        }
        None
    })
}

/// The numbers of lines of `-a,b +c,d @@`, behind the first mark.
fn ranges(header: &str) -> Option<(u64, u64)> {
    let (before, rest) = header.split_once(" +")?;
    let (after, _) = rest.split_once(" @@")?;
    let count = |range: &str| {
        let (start, count) = range.split_once(',').unwrap_or((range, "1"));
        start.parse::<u64>().ok().and_then(|_| count.parse().ok())
    };
    Some((count(before)?, count(after)?))
}

/// `line` as it is compared: without white space at its end, which decoding and line ends differ in, and without a
/// byte-order mark, which the profile `strict` removes (Q19).
pub(super) fn comparable(line: &str) -> &str {
    strip_end(line.trim_start_matches('\u{feff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &str = "diff --git a/src/a.py b/src/a.py\nindex 1..2 100644\n--- a/src/a.py\n+++ b/src/a.py\n\
        @@ -1,3 +1,3 @@ def f():\n kept\n-gone\n+++ b/new.py\n last\n\\ No newline at end of file\n\
        diff --git a/x b/y\n--- a/x\n+++ b/y\n@@ -0,0 +1 @@\n+only\n";

    #[test]
    fn lines_are_counted_not_guessed() {
        let found: Vec<(&str, &str)> = newer_lines(DIFF).collect();
        assert_eq!(found, [("src/a.py", "kept"), ("src/a.py", "++ b/new.py"), ("src/a.py", "last"), ("y", "only")]);
    }

    #[test]
    fn marks_are_no_text() {
        assert!(body(DIFF).contains("\nkept\ngone\n++ b/new.py\n"), "{}", body(DIFF));
        assert_eq!(body("é\n\nx"), "\n\n");
    }

    #[test]
    fn whatever_is_no_diff_says_nothing() {
        for text in
            ["", "+x\n+y", "@@ -1 +1 @@\n+x", "+++ b/a\n@@ -x,1 +1 @@\n+x", "@@ -1,99999999999999999999 +1 @@\n+x\n"]
        {
            assert_eq!(newer_lines(text).count(), 0, "{text}");
        }
    }
}
