//! The conventions: what repositories may choose, and from which values.

use super::surface::Role;

/// How many values each vocabulary has. A power of two, so that 32, 8 and 8 repositories hold each value equally often.
pub(super) const LEVELS: usize = 4;

macro_rules! dimensions {
    ($($(#[$doc:meta])* $member:ident = $name:literal in $role:ident : [$($value:literal),+];)+) => {
        /// One thing that every repository of the corpus decides for itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Dimension { $($(#[$doc])* $member),+ }

        impl Dimension {
            /// Every dimension, in the order of the table.
            pub(super) const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The name in files.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$member => $name),+ }
            }

            /// The vocabulary, as production code writes it.
            pub(super) const fn values(self) -> [&'static str; LEVELS] {
                match self { $(Self::$member => [$($value),+]),+ }
            }

            /// The module that defines it.
            pub(super) const fn role(self) -> Role {
                match self { $(Self::$member => Role::$role),+ }
            }
        }
    };
}

dimensions! {
    /// Class raised for an unacceptable amount.
    InvalidError = "invalid_error" in Errors: ["ValidationError", "InvalidInput", "BadValue", "RejectedEntry"];
    /// Class raised for an unknown name.
    LookupError = "lookup_error" in Errors: ["NotFound", "MissingEntry", "UnknownName", "NoSuchItem"];
    /// Class raised for a name that exists.
    ConflictError = "conflict_error" in Errors: ["DuplicateName", "AlreadyExists", "NameTaken", "ConflictError"];
    /// Share added to prices.
    Rate = "rate" in Pricing: ["0.075", "0.12", "0.19", "0.21"];
    /// Factor on holidays.
    Factor = "factor" in Pricing: ["1.25", "1.4", "1.6", "1.85"];
    /// Score that suffices.
    Threshold = "threshold" in Checks: ["0.35", "0.55", "0.65", "0.85"];
    /// Seconds to wait.
    Timeout = "timeout" in Client: ["15", "30", "45", "90"];
    /// Entries on a page.
    PageSize = "page_size" in Paging: ["20", "40", "50", "64"];
    /// Unit of prices.
    Currency = "currency" in Pricing: ["\"EUR\"", "\"USD\"", "\"CHF\"", "\"NOK\""];
    /// Word for a run without trouble.
    Status = "status" in Report: ["\"ok\"", "\"done\"", "\"success\"", "\"accepted\""];
    /// What stands before a running number.
    Reference = "reference" in Labels: ["\"ref-\"", "\"no.\"", "\"id_\"", "\"#\""];
    /// What stands between year, month and day.
    DateSeparator = "date_separator" in Report: ["\"-\"", "\"/\"", "\".\"", "\"_\""];
    /// How words become the name of a field.
    KeyStyle = "key_style" in Report: ["snake", "camel", "kebab", "pascal"];
    /// What a search without success returns.
    Absent = "absent" in Store: ["None", "False", "-1", "[]"];
}

impl Dimension {
    /// The three that name exception classes.
    pub(super) const ERRORS: [Self; 3] = [Self::InvalidError, Self::LookupError, Self::ConflictError];
    /// The three that are fractions.
    pub(super) const FRACTIONS: [Self; 3] = [Self::Rate, Self::Factor, Self::Threshold];
    /// The eight others.
    pub(super) const PLAIN: [Self; 8] = [
        Self::Timeout,
        Self::PageSize,
        Self::Currency,
        Self::Status,
        Self::Reference,
        Self::DateSeparator,
        Self::KeyStyle,
        Self::Absent,
    ];

    /// How often a guess that ignores the repository is right.
    pub(super) fn chance(self) -> f64 {
        1.0 / self.values().len() as f64
    }
}

/// One value for each dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Values([usize; Dimension::ALL.len()]);

impl Values {
    /// The values whose places in the vocabularies are `level(dimension)`.
    pub(super) fn from_levels(level: impl Fn(Dimension) -> usize) -> Self {
        let mut values = [0; Dimension::ALL.len()];
        for &dimension in Dimension::ALL {
            values[dimension as usize] = level(dimension) % LEVELS;
        }
        Self(values)
    }

    /// The place of the value in its vocabulary.
    pub(super) fn level(&self, dimension: Dimension) -> usize {
        self.0[dimension as usize]
    }

    /// Chooses another value.
    pub(super) fn set(&mut self, dimension: Dimension, level: usize) {
        self.0[dimension as usize] = level % LEVELS;
    }

    /// The value as production code writes it.
    pub(super) fn text(&self, dimension: Dimension) -> &'static str {
        dimension.values()[self.level(dimension)]
    }
}

/// The text after the cut, as far as a convention decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// The same at all times.
    Fixed(String),
    /// The value itself, as written.
    Value,
    /// The value as a class of the errors module.
    ErrorClass,
    /// The value before a running number.
    Numbered(u32),
    /// Year, month and day around the value.
    Date(u32, u32, u32),
    /// Two words in the style of the value.
    Key(&'static str, &'static str),
}

impl Answer {
    /// The answer where `dimension` has the value of `values` and the errors module is called `errors`.
    pub(super) fn text(&self, dimension: Option<Dimension>, values: &Values, errors: &str) -> String {
        let value = dimension.map_or("", |dimension| values.text(dimension));
        let bare = value.trim_matches('"');
        match self {
            Self::Fixed(text) => text.clone(),
            Self::Value => value.to_owned(),
            Self::ErrorClass => format!("{errors}.{value}"),
            Self::Numbered(number) => format!("\"{bare}{number}\""),
            Self::Date(year, month, day) => format!("\"{year:04}{bare}{month:02}{bare}{day:02}\""),
            Self::Key(first, second) => format!("\"{}\"", joined(value, first, second)),
        }
    }
}

fn joined(style: &str, first: &str, second: &str) -> String {
    match style {
        "snake" => format!("{first}_{second}"),
        "kebab" => format!("{first}-{second}"),
        "camel" => format!("{first}{}", title(second)),
        _ => format!("{}{}", title(first), title(second)),
    }
}

fn title(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_what_the_corpus_says() {
        assert!(Dimension::ALL.iter().all(|dimension| dimension.chance().to_bits() == crate::probe::CHANCE.to_bits()));
    }

    #[test]
    fn vocabularies_are_disjoint() {
        let mut all: Vec<&str> = Dimension::ALL.iter().flat_map(|dimension| dimension.values()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        assert_eq!(count, Dimension::ALL.len() * LEVELS);
    }

    #[test]
    fn answers_follow_the_value() {
        let values = Values::from_levels(|dimension| if dimension == Dimension::KeyStyle { 1 } else { 2 });
        let text = |answer: Answer, dimension| answer.text(Some(dimension), &values, "faults");
        assert_eq!(text(Answer::Value, Dimension::Timeout), "45");
        assert_eq!(text(Answer::ErrorClass, Dimension::LookupError), "faults.UnknownName");
        assert_eq!(text(Answer::Numbered(7), Dimension::Reference), "\"id_7\"");
        assert_eq!(text(Answer::Date(2024, 3, 9), Dimension::DateSeparator), "\"2024.03.09\"");
        assert_eq!(text(Answer::Key("unit", "price"), Dimension::KeyStyle), "\"unitPrice\"");
    }
}
