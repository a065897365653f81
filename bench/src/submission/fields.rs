//! Reading the fields of an object one by one, noting everything that is wrong with them.

use std::collections::BTreeMap;

use super::fault::{Fault, FaultKind};
use super::json::Json;
use crate::nearest::nearest;

/// How long a text may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    /// Characters at most.
    most: usize,
    /// Whether it may be blank.
    blank: bool,
}

/// Of names, identifiers and addresses: they stand in tables.
pub(super) const NAME: Length = Length { most: 200, blank: false };
/// Of sentences.
pub(super) const SENTENCE: Length = Length { most: 2_000, blank: true };
/// Settings of one kind at most.
pub(super) const MAX_SETTINGS: usize = 200;

/// An object whose fields are taken one after the other.
pub(super) struct Fields<'a> {
    /// What the object is called in messages: `the header`.
    whole: &'static str,
    pairs: Vec<(String, Json)>,
    asked: Vec<&'static str>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Fields<'a> {
    /// The fields `pairs` of what is called `whole`; faults are added to `faults`.
    pub(super) fn new(whole: &'static str, pairs: Vec<(String, Json)>, faults: &'a mut Vec<Fault>) -> Self {
        Self { whole, pairs, asked: Vec::new(), faults }
    }

    /// The value of `name`, if it is there.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Json> {
        self.asked.push(name);
        let mut found = None;
        let mut repeated = false;
        self.pairs.retain_mut(|(other, value)| {
            let wanted = other == name;
            if wanted {
                repeated |= found.is_some();
                found.get_or_insert_with(|| std::mem::replace(value, Json::Null));
            }
            !wanted
        });
        if repeated {
            self.fault(FaultKind::RepeatedField, format!("{} has `{name}` twice", self.whole), "keep one of them");
        }
        found
    }

    /// The value of `name`, which must be there.
    pub(super) fn required(&mut self, name: &'static str) -> Option<Json> {
        let value = self.take(name);
        if value.is_none() {
            let (message, remedy) = (format!("{} has no `{name}`", self.whole), format!("add `{name}`"));
            self.fault(FaultKind::MissingField, message, remedy);
        }
        value
    }

    /// The text `name`, which must be there.
    pub(super) fn text(&mut self, name: &'static str, length: Length) -> Option<String> {
        let value = self.required(name)?;
        self.text_of(name, value, length)
    }

    /// The text `name`, if it is there.
    pub(super) fn optional_text(&mut self, name: &'static str, length: Length) -> Option<String> {
        let value = self.take(name)?;
        self.text_of(name, value, length)
    }

    fn text_of(&mut self, name: &str, value: Json, length: Length) -> Option<String> {
        let Json::Text(text) = value else { return self.wrong(name, &value, "a text") };
        self.check_text(name, &text, length).then_some(text)
    }

    fn check_text(&mut self, name: &str, text: &str, length: Length) -> bool {
        let characters = text.chars().count();
        if characters > length.most {
            let message = format!("`{name}` has {characters} characters");
            self.fault(FaultKind::BadText, message, format!("use at most {}", length.most));
        } else if !length.blank && text.trim().is_empty() {
            self.fault(FaultKind::BadText, format!("`{name}` is blank"), "fill it in");
        } else {
            return true;
        }
        false
    }

    /// The number `name`, if it is there and a count of at most `most`.
    pub(super) fn optional_count(&mut self, name: &'static str, most: u64) -> Option<u64> {
        match self.take(name)? {
            Json::Whole(number) => self.count_of(name, number, most),
            other => self.wrong(name, &other, "a whole number"),
        }
    }

    /// `number` if it is a count of at most `most`.
    pub(super) fn count_of(&mut self, name: &str, number: i128, most: u64) -> Option<u64> {
        let count = u64::try_from(number).ok().filter(|count| *count <= most);
        if count.is_none() {
            let message = format!("`{name}` is {number}");
            self.fault(FaultKind::BadCount, message, format!("write a number in 0..={most}, or leave the field out"));
        }
        count
    }

    /// The number `name`, if it is there: any number in `0..=most`.
    pub(super) fn optional_amount(&mut self, name: &'static str, most: u32) -> Option<f64> {
        let number = match self.take(name)? {
            Json::Whole(number) => number as f64,
            Json::Fraction(number) => number,
            other => return self.wrong(name, &other, "a number"),
        };
        if (0.0..=f64::from(most)).contains(&number) {
            return Some(number);
        }
        let remedy = format!("write a number in 0..={most}, or leave the field out");
        self.fault(FaultKind::BadCount, format!("`{name}` is {number}"), remedy);
        None
    }

    /// The truth value `name`, if it is there.
    pub(super) fn optional_bool(&mut self, name: &'static str) -> Option<bool> {
        match self.take(name)? {
            Json::Bool(value) => Some(value),
            other => self.wrong(name, &other, "true or false"),
        }
    }

    /// The texts of the object `name`, by name; none if it is not there.
    pub(super) fn settings(&mut self, name: &'static str) -> BTreeMap<String, String> {
        let Some(value) = self.take(name) else { return BTreeMap::new() };
        let Json::Object(pairs) = value else {
            return self.wrong(name, &value, "an object of texts").unwrap_or_default();
        };
        if pairs.len() > MAX_SETTINGS {
            let message = format!("`{name}` has {} entries", pairs.len());
            self.fault(FaultKind::BadText, message, format!("use at most {MAX_SETTINGS}"));
            return BTreeMap::new();
        }
        let mut settings = BTreeMap::new();
        for (key, value) in pairs {
            let full = format!("{name}.{key}");
            if !self.check_text(&full, &key, NAME) {
                continue;
            }
            let Some(text) = self.text_of(&full, value, SENTENCE) else { continue };
            if settings.insert(key, text).is_some() {
                let message = format!("{} has `{full}` twice", self.whole);
                self.fault(FaultKind::RepeatedField, message, "keep one of them");
            }
        }
        settings
    }

    /// Notes a fault.
    pub(super) fn fault(&mut self, code: FaultKind, message: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Fault::new(code, message, remedy));
    }

    /// Notes that `name` is not what is `needed`; none.
    pub(super) fn wrong<T>(&mut self, name: &str, found: &Json, needed: &str) -> Option<T> {
        let message = format!("`{name}` is {}", found.what());
        let remedy = match found {
            Json::Null => format!("write {needed}, or leave the field out if it is optional"),
            _ => format!("write {needed}"),
        };
        self.fault(FaultKind::WrongType, message, remedy);
        None
    }

    /// Notes every field that was not asked for.
    pub(super) fn finish(self) {
        for (name, _) in &self.pairs {
            self.faults.push(unknown(self.whole, name, &self.asked));
        }
    }
}

/// The fault of `whole` having a field `name` that is none of `known`.
pub(super) fn unknown(whole: &str, name: &str, known: &[&str]) -> Fault {
    let short: String = name.chars().take(40).collect();
    let remedy = match nearest(name, known.iter().copied()) {
        Some(guess) => format!("did you mean `{guess}`?"),
        None => format!("remove it; known are {}", known.join(", ")),
    };
    Fault::new(FaultKind::UnknownField, format!("{whole} has an unknown field `{short}`"), remedy)
}
