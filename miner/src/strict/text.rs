//! Text as the profile `strict` reads it: UTF-8 or nothing, no byte-order mark, line feeds only (Q19, Q20, R151).

use std::borrow::Cow;

use bench::pytext;

use crate::filter::SkipReason;

/// The text of a file, or why it is refused: invalid UTF-8 is nobody's source (Q20).
pub(crate) fn decode(bytes: &[u8]) -> Result<String, SkipReason> {
    let text = std::str::from_utf8(bytes).map_err(|_| SkipReason::FileNotUtf8)?;
    Ok(normalise(text).into_owned())
}

/// `text` without its byte-order mark (Q19) and with LF at every line end (R151).
pub(super) fn normalise(text: &str) -> Cow<'_, str> {
    pytext::universal_newlines(text.strip_prefix('\u{feff}').unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_bad_bytes_are_refused() {
        assert_eq!(decode(b"\xef\xbb\xbfa\r\nb\rc").as_deref(), Ok("a\nb\nc"));
        assert_eq!(decode(b"a\xff"), Err(SkipReason::FileNotUtf8));
        assert_eq!(decode("x\u{feff}".as_bytes()).as_deref(), Ok("x\u{feff}"), "only the first one is a mark");
    }
}
