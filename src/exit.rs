//! What the process tells its caller: exit codes and the last words of a failure.

use std::process::ExitCode;

/// How a verb that ran to its end answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Done, or yes: exit code 0.
    Done,
    /// No: predictions are incomplete, a release is not whole, releases differ. Exit code 1.
    No,
    /// Done, but below a threshold that the caller set: exit code 3.
    Below,
    /// An input is invalid, and the verb has said what is wrong with it: exit code 2, as for every other broken input.
    Invalid,
}

/// Failed: a wrong command line, or an input that is missing or broken.
const FAILED: u8 = 2;

impl From<Answer> for ExitCode {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Done => Self::SUCCESS,
            Answer::No => Self::from(1),
            Answer::Below => Self::from(3),
            Answer::Invalid => Self::from(FAILED),
        }
    }
}

/// Prints the error with its causes to stderr; the exit code of a failure.
#[expect(clippy::print_stderr, reason = "the last words of the process")]
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let mut text = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    eprintln!("error: {}", crate::ui::printable(&text));
    ExitCode::from(FAILED)
}
