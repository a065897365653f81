//! The line that names the place of a hunk.

/// Bytes of such a line at most; git cuts the rest.
const MAX_BYTES: usize = 80;

/// Which lines name a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Function {
    /// Those that begin with a letter, `_` or `$`; git's rule for all files without a driver.
    #[default]
    Any,
    /// Definitions of functions and classes; the built-in driver `python`.
    Python,
    /// Headings; the built-in driver `markdown`.
    Markdown,
}

impl Function {
    /// The part of `line` that names a place, if it does.
    fn name(self, line: &[u8]) -> Option<&[u8]> {
        let name = match self {
            Self::Any => {
                let first = *line.first()?;
                (first.is_ascii_alphabetic() || matches!(first, b'_' | b'$')).then_some(line)
            }
            Self::Python => python(without_end(line)),
            Self::Markdown => markdown(without_end(line)),
        }?;
        let name = &name[..name.len().min(MAX_BYTES)];
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        let end = name.iter().rposition(|byte| !blank(byte)).map_or(0, |last| last + 1);
        Some(valid_start(&name[..end]))
    }
}

/// `name` up to the first bytes that are no character; U+FFFE and U+FFFF are none to git.
fn valid_start(name: &[u8]) -> &[u8] {
    let valid = match std::str::from_utf8(name) {
        Ok(name) => name,
        Err(error) => std::str::from_utf8(&name[..error.valid_up_to()]).unwrap_or_default(),
    };
    let end = valid.find(['\u{fffe}', '\u{ffff}']).unwrap_or(valid.len());
    &name[..end]
}

/// `[ \t]*((class|(async[ \t]+)?def)[ \t].*)`, the blanks in front left out.
fn python(line: &[u8]) -> Option<&[u8]> {
    let name = without_blanks(line);
    let rest = match name.strip_prefix(b"async") {
        Some(rest) if starts_blank(rest) => without_blanks(rest).strip_prefix(b"def"),
        _ => name.strip_prefix(b"class").or_else(|| name.strip_prefix(b"def")),
    };
    rest.is_some_and(starts_blank).then_some(name)
}

/// ` {0,3}#{1,6}[ \t].*`.
fn markdown(line: &[u8]) -> Option<&[u8]> {
    let spaces = line.iter().take(4).take_while(|&&byte| byte == b' ').count();
    let signs = line[spaces..].iter().take(7).take_while(|&&byte| byte == b'#').count();
    (spaces <= 3 && (1..=6).contains(&signs) && starts_blank(&line[spaces + signs..])).then_some(line)
}

fn starts_blank(text: &[u8]) -> bool {
    matches!(text.first(), Some(b' ' | b'\t'))
}

fn without_blanks(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(text.len());
    &text[start..]
}

fn without_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// The lines of the old text up to a hunk, read once from the first hunk to the last.
pub(super) struct FunctionLines<'t> {
    rest: &'t [u8],
    /// Lines that were read.
    read: u32,
    function: Function,
    last: Option<&'t [u8]>,
}

impl<'t> FunctionLines<'t> {
    pub(super) fn of(text: &'t [u8], function: Function) -> Self {
        Self { rest: text, read: 0, function, last: None }
    }

    /// The name of the place above line `start`, counted from 1: the last one in the lines before.
    pub(super) fn above(&mut self, start: u32) -> Option<&'t [u8]> {
        while self.read + 1 < start && !self.rest.is_empty() {
            let end = memchr::memchr(b'\n', self.rest).map_or(self.rest.len(), |at| at + 1);
            let (line, rest) = self.rest.split_at(end);
            self.last = self.function.name(line).or(self.last);
            self.rest = rest;
            self.read += 1;
        }
        self.last.filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(function: Function, line: &str) -> Option<String> {
        function.name(line.as_bytes()).map(|name| String::from_utf8_lossy(name).into_owned())
    }

    #[test]
    fn lines_name_places_by_their_driver() {
        let any = |line: &str| name(Function::Any, line);
        assert_eq!(any("def f(): \t\r\n").as_deref(), Some("def f():"));
        assert_eq!((any(" def"), any("\n"), any("é = 1\n")), (None, None, None));
        assert_eq!(any(&("_".repeat(79) + "  x")).as_deref(), Some(&*"_".repeat(79)));
        assert_eq!(any(&("a".repeat(79) + "é")).as_deref(), Some(&*"a".repeat(79)));
        assert_eq!(Function::Any.name(b"caf\xe9 x"), Some(&b"caf"[..]));
        assert_eq!(any("a \u{ffff}b").as_deref(), Some("a "));
        for yes in ["class A:", "  async  def f(", "def\tf"] {
            assert_eq!(name(Function::Python, yes).as_deref(), Some(yes.trim_start()));
        }
        for no in ["classy = 1", "async  for", "asyncdef f", "x def f", "def"] {
            assert_eq!(name(Function::Python, no), None, "{no}");
        }
        for (line, is_heading) in
            [("# a", true), ("   ###### b", true), ("    # c", false), ("####### d", false), ("#e", false)]
        {
            assert_eq!(name(Function::Markdown, line).is_some(), is_heading, "{line}");
        }
    }

    #[test]
    fn a_place_stays_until_the_next() {
        let mut lines = FunctionLines::of(b"a\n b\nc\n d\n", Function::Any);
        assert_eq!(
            [1, 2, 3, 4, 9].map(|start| lines.above(start)),
            [None, Some(&b"a"[..]), Some(b"a"), Some(b"c"), Some(b"c")]
        );
    }
}
