//! What repositories look like: domains, names of modules, functions and constants, and the roles of modules.
//!
//! Nothing here depends on a convention's value, so nothing that a test imports or calls tells one.

use std::collections::BTreeMap;

use super::dimension::Dimension;
use super::draw::Draw;
use super::filler::{FILLERS, Filler, OOD_FILLERS};
use super::plan::RepoPlan;

/// What a repository is about.
#[derive(Debug)]
pub(super) struct Domain {
    pub(super) package: &'static str,
    pub(super) item: &'static str,
    pub(super) items: &'static str,
    pub(super) place: &'static str,
}

const fn domain(package: &'static str, item: &'static str, items: &'static str, place: &'static str) -> Domain {
    Domain { package, item, items, place }
}

/// The domains of all repositories but the out-of-distribution ones.
pub(super) const DOMAINS: [Domain; 12] = [
    domain("inventory", "part", "parts", "depot"),
    domain("billing", "invoice", "invoices", "office"),
    domain("weather", "reading", "readings", "station"),
    domain("library", "book", "books", "branch"),
    domain("clinic", "visit", "visits", "ward"),
    domain("farming", "crop", "crops", "field"),
    domain("shipping", "parcel", "parcels", "port"),
    domain("kitchen", "recipe", "recipes", "pantry"),
    domain("cinema", "ticket", "tickets", "hall"),
    domain("fitness", "workout", "workouts", "gym"),
    domain("garden", "plant", "plants", "bed"),
    domain("school", "course", "courses", "campus"),
];

/// The domains of the out-of-distribution repositories.
pub(super) const OOD_DOMAINS: [Domain; 6] = [
    domain("orbit", "satellite", "satellites", "dish"),
    domain("museum", "exhibit", "exhibits", "wing"),
    domain("harbour", "vessel", "vessels", "quay"),
    domain("glacier", "core", "cores", "camp"),
    domain("radio", "signal", "signals", "mast"),
    domain("theatre", "costume", "costumes", "stage"),
];

/// First halves of repository names.
pub(super) const ADJECTIVES: [&str; 20] = [
    "amber", "brisk", "calm", "crisp", "dapper", "eager", "fabled", "gentle", "humble", "ivory", "jolly", "keen",
    "lively", "mellow", "noble", "olive", "plain", "quiet", "russet", "sunny",
];

/// The modules every repository has, whatever they are called there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    Errors,
    Settings,
    Store,
    Pricing,
    Paging,
    Report,
    Labels,
    Checks,
    Client,
}

impl Role {
    /// Every role.
    pub(super) const ALL: [Self; 9] = [
        Self::Errors,
        Self::Settings,
        Self::Store,
        Self::Pricing,
        Self::Paging,
        Self::Report,
        Self::Labels,
        Self::Checks,
        Self::Client,
    ];

    /// What the module may be called.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Errors => &["errors", "exceptions", "faults", "problems"],
            Self::Settings => &["settings", "config", "defaults", "options"],
            Self::Store => &["store", "registry", "catalog", "shelf"],
            Self::Pricing => &["pricing", "charges", "tariff", "costs"],
            Self::Paging => &["paging", "slices", "pages", "chunks"],
            Self::Report => &["report", "summary", "overview", "digest"],
            Self::Labels => &["labels", "naming", "marks", "tags"],
            Self::Checks => &["checks", "quality", "limits", "gauges"],
            Self::Client => &["client", "remote", "gateway", "link"],
        }
    }

    /// The key of the module's name in templates.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Errors => "errors",
            Self::Settings => "settings",
            Self::Store => "store",
            Self::Pricing => "pricing",
            Self::Paging => "paging",
            Self::Report => "report",
            Self::Labels => "labels",
            Self::Checks => "checks",
            Self::Client => "client",
        }
    }
}

/// Names of functions, methods and classes: key in templates, words to choose from.
const WORDS: [(&str, &[&str]); 22] = [
    ("Store", &["Store", "Registry", "Ledger", "Catalog"]),
    ("add", &["add", "insert", "register", "put"]),
    ("get", &["get", "fetch", "require", "load"]),
    ("find", &["find", "lookup", "search", "peek"]),
    ("total", &["total", "amount_of_all", "sum_up", "overall"]),
    ("rate_of", &["surcharge", "fee_share", "tax_share", "levy"]),
    ("factor_of", &["markup", "uplift", "premium", "holiday"]),
    ("price_tag", &["price_tag", "quote", "price_label", "offer"]),
    ("Tariff", &["Tariff", "PriceList", "Charges", "Fees"]),
    ("Pager", &["Pager", "Slicer", "PageView", "Window"]),
    ("first_page", &["first_page", "head_page", "opening", "preview"]),
    ("summary", &["summarise", "outcome", "receipt", "closing"]),
    ("Report", &["Report", "Record", "Protocol", "Minutes"]),
    ("stamp", &["stamp", "day_label", "date_label", "dated"]),
    ("field", &["field_name", "column_name", "key_for", "heading"]),
    ("reference", &["reference", "code_for", "identifier", "mark_of"]),
    ("Numbering", &["Numbering", "Counter", "Sequence", "Series"]),
    ("limit", &["limit", "cutoff", "pass_mark", "bar"]),
    ("Gauge", &["Gauge", "Meter", "Monitor", "Watcher"]),
    ("Client", &["Client", "Session", "Connection", "Caller"]),
    ("connect", &["connect", "open_link", "dial", "join_host"]),
    ("suffix", &["Error", "Failure", "Problem", "Trouble"]),
];

/// Names of the constants that hold values.
const fn constants(dimension: Dimension) -> &'static [&'static str] {
    match dimension {
        Dimension::Rate => &["TAX_RATE", "FEE_SHARE", "SURCHARGE"],
        Dimension::Factor => &["HOLIDAY_FACTOR", "MARKUP", "UPLIFT"],
        Dimension::Threshold => &["PASS_MARK", "ALARM_LEVEL", "MINIMUM_SCORE"],
        Dimension::Timeout => &["TIMEOUT", "WAIT_SECONDS", "PATIENCE"],
        Dimension::PageSize => &["PAGE_SIZE", "ROWS_SHOWN", "CHUNK"],
        Dimension::Currency => &["CURRENCY", "UNIT", "MONEY"],
        Dimension::Status => &["SUCCESS", "FINISHED", "GOOD_OUTCOME"],
        Dimension::Reference => &["REFERENCE_MARK", "PREFIX", "SIGN"],
        Dimension::DateSeparator => &["DATE_GLUE", "SEPARATOR", "DAY_JOINT"],
        _ => &[],
    }
}

/// One of two ways in which a role's module is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    A,
    B,
}

/// A constant that holds a convention's value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Constant {
    pub(super) name: &'static str,
    /// Whether it stands in the settings module rather than in the module that uses it.
    pub(super) in_settings: bool,
}

/// Everything about a repository's text that does not change with its conventions.
#[derive(Debug)]
pub(super) struct Surface {
    pub(super) package: String,
    pub(super) title: String,
    pub(super) domain: &'static Domain,
    pub(super) src_layout: bool,
    words: BTreeMap<&'static str, &'static str>,
    modules: BTreeMap<Role, &'static str>,
    variants: BTreeMap<Role, Variant>,
    constants: BTreeMap<Dimension, Constant>,
    pub(super) fillers: Vec<&'static Filler>,
    pub(super) authors: Vec<&'static str>,
}

const AUTHORS: [&str; 8] =
    ["Ada Quill", "Bram Osterley", "Cleo Marsh", "Dario Fenwick", "Edda Lund", "Felix Oram", "Greta Voss", "Hugo Tamm"];

impl Surface {
    /// The surface of the repository of `plan`.
    pub(super) fn new(plan: &RepoPlan) -> Self {
        let mut draw = Draw::new(plan.seed.derive("surface"));
        let package = match draw.below(3) {
            0 => plan.domain.package.to_owned(),
            1 => format!("{}_{}", plan.adjective, plan.domain.package),
            _ => format!("{}kit", plan.domain.package),
        };
        let words: BTreeMap<_, _> = WORDS.iter().map(|(key, words)| (*key, draw.pick(words))).collect();
        let fillers: Vec<&'static Filler> = if plan.is_ood() { OOD_FILLERS.iter() } else { FILLERS.iter() }.collect();
        let count = 4 + draw.below(3);
        Self {
            title: package.split('_').map(capital).collect(),
            package,
            domain: plan.domain,
            src_layout: plan.is_ood(),
            words,
            modules: Role::ALL.iter().map(|&role| (role, draw.pick(role.names()))).collect(),
            variants: Role::ALL.iter().map(|&role| (role, draw.pick(&[Variant::A, Variant::B]))).collect(),
            constants: Dimension::ALL
                .iter()
                .filter(|&&dimension| !constants(dimension).is_empty())
                .map(|&dimension| {
                    let name = draw.pick(constants(dimension));
                    (dimension, Constant { name, in_settings: draw.chance(1, 2) })
                })
                .collect(),
            fillers: draw.shuffled(fillers).into_iter().take(count).collect(),
            authors: draw.shuffled(AUTHORS.to_vec()).into_iter().take(3).collect(),
        }
    }

    /// The word chosen for `key`, if there is such a key.
    pub(super) fn word(&self, key: &str) -> Option<&'static str> {
        self.words.get(key).copied()
    }

    /// The name of the module of `role`.
    pub(super) fn module(&self, role: Role) -> &'static str {
        self.modules[&role]
    }

    /// How the module of `role` is written.
    pub(super) fn variant(&self, role: Role) -> Variant {
        self.variants[&role]
    }

    /// The constant of `dimension`, if its value is held by one.
    pub(super) fn constant(&self, dimension: Dimension) -> Option<Constant> {
        self.constants.get(&dimension).copied()
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
