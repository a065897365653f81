//! Vectors of the reference implementation, and every difference to them (section 12 of the scoring rules).

mod bootstrap;
mod metrics;
mod taxonomy;

use serde_json::Value;

/// How far a number may be from the reference (S3).
const TOLERANCE: f64 = 1e-12;

/// A file of vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Golden {
    /// Pairs with every metric.
    Metrics,
    /// Samples with their intervals.
    Bootstrap,
    /// Pairs with their error classes, and prefixes with their families.
    Taxonomy,
}

/// A value that is not what the reference says.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Line of the file, from 1.
    pub line: usize,
    /// The field.
    pub field: String,
    /// What the file says.
    pub expected: String,
    /// What was computed.
    pub found: String,
}

impl Golden {
    /// Every file.
    pub const ALL: [Self; 3] = [Self::Metrics, Self::Bootstrap, Self::Taxonomy];

    /// The name of the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Metrics => "metrics.jsonl",
            Self::Bootstrap => "bootstrap.jsonl",
            Self::Taxonomy => "taxonomy.jsonl",
        }
    }

    /// The vectors inside the library.
    pub const fn embedded(self) -> &'static str {
        match self {
            Self::Metrics => include_str!("../tests/golden/metrics.jsonl"),
            Self::Bootstrap => include_str!("../tests/golden/bootstrap.jsonl"),
            Self::Taxonomy => include_str!("../tests/golden/taxonomy.jsonl"),
        }
    }

    /// The number of rows of `text`, a file of this kind, and every difference to them in order.
    ///
    /// A line that is no such row is a difference as well.
    pub fn differences(self, text: &str) -> (usize, Vec<Difference>) {
        let lines: Vec<(usize, &str)> =
            (1..).zip(text.split('\n')).filter(|(_, line)| !line.trim().is_empty()).collect();
        let of = |&(line, text): &(usize, &str)| {
            let checked = match self {
                Self::Metrics => metrics::check(text),
                Self::Bootstrap => bootstrap::check(text),
                Self::Taxonomy => taxonomy::check(text),
            };
            let found = checked.unwrap_or_else(|reason| vec![Mismatch::unreadable(reason)]);
            found.into_iter().map(move |mismatch| mismatch.at(line)).collect::<Vec<_>>()
        };
        (lines.len(), lines.iter().flat_map(of).collect())
    }
}

/// A difference whose line is not said yet.
struct Mismatch {
    field: String,
    expected: String,
    found: String,
}

impl Mismatch {
    fn unreadable(reason: String) -> Self {
        Self { field: "the row".to_owned(), expected: "a row of this file".to_owned(), found: reason }
    }

    fn at(self, line: usize) -> Difference {
        Difference { line, field: self.field, expected: self.expected, found: self.found }
    }
}

/// What is wrong with a row of a golden file, in words.
type Checked = std::result::Result<Vec<Mismatch>, String>;

/// The mismatches between the fields of `expected` that `found` has and those of `found`: numbers by tolerance, everything
/// else exactly.
fn compared(expected: &Value, found: &Value) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    compare("", expected, found, &mut mismatches);
    mismatches
}

fn compare(field: &str, expected: &Value, found: &Value, mismatches: &mut Vec<Mismatch>) {
    let equal = match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (name, value) in found {
                let name_of = || if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
                compare(&name_of(), expected.get(name).unwrap_or(&Value::Null), value, mismatches);
            }
            return;
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            expected.iter().zip(found).for_each(|(expected, found)| compare(field, expected, found, mismatches));
            return;
        }
        (Value::Number(expected), Value::Number(found)) => match (expected.as_f64(), found.as_f64()) {
            (Some(expected), Some(found)) => (expected - found).abs() <= TOLERANCE,
            _ => false,
        },
        (expected, found) => expected == found,
    };
    if !equal {
        let (field, expected, found) = (field.to_owned(), expected.to_string(), found.to_string());
        mismatches.push(Mismatch { field, expected, found });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_reference_agrees() {
        for (golden, rows) in Golden::ALL.into_iter().zip([3000, 80, 1537]) {
            assert_eq!(golden.differences(golden.embedded()), (rows, Vec::new()), "{}", golden.name());
        }
    }
}
