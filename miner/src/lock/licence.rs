//! Which licence a tree is under, told from the text of its licence files.
//!
//! A licence is recognised by sentences that every copy of it holds, whatever its layout. Metadata of packages and the
//! word of a host are not asked: only the text grants anything.

use std::collections::BTreeSet;

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
/// any of those that stand beside it (`LICENSE-MIT`, `LICENSES/MIT.txt`, …).
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
    for (paths, joint) in [(plain, Joint::Sum), (beside, Joint::Choice)] {
        let mut files = Vec::new();
        for path in paths.into_iter().take(MAX_FILES) {
            files.extend(text(tree, path)?.map(|text| recognise(&text)).filter(|licences| !licences.is_empty()));
        }
        if !files.is_empty() {
            return Ok(known(&files, joint));
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
        return None;
    }
    let is_plain = rest.is_empty() || rest.starts_with('.') && SUFFIXES.contains(&&rest[1..]);
    Some(if is_plain { Place::Plain } else { Place::Beside })
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

/// The licences whose sentences `text` holds, by identifier.
fn recognise(text: &str) -> Vec<&'static Licence> {
    let fits = |licence: &&Licence| {
        licence.all.iter().all(|sentence| text.contains(sentence))
            && !licence.none.iter().any(|sentence| text.contains(sentence))
    };
    let mut found: Vec<&Licence> = LICENCES.iter().filter(fits).collect();
    found.sort_by_key(|licence| licence.id);
    found.dedup_by_key(|licence| licence.id);
    found
}

/// How the licence files of a tree belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    /// All of them hold.
    Sum,
    /// One may be chosen.
    Choice,
}

/// The expression over `files`. All licences of one file hold together, bundled software being why there are several.
fn known(files: &[Vec<&Licence>], joint: Joint) -> Finding {
    let permissive = |licences: &Vec<&Licence>| licences.iter().all(|licence| licence.is_permissive);
    let each: Vec<Vec<&str>> = files.iter().map(|file| file.iter().map(|licence| licence.id).collect()).collect();
    match joint {
        Joint::Sum => {
            let all: BTreeSet<&str> = each.into_iter().flatten().collect();
            let expression = all.into_iter().collect::<Vec<_>>().join(" AND ");
            Finding::Known { expression, is_permissive: files.iter().all(permissive) }
        }
        Joint::Choice => {
            let all: BTreeSet<String> = each.iter().map(|file| file.join(" AND ")).collect();
            let several = all.len() > 1;
            let enclosed = |ids: &String| if several && ids.contains(' ') { format!("({ids})") } else { ids.clone() };
            let expression = all.iter().map(enclosed).collect::<Vec<_>>().join(" OR ");
            Finding::Known { expression, is_permissive: files.iter().any(permissive) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> Vec<&'static Licence> {
        recognise(&words(text))
    }

    fn ids(text: &str) -> Vec<&'static str> {
        file(text).into_iter().map(|licence| licence.id).collect()
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
    fn sums_need_every_licence_and_choices_one() {
        let gpl = "GNU GENERAL PUBLIC LICENSE Version 2, June 1991";
        let (both, mit, gpl) = (file(&format!("{MIT}{gpl}")), file(MIT), file(gpl));
        let known = |files: &[Vec<&'static Licence>], joint| match known(files, joint) {
            Finding::Known { expression, is_permissive } => (expression, is_permissive),
            other => panic!("{other:?}"),
        };
        assert_eq!(known(std::slice::from_ref(&both), Joint::Sum), ("GPL-2.0 AND MIT".to_owned(), false));
        assert_eq!(known(&[mit.clone(), gpl.clone()], Joint::Sum), ("GPL-2.0 AND MIT".to_owned(), false));
        assert_eq!(known(&[mit, gpl.clone()], Joint::Choice), ("GPL-2.0 OR MIT".to_owned(), true));
        assert_eq!(known(&[both, gpl], Joint::Choice), ("GPL-2.0 OR (GPL-2.0 AND MIT)".to_owned(), false));
    }

    #[test]
    fn licence_files_are_known_by_name() {
        let place = |text: &str| place(&RepoPath::new(text).unwrap());
        for name in ["LICENSE", "licence.txt", "COPYING", "License.md", "UNLICENSE"] {
            assert!(matches!(place(name), Some(Place::Plain)), "{name}");
        }
        for name in ["LICENSE-MIT", "LICENSE.APACHE", "COPYING.LESSER", "license_bsd.txt", "LICENSES/MIT.txt"] {
            assert!(matches!(place(name), Some(Place::Beside)), "{name}");
        }
        for name in ["docs/LICENSE", "licenses.py", "LICENSES/a/b", "README.md", "LICENSEE"] {
            assert!(place(name).is_none(), "{name}");
        }
    }
}
