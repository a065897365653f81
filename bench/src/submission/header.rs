//! The header of a predictions file, field by field.

use super::fault::{Fault, FaultKind};
use super::fields::{Fields, NAME, SENTENCE};
use super::json::Json;
use crate::prediction::{MethodCard, PREDICTIONS_FORMAT, PredictionsHeader, TrainingBudget};
use crate::split::Split;

/// The field that tells a header from an answer.
pub(super) const MARK: &str = "repopeft_predictions";
/// Parameters, examples and tokens at most: beyond what anyone has trained with.
const MAX_AMOUNT: u64 = 1_000_000_000_000_000;
/// Hours of accelerators at most, for the same reason.
const MAX_HOURS: u32 = 1_000_000_000;

/// Whether an object with these fields is meant as a header, well-formed or not.
pub(super) fn is_header(pairs: &[(String, Json)]) -> bool {
    let has = |name: &str| pairs.iter().any(|(other, _)| other == name);
    has(MARK) || !has("task") && (has("card") || has("release") || has("splits"))
}

/// The header with these fields, if nothing is wrong with it; whatever is wrong is added to `faults`.
///
/// Of a header of another format only that is said: what its fields are is not for this version to judge.
pub(super) fn decode(pairs: Vec<(String, Json)>, faults: &mut Vec<Fault>) -> Option<PredictionsHeader> {
    let before = faults.len();
    let mut fields = Fields::new("the header", pairs, faults);
    let format = fields.required(MARK);
    match format {
        Some(Json::Whole(number)) if number == i128::from(PREDICTIONS_FORMAT) => {}
        None => {}
        Some(other) => {
            let message = format!("`{MARK}` is {}", other.what());
            fields.fault(FaultKind::WrongFormat, message, format!("write format {PREDICTIONS_FORMAT}"));
            return None;
        }
    }
    let release = fields.text("release", NAME);
    let splits = splits(&mut fields);
    let rules = fields.optional_text("rules", NAME);
    let card = fields.required("card");
    let card = match card {
        Some(Json::Object(pairs)) => Some(pairs),
        Some(other) => fields.wrong("card", &other, "an object"),
        None => None,
    };
    fields.finish();
    let card = card.and_then(|pairs| self::card(pairs, faults));
    let header = PredictionsHeader {
        repopeft_predictions: PREDICTIONS_FORMAT,
        release: release?,
        splits: splits?,
        rules,
        card: card?,
    };
    (faults.len() == before).then_some(header)
}

/// The splits, at least one and each once.
fn splits(fields: &mut Fields<'_>) -> Option<Vec<Split>> {
    let list = match fields.required("splits")? {
        Json::List(list) => list,
        other => return fields.wrong("splits", &other, "a list of splits"),
    };
    let mut splits = Vec::new();
    for item in list {
        let Json::Text(word) = item else { return fields.wrong("splits", &item, "only names of splits into the list") };
        match word.parse::<Split>() {
            Ok(split) if splits.contains(&split) => {
                fields.fault(FaultKind::WrongSplits, format!("`splits` names {split} twice"), "name it once");
                return None;
            }
            Ok(split) => splits.push(split),
            Err(_) => {
                let known: Vec<&str> = Split::ALL.iter().map(|split| split.name()).collect();
                let word: String = word.chars().take(40).collect();
                let guess = crate::nearest::nearest(&word, known.iter().copied());
                let remedy =
                    guess.map_or_else(|| format!("use {}", known.join(", ")), |guess| format!("did you mean {guess}?"));
                fields.fault(FaultKind::WrongSplits, format!("`splits` names {word:?}, which is no split"), remedy);
                return None;
            }
        }
    }
    if splits.is_empty() {
        fields.fault(FaultKind::WrongSplits, "`splits` is empty", "name each answered split");
        return None;
    }
    Some(splits)
}

/// The card with these fields, if nothing is missing in it.
fn card(pairs: Vec<(String, Json)>, faults: &mut Vec<Fault>) -> Option<MethodCard> {
    let mut fields = Fields::new("the card", pairs, faults);
    let method = fields.text("method", NAME);
    let title = fields.text("title", NAME);
    let context = fields.text("context", SENTENCE);
    let adaptation = fields.text("adaptation", SENTENCE);
    let base_model = fields.text("base_model", NAME);
    let parameters = fields.optional_count("parameters", MAX_AMOUNT);
    let base_model_hash = fields.optional_text("base_model_hash", NAME);
    let settings = fields.settings("settings");
    let decoding = fields.settings("decoding");
    let adapters = fields.optional_text("adapters", SENTENCE);
    let hardware = fields.optional_text("hardware", SENTENCE);
    let budget = match fields.take("training_budget") {
        Some(Json::Object(pairs)) => Some(pairs),
        Some(other) => fields.wrong("training_budget", &other, "an object"),
        None => None,
    };
    let licence = fields.optional_text("licence", NAME);
    let contact = fields.optional_text("contact", NAME);
    let url = fields.optional_text("url", NAME);
    let open_weights = fields.optional_bool("open_weights");
    fields.finish();
    let training_budget = budget.map(|pairs| self::budget(pairs, faults));
    Some(MethodCard {
        method: method?,
        title: title?,
        context: context?,
        adaptation: adaptation?,
        base_model: base_model?,
        parameters,
        base_model_hash,
        settings,
        decoding,
        adapters,
        hardware,
        training_budget,
        licence,
        contact,
        url,
        open_weights,
    })
}

fn budget(pairs: Vec<(String, Json)>, faults: &mut Vec<Fault>) -> TrainingBudget {
    let mut fields = Fields::new("the training budget", pairs, faults);
    let budget = TrainingBudget {
        examples: fields.optional_count("examples", MAX_AMOUNT),
        steps: fields.optional_count("steps", MAX_AMOUNT),
        supervised_tokens: fields.optional_count("supervised_tokens", MAX_AMOUNT),
        gpu_hours: fields.optional_amount("gpu_hours", MAX_HOURS),
        note: fields.optional_text("note", SENTENCE),
    };
    fields.finish();
    budget
}
