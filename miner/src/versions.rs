//! What a release should tell of how it was mined.

use std::collections::BTreeMap;

use bench::BlobId;

use crate::RULES_VERSION;

/// Versions of what mining depends on, by name: our rules, and the library that reads repositories.
pub fn versions() -> BTreeMap<String, String> {
    let (major, minor, patch) = git2::Version::get().libgit2_version();
    BTreeMap::from([
        ("libgit2".to_owned(), format!("{major}.{minor}.{patch}")),
        ("rules".to_owned(), RULES_VERSION.to_owned()),
    ])
}

/// The id that git gives to a file of these `bytes`.
///
/// # Panics
/// Never: any bytes have an id.
pub fn blob_id(bytes: &[u8]) -> BlobId {
    name_of(git2::Oid::hash_object(git2::ObjectType::Blob, bytes).expect("because any bytes can be hashed"))
}

/// The blob `id` as tables name it.
pub(crate) fn name_of(id: git2::Oid) -> BlobId {
    BlobId::new(id.to_string()).expect("because git writes ids in this form")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_git() {
        assert_eq!(blob_id(b"").as_str(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    }
}
