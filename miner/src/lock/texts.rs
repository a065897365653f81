//! Sentences by which licences are known, in lower case, single-spaced and without quotes.

/// A licence and what its text must and must not hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Licence {
    /// The SPDX identifier.
    pub(super) id: &'static str,
    /// Whether it demands no more than attribution.
    pub(super) is_permissive: bool,
    /// Sentences that the text holds.
    pub(super) all: &'static [&'static str],
    /// Sentences that make it another licence.
    pub(super) none: &'static [&'static str],
}

const fn free(id: &'static str, all: &'static [&'static str]) -> Licence {
    Licence { id, is_permissive: true, all, none: &[] }
}

const fn bound(id: &'static str, all: &'static [&'static str]) -> Licence {
    Licence { id, is_permissive: false, all, none: &[] }
}

impl Licence {
    const fn without(self, none: &'static [&'static str]) -> Self {
        Self { none, ..self }
    }
}

const GRANT: &str = "permission is hereby granted, free of charge, to any person obtaining a copy of this software and \
                     associated documentation";
const INCLUDED: &str = "shall be included in all copies or substantial portions";
const FOR_GOOD: &str = "shall be used for good, not evil";
const ADVERTISING_NAME: &str = "shall not be used in advertising or otherwise";
const REDISTRIBUTION: &str = "redistribution and use in source and binary forms, with or without modification, are";
const ENDORSE: &str = "endorse or promote products derived from";
const ADVERTISING: &str = "advertising materials mentioning features or use";
const ISC_NEW: &str = "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted";
const ISC_OLD: &str = "permission to use, copy, modify, and distribute this software for any purpose with or without fee is hereby granted";
const APPEAR: &str = "appear in all copies";
const GNU_NOTICE: &str =
    "under the terms of the gnu general public license as published by the free software foundation";
const BEOPEN: &str = "beopen python open source license agreement";
const PSF: &str = "python software foundation license version 2";

/// Every licence that is known. One licence may stand here several times, for its text and for its notice.
pub(super) const LICENCES: &[Licence] = &[
    free("MIT", &[GRANT, INCLUDED]).without(&[FOR_GOOD, ADVERTISING_NAME]),
    free("MIT-0", &[GRANT]).without(&[INCLUDED]),
    free("X11", &[GRANT, INCLUDED, ADVERTISING_NAME]),
    bound("JSON", &[GRANT, FOR_GOOD]),
    free("BSD-2-Clause", &[REDISTRIBUTION]).without(&[ENDORSE, ADVERTISING]),
    free("BSD-3-Clause", &[REDISTRIBUTION, ENDORSE]).without(&[ADVERTISING]),
    free("BSD-4-Clause", &[REDISTRIBUTION, ADVERTISING]),
    free(
        "Apache-2.0",
        &[
            "apache license",
            "version 2.0, january 2004",
            "terms and conditions for use, reproduction, and distribution",
        ],
    ),
    free("Apache-2.0", &["licensed under the apache license, version 2.0", "except in compliance with the license"]),
    free("ISC", &[ISC_NEW, APPEAR]),
    free("ISC", &[ISC_OLD, APPEAR]),
    free("0BSD", &[ISC_NEW]).without(&[APPEAR]),
    free("Unlicense", &["this is free and unencumbered software released into the public domain"]),
    free("CC0-1.0", &["cc0 1.0 universal"]),
    free("CC-BY-4.0", &["creative commons attribution 4.0 international"]),
    free("WTFPL", &["do what the fuck you want to public license"]),
    free("BSL-1.0", &["boost software license - version 1.0"]),
    free("Zlib", &["altered source versions must be plainly marked as such"]),
    free("PSF-2.0", &[PSF]).without(&[BEOPEN]),
    free("Python-2.0", &[PSF, BEOPEN]),
    free("ZPL-2.1", &["zope public license (zpl) version 2.1"]),
    free(
        "HPND",
        &["permission to use, copy, modify, and distribute this software and its documentation for any purpose"],
    ),
    free(
        "HPND",
        &["permission to use, copy, modify and distribute this software and its documentation for any purpose"],
    ),
    free("AFL-3.0", &["academic free license", "version 3.0"]),
    free("BlueOak-1.0.0", &["blue oak model license", "1.0.0"]),
    free("UPL-1.0", &["universal permissive license (upl), version 1.0"]),
    free("MulanPSL-2.0", &["mulan permissive software license, version 2"]),
    bound("MPL-2.0", &["subject to the terms of the mozilla public license, v. 2.0"]),
    bound("AGPL-3.0", &["gnu affero general public license version 3, 19 november 2007"]),
    bound("AGPL-3.0", &["gnu affero general public license as published by the free software foundation"]),
    bound("LGPL-3.0", &["gnu lesser general public license version 3, 29 june 2007"]),
    bound("LGPL-2.1", &["gnu lesser general public license version 2.1, february 1999"]),
    bound("LGPL-2.0", &["gnu library general public license version 2, june 1991"]),
    bound("GPL-3.0", &["gnu general public license version 3, 29 june 2007"]),
    bound("GPL-3.0", &[GNU_NOTICE, "either version 3 of the license"]),
    bound("GPL-2.0", &["gnu general public license version 2, june 1991"]),
    bound("GPL-2.0", &[GNU_NOTICE, "either version 2 of the license"]),
    bound("EPL-2.0", &["eclipse public license - v 2.0"]),
    bound("EPL-1.0", &["eclipse public license - v 1.0"]),
    bound("EUPL-1.2", &["european union public licence v. 1.2"]),
    bound("Artistic-2.0", &["the artistic license 2.0"]),
    bound("CECILL-2.1", &["cecill free software license agreement", "version 2.1"]),
    bound("CC-BY-SA-4.0", &["attribution-sharealike 4.0 international"]),
    bound("CC-BY-NC-4.0", &["attribution-noncommercial 4.0 international"]),
    bound("CC-BY-NC-SA-4.0", &["attribution-noncommercial-sharealike 4.0 international"]),
    bound("BUSL-1.1", &["business source license 1.1"]),
    bound("SSPL-1.0", &["server side public license version 1"]),
    bound("Elastic-2.0", &["elastic license 2.0"]),
    bound("PolyForm-Noncommercial-1.0.0", &["polyform noncommercial license 1.0.0"]),
    bound("LicenseRef-Commons-Clause", &["commons clause license condition"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_in_the_form_that_texts_are_brought_to() {
        for licence in LICENCES {
            assert!(!licence.all.is_empty(), "{}", licence.id);
            for sentence in licence.all.iter().chain(licence.none) {
                let plain = super::super::licence::words(sentence);
                assert_eq!(plain, *sentence, "{}", licence.id);
            }
        }
    }
}
