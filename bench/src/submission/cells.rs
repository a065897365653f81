//! One answer as a file holds it, before anyone believes it.

use super::fault::{Fault, FaultKind};
use super::fields::Fields;
use super::json::Json;
use crate::ids::TaskId;
use crate::prediction::{MAX_COMPLETION_BYTES, Prediction, Stop};

/// Tokens of one answer at most: ten times the longest context that any model has.
pub(super) const MAX_TOKENS: u64 = 100_000_000;

/// The names of the counts, in the order of [`Cells::counts`].
pub(crate) const COUNTS: [&str; 3] = ["prompt_tokens", "context_tokens", "new_tokens"];
/// Every field of an answer.
pub(super) const FIELDS: [&str; 6] = ["task", "completion", COUNTS[0], COUNTS[1], COUNTS[2], "stop"];

/// The values of one answer; none where there is none, or one of another type.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Cells {
    /// The task id.
    pub(crate) task: Option<String>,
    /// The completion, or how long it is if that is too long.
    pub(crate) completion: Option<Result<String, usize>>,
    /// The three counts, see [`COUNTS`].
    pub(crate) counts: [Option<i128>; 3],
    /// Why it stopped.
    pub(crate) stop: Option<String>,
}

impl Cells {
    /// The completion `text`, or its length.
    pub(crate) fn bounded(text: &str) -> Result<String, usize> {
        if text.len() <= MAX_COMPLETION_BYTES { Ok(text.to_owned()) } else { Err(text.len()) }
    }

    /// The answer with these fields of JSON, if nothing is wrong with it; whatever is wrong is added to `faults`.
    pub(super) fn of_json(pairs: Vec<(String, Json)>, faults: &mut Vec<Fault>) -> Option<Prediction> {
        let mut fields = Fields::new("the answer", pairs, faults);
        let mut text = |name| match fields.required(name)? {
            Json::Text(text) => Some(text),
            other => fields.wrong(name, &other, "a text"),
        };
        let task = text("task");
        let completion = text("completion").map(|text| Self::bounded(&text));
        let counts = COUNTS.map(|name| match fields.take(name)? {
            Json::Whole(number) => Some(number),
            other => fields.wrong(name, &other, "a whole number"),
        });
        let stop = match fields.take("stop") {
            Some(Json::Text(word)) => Some(word),
            Some(other) => fields.wrong("stop", &other, "eos or length"),
            None => None,
        };
        fields.finish();
        let broken = !faults.is_empty();
        let answer = Self { task, completion, counts, stop }.answer(faults);
        answer.filter(|_| !broken)
    }

    /// The answer with these values of a row, if nothing is wrong with it; whatever is wrong is added to `faults`.
    pub(super) fn of_row(self, faults: &mut Vec<Fault>) -> Option<Prediction> {
        for (name, null) in [("task", self.task.is_none()), ("completion", self.completion.is_none())] {
            if null {
                faults.push(Fault::new(FaultKind::WrongType, format!("`{name}` is null"), "write a text"));
            }
        }
        self.answer(faults)
    }

    fn answer(self, faults: &mut Vec<Fault>) -> Option<Prediction> {
        let before = faults.len();
        let written = self.task.clone();
        let task = self.task.and_then(|text| identified(text, faults));
        let completion = self.completion.and_then(|completion| allowed(completion, faults));
        let names = COUNTS.iter().zip(self.counts);
        let counts: Vec<Option<u32>> = names.map(|(name, count)| counted(name, count, faults)).collect();
        if let [Some(prompt), Some(context), _] = counts[..]
            && context > prompt
        {
            let message = format!("`context_tokens` is {context}, more than the {prompt} of `prompt_tokens`");
            faults.push(Fault::new(FaultKind::BadCount, message, "the prompt includes the context: count it in"));
        }
        let stop = self.stop.and_then(|word| stopped(&word, faults));
        if let Some(task) = written {
            // Words of any length may stand where an id belongs.
            let short: String = task.chars().take(40).collect();
            faults.iter_mut().filter(|fault| fault.task.is_none()).for_each(|fault| fault.task = Some(short.clone()));
        }
        let fine = faults.len() == before;
        let (task, completion) = (task?, completion?);
        let [prompt_tokens, context_tokens, new_tokens] = counts[..] else { return None };
        fine.then_some(Prediction { task, completion, prompt_tokens, context_tokens, new_tokens, stop })
    }
}

fn identified(text: String, faults: &mut Vec<Fault>) -> Option<TaskId> {
    let short: String = text.chars().take(40).collect();
    let id = TaskId::new(text);
    if id.is_err() {
        let message = format!("{short:?} is no task id");
        faults.push(Fault::new(FaultKind::BadId, message, "copy `task_id` of the release: 32 of 0-9 and a-f"));
    }
    id.ok()
}

fn allowed(completion: Result<String, usize>, faults: &mut Vec<Fault>) -> Option<String> {
    let noted = completion.map_err(|bytes| {
        let message = format!("the completion has {bytes} bytes");
        let remedy = format!("cut it to {MAX_COMPLETION_BYTES}: an answer is one expression");
        faults.push(Fault::new(FaultKind::LongCompletion, message, remedy));
    });
    noted.ok()
}

fn counted(name: &'static str, count: Option<i128>, faults: &mut Vec<Fault>) -> Option<u32> {
    let count = Fields::new("the answer", Vec::new(), faults).count_of(name, count?, MAX_TOKENS)?;
    u32::try_from(count).ok()
}

fn stopped(word: &str, faults: &mut Vec<Fault>) -> Option<Stop> {
    let stop = word.parse();
    if stop.is_err() {
        let short: String = word.chars().take(40).collect();
        faults.push(Fault::new(FaultKind::BadWord, format!("`stop` is {short:?}"), "write eos or length"));
    }
    stop.ok()
}
