//! How long the ids in `index` lines are.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use git2::Oid;

use crate::error::{Error, Result};
use crate::repository::Repository;

/// A number of hexadecimal digits.
///
/// git takes as many as are probably unique among the objects of the clone, and more where they are not; the latter is
/// left out. So the length tells of the clone, not of the commit: equal bytes from different clones need [`Self::SHORTEST`]
/// (R149), and who compares diffs masks these lines (R106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abbreviation(usize);

impl Abbreviation {
    /// Seven digits: git's least, for clones of up to 16,383 objects.
    pub const SHORTEST: Self = Self(7);

    /// What git chooses for `repository`: half as many digits as the number of its packed objects has bits.
    ///
    /// # Errors
    /// If the folder of packs cannot be read.
    pub fn of(repository: &Repository) -> Result<Self> {
        let folder = repository.git.commondir().join("objects").join("pack");
        let unreadable = |path: &Path, source| Error::Io { action: "read", path: path.to_owned(), source };
        let mut objects = 0;
        for entry in fs::read_dir(&folder).map_err(|source| unreadable(&folder, source))? {
            let path = entry.map_err(|source| unreadable(&folder, source))?.path();
            if path.extension().is_some_and(|suffix| suffix == "idx") {
                objects += packed(&path).map_err(|source| unreadable(&path, source))?;
            }
        }
        Ok(Self::for_objects(objects))
    }

    fn for_objects(objects: u64) -> Self {
        let bits = usize::try_from(u64::BITS - objects.leading_zeros()).unwrap_or(0);
        Self(bits.div_ceil(2).max(Self::SHORTEST.0))
    }

    /// The first digits of `id`; zeros if there is none.
    pub(super) fn short(self, id: Option<Oid>) -> String {
        let mut text = id.unwrap_or(Oid::ZERO_SHA1).to_string();
        text.truncate(self.0);
        text
    }
}

/// How many objects the index of a pack lists: the last of 256 running sums, after a header in newer versions.
fn packed(index: &Path) -> std::io::Result<u64> {
    let mut file = File::open(index)?;
    let mut word = [0; 4];
    file.read_exact(&mut word)?;
    let header = if word == [0xff, b't', b'O', b'c'] { 8 } else { 0 };
    file.seek(SeekFrom::Start(header + 255 * 4))?;
    file.read_exact(&mut word)?;
    Ok(u64::from(u32::from_be_bytes(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_with_the_clone() {
        for (objects, digits) in [(0, 7), (16_383, 7), (16_384, 8), (65_535, 8), (65_536, 9), (12_000_000, 12)] {
            assert_eq!(Abbreviation::for_objects(objects), Abbreviation(digits), "{objects}");
        }
        assert_eq!(Abbreviation::SHORTEST.short(None), "0000000");
    }
}
