//! As much of Thrift's compact protocol as it takes to walk Parquet's structures without believing any size in them.

use std::io::{self, BufRead, ErrorKind};

/// How deep structures may nest; Parquet's need a third of it.
const MAX_DEPTH: u32 = 32;

/// The type of a value, as the protocol numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// True or false, in the type itself.
    Flag,
    /// One byte.
    Byte,
    /// A number of variable length.
    Number,
    /// Eight bytes.
    Double,
    /// A length and as many bytes.
    Bytes,
    /// A list or a set.
    List,
    /// A map.
    Map,
    /// Fields up to a stop.
    Struct,
}

impl Kind {
    fn of(code: u8) -> io::Result<Self> {
        Ok(match code {
            1 | 2 => Self::Flag,
            3 => Self::Byte,
            4..=6 => Self::Number,
            7 => Self::Double,
            8 => Self::Bytes,
            9 | 10 => Self::List,
            11 => Self::Map,
            12 => Self::Struct,
            _ => return Err(broken()),
        })
    }
}

/// Reads structures from at most `left` bytes.
pub(super) struct Walk<R> {
    reader: R,
    left: u64,
}

impl<R: BufRead> Walk<R> {
    /// A walk over the next `left` bytes of `reader`.
    pub(super) fn new(reader: R, left: u64) -> Self {
        Self { reader, left }
    }

    /// The bytes that are left.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// The next field of a structure whose last one was `last`, or none at its stop.
    pub(super) fn field(&mut self, last: i64) -> io::Result<Option<(i64, Kind)>> {
        let head = self.byte()?;
        if head == 0 {
            return Ok(None);
        }
        let id = if head >> 4 == 0 { self.number()? } else { last.saturating_add(i64::from(head >> 4)) };
        Ok(Some((id, Kind::of(head & 15)?)))
    }

    /// A signed number.
    pub(super) fn number(&mut self) -> io::Result<i64> {
        let raw = self.unsigned()?;
        Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
    }

    /// The length of a list and the type of its items, of which each takes at least a byte.
    pub(super) fn list(&mut self) -> io::Result<(u64, Kind)> {
        let head = self.byte()?;
        let length = if head >> 4 == 15 { self.unsigned()? } else { u64::from(head >> 4) };
        Ok((self.fitting(length)?, Kind::of(head & 15)?))
    }

    /// Passes over a value of `kind`.
    pub(super) fn skip(&mut self, kind: Kind) -> io::Result<()> {
        self.skip_to(kind, MAX_DEPTH)
    }

    /// Passes over `count` bytes.
    pub(super) fn pass(&mut self, count: u64) -> io::Result<()> {
        let mut left = self.fitting(count)?;
        self.left -= left;
        while left > 0 {
            let there = self.reader.fill_buf()?.len();
            if there == 0 {
                return Err(broken());
            }
            let step = there.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.reader.consume(step);
            left -= step as u64;
        }
        Ok(())
    }

    fn skip_to(&mut self, kind: Kind, depth: u32) -> io::Result<()> {
        let deeper = depth.checked_sub(1).ok_or_else(broken)?;
        match kind {
            Kind::Flag => {}
            Kind::Byte => drop(self.byte()?),
            Kind::Number => drop(self.unsigned()?),
            Kind::Double => self.pass(8)?,
            Kind::Bytes => {
                let length = self.unsigned()?;
                self.pass(length)?;
            }
            Kind::List => {
                let (length, item) = self.list()?;
                for _ in 0..length {
                    self.skip_item(item, deeper)?;
                }
            }
            Kind::Map => {
                let length = self.unsigned()?;
                let length = self.fitting(length)?;
                if length > 0 {
                    let kinds = self.byte()?;
                    let (key, value) = (Kind::of(kinds >> 4)?, Kind::of(kinds & 15)?);
                    for _ in 0..length {
                        self.skip_item(key, deeper)?;
                        self.skip_item(value, deeper)?;
                    }
                }
            }
            Kind::Struct => {
                let mut last = 0;
                while let Some((id, kind)) = self.field(last)? {
                    self.skip_to(kind, deeper)?;
                    last = id;
                }
            }
        }
        Ok(())
    }

    /// As [`Walk::skip`], of an item of a list, where a flag takes a byte.
    fn skip_item(&mut self, kind: Kind, depth: u32) -> io::Result<()> {
        if kind == Kind::Flag { self.byte().map(drop) } else { self.skip_to(kind, depth) }
    }

    fn byte(&mut self) -> io::Result<u8> {
        let byte = self.reader.fill_buf()?.first().copied().filter(|_| self.left > 0).ok_or_else(broken)?;
        self.reader.consume(1);
        self.left -= 1;
        Ok(byte)
    }

    fn unsigned(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(broken())
    }

    fn fitting(&self, length: u64) -> io::Result<u64> {
        if length <= self.left { Ok(length) } else { Err(broken()) }
    }
}

/// What says that the bytes are no such structure.
pub(super) fn broken() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "its structure is broken")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(bytes: &[u8]) -> io::Result<u64> {
        let mut walk = Walk::new(bytes, bytes.len() as u64);
        walk.skip(Kind::Struct).map(|()| walk.left())
    }

    #[test]
    fn structures_are_passed_over_whole() {
        // 1: -1, 2: true, 3: "ab", 4: [1, 2], 5: {}, 7 (by number): 1.0 … and a byte behind it.
        let bytes = [
            0x15, 0x01, 0x11, 0x18, 2, b'a', b'b', 0x19, 0x25, 2, 4, 0x1b, 0, 0x07, 14, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f,
            0, 9,
        ];
        assert_eq!(skipped(&bytes).expect("a structure"), 1);
        for end in 0..bytes.len() - 1 {
            assert!(skipped(&bytes[..end]).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn sizes_and_depths_are_not_believed() {
        let mut long = vec![0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x0f];
        long.resize(1_000, 0);
        assert!(skipped(&long).is_err());
        assert!(skipped(&[0x1c; 1_000]).is_err());
        assert!(skipped(&[0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0]).is_err());
    }
}
