//! What the `git` program says while it works, and what of it may be repeated.

use std::io::{BufReader, Read};

/// Bytes of a line of git's that are kept.
const MAX_LINE_BYTES: usize = 4096;
/// How much of git's last words an error repeats, in characters.
const LAST_WORDS: usize = 400;
/// What stands in the place of a user's name and password.
const HIDDEN: &str = "***@";

/// Reads what git says until it stops, reporting the counts of arriving objects; returns the last lines that are no
/// progress, without credentials.
pub(super) fn listen(stderr: impl Read, progress: &dyn Fn(u64, u64)) -> String {
    let (mut words, mut line) = (String::new(), Vec::new());
    for byte in BufReader::new(stderr).bytes().map_while(Result::ok) {
        if !matches!(byte, b'\r' | b'\n') {
            if line.len() < MAX_LINE_BYTES {
                line.push(byte);
            }
            continue;
        }
        let text = String::from_utf8_lossy(&line).into_owned();
        line.clear();
        match counts(&text) {
            Some((received, total)) => progress(received, total),
            None if text.contains('%') || text.starts_with("Cloning into") => {}
            None => words = last_words(&format!("{words}{text}\n")) + "\n",
        }
    }
    redacted(&last_words(&words))
}

/// `text` with the name and password of every URL in it hidden.
pub(super) fn redacted(text: &str) -> String {
    let (mut clean, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("://") {
        clean.push_str(before);
        clean.push_str("://");
        let end = after.find(|c: char| c == '/' || c == '\'' || c == '"' || c.is_whitespace()).unwrap_or(after.len());
        rest = match after[..end].rfind('@') {
            Some(at) => {
                clean.push_str(HIDDEN);
                &after[at + 1..]
            }
            None => after,
        };
    }
    clean + rest
}

/// The counts of a line such as `Receiving objects:  45% (450/1000), 1.2 MiB`.
fn counts(line: &str) -> Option<(u64, u64)> {
    let (_, rest) = line.strip_prefix("Receiving objects:")?.split_once('(')?;
    let (received, rest) = rest.split_once('/')?;
    Some((received.parse().ok()?, rest.split_once(')')?.0.parse().ok()?))
}

fn last_words(words: &str) -> String {
    let words = words.trim();
    let skip = words.chars().count().saturating_sub(LAST_WORDS);
    words.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_lines_are_understood() {
        assert_eq!(counts("Receiving objects:  45% (450/1000), 1.20 MiB | 3 MiB/s"), Some((450, 1000)));
        assert_eq!(counts("Resolving deltas: 100% (3/3), done."), None);
    }

    #[test]
    fn credentials_are_hidden() {
        let hidden = |text: &str| redacted(text);
        assert_eq!(hidden("fatal: 'https://me:secret@h.org/a/b': no"), "fatal: 'https://***@h.org/a/b': no");
        assert_eq!(hidden("https://t@ken@h/a and http://x:y@z"), "https://***@h/a and http://***@z");
        assert_eq!(hidden("https://h.org/a@b"), "https://h.org/a@b");
        assert_eq!(hidden("no URL: //a@b"), "no URL: //a@b");
    }

    #[test]
    fn the_last_lines_are_kept_and_progress_is_not() {
        let said = "Cloning into 'x'...\rReceiving objects:  50% (1/2)\rremote: Counting: 10% (1/10)\rfatal: gone\n";
        let heard = std::cell::RefCell::new(Vec::new());
        let words = listen(said.as_bytes(), &|received, total| heard.borrow_mut().push((received, total)));
        assert_eq!((words.as_str(), heard.into_inner()), ("fatal: gone", vec![(1, 2)]));
    }
}
