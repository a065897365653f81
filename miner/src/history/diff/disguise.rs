//! Bytes that the library takes for blanks, unlike git.

/// Form feed and vertical tab. Among equal edits, the one that stands best among indented and blank lines is shown; to the
/// library a line of these is blank, to git it is not.
const ODD: [u8; 2] = [0x0c, 0x0b];
/// Bytes that are no blanks to either.
const PLAIN: std::ops::Range<u8> = 1..8;

/// Two bytes that stand for the odd ones while two texts are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Disguise([u8; 2]);

impl Disguise {
    /// A disguise for two texts, if they need one: two bytes that neither of them holds. None, too, if there are no such
    /// bytes, as in no text.
    pub(super) fn of(old: &[u8], new: &[u8]) -> Option<Self> {
        let holds = |byte: u8| [old, new].iter().any(|text| memchr::memchr(byte, text).is_some());
        if !ODD.iter().any(|&byte| holds(byte)) {
            return None;
        }
        let mut free = PLAIN.filter(|&byte| !holds(byte));
        Some(Self([free.next()?, free.next()?]))
    }

    /// `text` in disguise.
    pub(super) fn on(self, text: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        replace(&mut text, ODD, self.0);
        text
    }

    /// Takes the disguise off `text`.
    pub(super) fn off(self, text: &mut [u8]) {
        replace(text, self.0, ODD);
    }
}

fn replace(text: &mut [u8], from: [u8; 2], to: [u8; 2]) {
    for byte in text {
        if *byte == from[0] {
            *byte = to[0];
        } else if *byte == from[1] {
            *byte = to[1];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguises_come_off() {
        assert_eq!(Disguise::of(b"a\n", b"b\n"), None);
        let (old, new) = (b"\x0c\n\x01\x0b\n", b"\x02\x0c\x0b\n");
        let disguise = Disguise::of(old, new).unwrap();
        let mut text = disguise.on(old);
        assert_eq!(text, b"\x03\n\x01\x04\n");
        disguise.off(&mut text);
        assert_eq!(text, old);
    }
}
