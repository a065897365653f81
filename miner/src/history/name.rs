//! File names as git's listings and diffs show them.

use std::borrow::Cow;

/// Which names git puts in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Names {
    /// All that are not printable ASCII: `core.quotePath`, on by default (R88).
    Quoted,
    /// Only those with quotes, backslashes or control characters: `core.quotePath` off (Q35).
    Raw,
}

impl Names {
    /// Whether a name with `byte` is shown in quotes, and `byte` as an escape.
    fn escapes(self, byte: u8) -> bool {
        byte < 0x20 || matches!(byte, b'"' | b'\\' | 0x7f) || (byte >= 0x80 && self == Self::Quoted)
    }

    /// Appends `folder` and `name` to `into`, both between quotes if `name` needs them.
    pub(super) fn write(self, folder: &str, name: &[u8], into: &mut Vec<u8>) {
        if !name.iter().any(|&byte| self.escapes(byte)) {
            into.extend_from_slice(folder.as_bytes());
            into.extend_from_slice(name);
            return;
        }
        into.push(b'"');
        into.extend_from_slice(folder.as_bytes());
        for &byte in name {
            if self.escapes(byte) {
                escape(byte, into);
            } else {
                into.push(byte);
            }
        }
        into.push(b'"');
    }
}

/// `name` as git lists it with `core.quotePath` on, its default (R88): as it is if all of it is printable ASCII, else in
/// quotes, with C escapes and octal numbers. A quoted name ends in `"`, so it is no Python file to who reads listings (Q35).
///
/// ```
/// use miner::history::quoted_name;
/// assert_eq!(quoted_name(b"a b.py"), "a b.py");
/// assert_eq!(quoted_name("s/\u{e9}.py".as_bytes()), "\"s/\\303\\251.py\"");
/// ```
pub fn quoted_name(name: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(name) {
        Ok(plain) if !name.iter().any(|&byte| Names::Quoted.escapes(byte)) => Cow::Borrowed(plain),
        _ => {
            let mut quoted = Vec::with_capacity(name.len() + 16);
            Names::Quoted.write("", name, &mut quoted);
            Cow::Owned(String::from_utf8(quoted).expect("because all but ASCII is escaped"))
        }
    }
}

fn escape(byte: u8, into: &mut Vec<u8>) {
    into.push(b'\\');
    match byte {
        0x07 => into.push(b'a'),
        0x08 => into.push(b'b'),
        b'\t' => into.push(b't'),
        b'\n' => into.push(b'n'),
        0x0b => into.push(b'v'),
        0x0c => into.push(b'f'),
        b'\r' => into.push(b'r'),
        b'"' | b'\\' => into.push(byte),
        _ => into.extend([byte >> 6, byte >> 3 & 7, byte & 7].map(|digit| b'0' + digit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_as_git_quotes_them() {
        assert_eq!(quoted_name(b"a'b $(c).py"), "a'b $(c).py");
        assert_eq!(quoted_name(b"\x07\x08\t\n\x0b\x0c\r\x01\x1f\x7f"), r#""\a\b\t\n\v\f\r\001\037\177""#);
        assert_eq!(quoted_name(b"a\"b\\c\xff"), r#""a\"b\\c\377""#);
        assert_eq!(quoted_name(b""), "");
    }

    #[test]
    fn raw_names_are_quoted_only_if_they_must() {
        let raw = |name: &str| {
            let mut written = Vec::new();
            Names::Raw.write("a/", name.as_bytes(), &mut written);
            String::from_utf8(written).unwrap()
        };
        assert_eq!((raw("é.py"), raw("é\t.py")), ("a/é.py".to_owned(), "\"a/é\\t.py\"".to_owned()));
    }
}
