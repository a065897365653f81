//! Sets of words that are fixed: one macro gives each its names, its list and its parser.

/// Declares an enum whose members have one written name each, with `ALL`, `name`, `FromStr`, `Display` and serde.
macro_rules! closed_set {
    ($(#[$meta:meta])* $vis:vis enum $name:ident as $what:literal { $($(#[$doc:meta])* $member:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        $vis enum $name { $($(#[$doc])* #[serde(rename = $text)] $member),+ }

        impl $name {
            /// Every member, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The written name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$member => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Error;
            fn from_str(word: &str) -> $crate::Result<Self> {
                Self::ALL.iter().copied().find(|member| member.name() == word).ok_or_else(|| $crate::Error::Unknown {
                    what: $what,
                    word: word.to_owned(),
                    known: Self::ALL.iter().map(|member| member.name()).collect::<Vec<_>>().join(", "),
                })
            }
        }
    };
}
pub(crate) use closed_set;
