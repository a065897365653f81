//! Patterns of `.gitattributes`.

/// What one part of a pattern matches.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Byte(u8),
    /// `?`: a byte that is no slash.
    Any,
    /// `[a-z]`: a byte that it holds, never a slash.
    Class(Class),
    /// `*`: bytes that are no slashes.
    Name,
    /// `**/` at the start of a name: folders.
    Folders,
    /// `**` at the end: everything.
    Rest,
}

/// The bytes of these ranges, or all others.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Class {
    ranges: Vec<(u8, u8)>,
    negated: bool,
}

impl Class {
    fn holds(&self, byte: u8) -> bool {
        self.ranges.iter().any(|&(first, last)| (first..=last).contains(&byte)) != self.negated
    }
}

/// A pattern, to be matched against a base name if it has no slash, else against a path below its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob {
    parts: Vec<Part>,
    is_path: bool,
}

impl Glob {
    /// Reads a pattern. None if it matches no file: it ends in a slash or a backslash, is negated, or a class is open.
    pub(super) fn parse(pattern: &[u8]) -> Option<Self> {
        if pattern.is_empty() || pattern.starts_with(b"!") || pattern.ends_with(b"/") {
            return None;
        }
        let is_path = pattern.contains(&b'/');
        let pattern = pattern.strip_prefix(b"/").unwrap_or(pattern);
        let mut parts = Vec::new();
        let mut at = 0;
        while at < pattern.len() {
            at += part(pattern, at, &mut parts)?;
        }
        Some(Self { parts, is_path })
    }

    /// Whether the pattern, in a folder, matches the file at `path` below that folder.
    ///
    /// All ways to match are followed at once, so that the time is bounded by the product of the lengths.
    pub(super) fn matches(&self, path: &[u8]) -> bool {
        let text = if self.is_path { path } else { path.rsplit(|&byte| byte == b'/').next().unwrap_or(path) };
        let mut places = vec![false; self.parts.len() + 1];
        self.reach(0, &mut places);
        for &byte in text {
            let mut next = vec![false; places.len()];
            for at in (0..self.parts.len()).filter(|&at| places[at]) {
                self.step(at, byte, &mut next);
            }
            places = next;
        }
        places[self.parts.len()]
    }

    /// Marks `at` and what follows parts that may match nothing.
    fn reach(&self, at: usize, places: &mut [bool]) {
        let mut at = at;
        places[at] = true;
        while matches!(self.parts.get(at), Some(Part::Name | Part::Folders | Part::Rest)) {
            at += 1;
            places[at] = true;
        }
    }

    fn step(&self, at: usize, byte: u8, next: &mut [bool]) {
        let is_slash = byte == b'/';
        match &self.parts[at] {
            Part::Byte(expected) if *expected == byte => self.reach(at + 1, next),
            Part::Any if !is_slash => self.reach(at + 1, next),
            Part::Class(class) if !is_slash && class.holds(byte) => self.reach(at + 1, next),
            Part::Name if !is_slash => self.reach(at, next),
            Part::Rest => self.reach(at, next),
            // Only a whole folder leads on.
            Part::Folders if is_slash => self.reach(at, next),
            Part::Folders => next[at] = true,
            _ => {}
        }
    }
}

/// Reads the part at `at` and tells its length.
fn part(pattern: &[u8], at: usize, parts: &mut Vec<Part>) -> Option<usize> {
    let rest = &pattern[at..];
    let starts_name = at == 0 || pattern[at - 1] == b'/';
    let (part, length) = match rest {
        [b'*', b'*', b'/', ..] if starts_name => (Part::Folders, 3),
        [b'*', b'*'] if starts_name => (Part::Rest, 2),
        [b'*', ..] => (Part::Name, rest.iter().take_while(|&&byte| byte == b'*').count()),
        [b'?', ..] => (Part::Any, 1),
        [b'[', ..] => class(rest)?,
        [b'\\', byte, ..] => (Part::Byte(*byte), 2),
        [b'\\'] | [] => return None,
        [byte, ..] => (Part::Byte(*byte), 1),
    };
    parts.push(part);
    Some(length)
}

/// Reads a class; a `]` at its start belongs to it.
fn class(text: &[u8]) -> Option<(Part, usize)> {
    let negated = matches!(text.get(1), Some(b'!' | b'^'));
    let start = 1 + usize::from(negated);
    let mut at = start;
    let mut ranges = Vec::new();
    loop {
        match *text.get(at)? {
            b']' if at > start => return Some((Part::Class(Class { ranges, negated }), at + 1)),
            first => {
                let last = *text.get(at + 2)?;
                let is_range = text[at + 1] == b'-' && last != b']';
                ranges.push((first, if is_range { last } else { first }));
                at += if is_range { 3 } else { 1 };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_git() {
        for (pattern, path, expected) in [
            ("*.py", "a/b.py", true),
            ("*.py", "a.pyc", false),
            ("/*.py", "a.py", true),
            ("/*.py", "a/b.py", false),
            ("a/*.py", "a/b/c.py", false),
            ("a/**", "a/b/c.py", true),
            ("**/b/*.py", "a/x/b/c.py", true),
            ("**/b/*.py", "b/c.py", true),
            ("**/b/*.py", "xb/c.py", false),
            ("a/**/c.py", "a/c.py", true),
            ("a/**/c.py", "a/b/b/c.py", true),
            ("a/**/c.py", "a/bc.py", false),
            ("[a-c]?.py", "b1.py", true),
            ("[!a-c]?.py", "b1.py", false),
            ("[]x].py", "].py", true),
            ("\\*.py", "*.py", true),
            ("\\*.py", "a.py", false),
            ("a**b", "a/b", false),
            ("a**b", "axxb", true),
        ] {
            assert_eq!(Glob::parse(pattern.as_bytes()).unwrap().matches(path.as_bytes()), expected, "{pattern} {path}");
        }
        for none in ["", "a/", "!a", "a\\", "[a"] {
            assert_eq!(Glob::parse(none.as_bytes()), None, "{none}");
        }
        let slow = Glob::parse("*a".repeat(500).as_bytes()).unwrap();
        assert!(!slow.matches("a".repeat(2_000).replace("aaaa", "aaab").as_bytes()));
    }
}
