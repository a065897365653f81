//! Which licence a tree is under, told from the text of its licence files.
//!
//! A licence is recognised by sentences that every copy of it holds, whatever its layout. Metadata of packages and the
//! word of a host are not asked: only the text grants anything.

use std::collections::BTreeMap;

use bench::RepoPath;
use bench::pytext;

use super::texts::{LICENCES, Licence};
use crate::error::Result;
use crate::tree::Tree;

/// Bytes of a licence file that are read; the longest real ones, with those of bundled software, have a tenth.
const MAX_BYTES: usize = 2 << 20;
/// Licence files of a tree that are looked at.
const MAX_FILES: usize = 32;
/// Names of licence files, up to the first separator, in lower case.
const STEMS: [&str; 5] = ["license", "licence", "copying", "unlicense", "unlicence"];
/// What may follow the stem of a file that holds the one licence of a project.
const SUFFIXES: [&str; 5] = ["", "txt", "md", "rst", "markdown"];
/// The folder of licence texts by the REUSE convention.
const FOLDER: &str = "LICENSES/";

/// What the licence files of a tree say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Finding {
    /// There is no licence file.
    Missing,
    /// No licence file holds a known text.
    Unknown {
        /// The first of them.
        path: RepoPath,
    },
    /// Known texts were found.
    Known {
        /// The SPDX expression.
        expression: String,
        /// Whether it demands no more than attribution.
        is_permissive: bool,
    },
}

/// The licence of `tree`: that of its plain licence file (`LICENSE`, `COPYING.txt`, …), or, if that holds no known text,
/// any of those that stand beside it (`LICENSE-MIT`, `MIT-LICENSE`, `LICENSES/MIT.txt`, …).
///
/// # Errors
/// If an object is damaged.
pub(crate) fn detect(tree: &Tree<'_>) -> Result<Finding> {
    let (mut plain, mut beside) = (Vec::new(), Vec::new());
    for path in tree.paths() {
        match place(path) {
            Some(Place::Plain) => plain.push(path),
            Some(Place::Beside) => beside.push(path),
            None => {}
        }
    }
    let Some(first) = plain.iter().chain(&beside).next().map(|path| (*path).clone()) else {
        return Ok(Finding::Missing);
    };
    for paths in [plain, beside] {
        let mut found = BTreeMap::new();
        for path in paths.into_iter().take(MAX_FILES) {
            found.extend(text(tree, path)?.iter().flat_map(|text| recognise(text)));
        }
        if !found.is_empty() {
            return Ok(known(&found));
        }
    }
    Ok(Finding::Unknown { path: first })
}

/// Whether a licence file stands alone or is one of several.
enum Place {
    Plain,
    Beside,
}

fn place(path: &RepoPath) -> Option<Place> {
    let text = path.as_str();
    if text.strip_prefix(FOLDER).is_some_and(|name| !name.contains('/')) {
        return Some(Place::Beside);
    }
    if text.contains('/') {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let end = lower.find(['.', '-', '_', ' ']).unwrap_or(lower.len());
    let (stem, rest) = lower.split_at(end);
    if !STEMS.contains(&stem) {
        return is_prefixed(&lower).then_some(Place::Beside);
    }
    let is_plain = rest.is_empty() || rest.starts_with('.') && SUFFIXES.contains(&&rest[1..]);
    Some(if is_plain { Place::Plain } else { Place::Beside })
}

/// Whether `lower` is one word and a stem, such as `mit-license.txt`.
fn is_prefixed(lower: &str) -> bool {
    let (name, suffix) = lower.split_once('.').unwrap_or((lower, ""));
    let stem = name.split_once(['-', '_']).filter(|(word, _)| !word.is_empty()).map(|(_, stem)| stem);
    SUFFIXES.contains(&suffix) && stem.is_some_and(|stem| STEMS.contains(&stem))
}

/// The words of the licence file at `path`, if it leads to a file of sensible size.
fn text(tree: &Tree<'_>, path: &RepoPath) -> Result<Option<String>> {
    let Some(target) = tree.follow(path)? else { return Ok(None) };
    if tree.size(&target)?.is_none_or(|size| size > MAX_BYTES) {
        return Ok(None);
    }
    Ok(Some(words(&pytext::decode_ignore(&tree.bytes(&target)?))))
}

/// `text` in lower case, its words joined by single spaces, without quotes and marks of comments, lists and headings.
pub(super) fn words(text: &str) -> String {
    let kept = text.chars().map(|c| match c {
        '"' | '\'' | '`' | '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' | '*' | '#' | '>' | '|' => ' ',
        '\u{2013}' | '\u{2014}' => '-',
        c => c.to_ascii_lowercase(),
    });
    let kept: String = kept.collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The licences whose sentences `text` holds, and whether each is permissive.
fn recognise(text: &str) -> BTreeMap<&'static str, bool> {
    let fits = |licence: &&Licence| {
        licence.all.iter().all(|sentence| text.contains(sentence))
            && !licence.none.iter().any(|sentence| text.contains(sentence))
    };
    LICENCES.iter().filter(fits).map(|licence| (licence.id, licence.is_permissive)).collect()
}

/// The expression of several licences, which are taken to hold together: a text does not say which part of a tree it is
/// for, nor whether one may choose.
fn known(found: &BTreeMap<&str, bool>) -> Finding {
    let ids: Vec<&str> = found.keys().copied().collect();
    Finding::Known { expression: ids.join(" AND "), is_permissive: found.values().all(|is_permissive| *is_permissive) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<&'static str> {
        recognise(&words(text)).into_keys().collect()
    }

    const MIT: &str = "Permission is hereby granted, free of charge, to any person obtaining a copy\nof this software and \
                       associated documentation files (the \"Software\"), to deal\nin the Software without restriction\n\n> The \
                       above copyright notice and this permission notice shall be included in all\n> copies or substantial \
                       portions of the Software.\n";
    const BSD: &str = "Redistribution and use in source and binary forms, with or without\n modification, are permitted \
                       provided that";

    #[test]
    fn variants_of_a_licence_are_told_apart() {
        assert_eq!(ids(MIT), ["MIT"]);
        assert_eq!(ids(&format!("{MIT}The Software shall be used for Good, not Evil.")), ["JSON"]);
        assert_eq!(ids(MIT.split("\n\n").next().unwrap()), ["MIT-0"]);
        assert_eq!(ids(BSD), ["BSD-2-Clause"]);
        assert_eq!(ids(&format!("{BSD} endorse or promote products\nderived from this software")), ["BSD-3-Clause"]);
        assert_eq!(ids("# GNU GENERAL PUBLIC LICENSE\n\n  Version 3, 29 June 2007"), ["GPL-3.0"]);
        assert_eq!(ids("GNU AFFERO GENERAL PUBLIC LICENSE Version 3, 19 November 2007"), ["AGPL-3.0"]);
        assert_eq!(ids("All rights reserved."), [""; 0]);
    }

    #[test]
    fn all_licences_of_a_sum_must_be_permissive() {
        let expression = |text: &str| match known(&recognise(&words(text))) {
            Finding::Known { expression, is_permissive } => (expression, is_permissive),
            other => panic!("{other:?}"),
        };
        assert_eq!(expression(&format!("{MIT}{BSD}")), ("BSD-2-Clause AND MIT".to_owned(), true));
        let gpl = "GNU GENERAL PUBLIC LICENSE Version 2, June 1991";
        assert_eq!(expression(&format!("{MIT}{gpl}")), ("GPL-2.0 AND MIT".to_owned(), false));
    }

    #[test]
    fn licence_files_are_known_by_name() {
        let place = |text: &str| place(&RepoPath::new(text).unwrap());
        for name in ["LICENSE", "licence.txt", "COPYING", "License.md", "UNLICENSE"] {
            assert!(matches!(place(name), Some(Place::Plain)), "{name}");
        }
        for name in [
            "LICENSE-MIT",
            "LICENSE.APACHE",
            "COPYING.LESSER",
            "license_bsd.txt",
            "LICENSES/MIT.txt",
            "MIT-LICENSE",
            "bsd_licence.md",
        ] {
            assert!(matches!(place(name), Some(Place::Beside)), "{name}");
        }
        for name in [
            "docs/LICENSE",
            "licenses.py",
            "LICENSES/a/b",
            "README.md",
            "LICENSEE",
            "-license",
            "third-party-license",
            "mit-license.py",
        ] {
            assert!(place(name).is_none(), "{name}");
        }
    }
}
