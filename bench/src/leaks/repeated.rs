//! What makes two assertions of one repository the same question (R103).

use super::token::key;
use crate::pytext::strip;
use crate::task::Assertion;

/// A number that assertions of the same repository, function, last line of the prefix and target share (R103), and no
/// others but by chance.
pub(crate) fn question(assertion: &Assertion) -> u64 {
    let line = strip(assertion.prefix.rsplit('\n').next().unwrap_or(""));
    key(&[assertion.repo.as_str(), &assertion.function, line, &assertion.target])
}
