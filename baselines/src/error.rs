//! What can go wrong when a model is opened, trained, saved or asked.

use std::path::{Path, PathBuf};

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a model could not be opened, trained, saved or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was attempted: `read`, `write`, `create`, `rename`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A file that should hold JSON does not, or holds another shape of JSON.
    #[error("{} is not valid JSON of the expected form", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// A model configuration this implementation does not honour.
    #[error("{}: `{field}` is {value}, but {reason}", path.display())]
    Config {
        /// The configuration file.
        path: PathBuf,
        /// The field.
        field: String,
        /// Its value.
        value: String,
        /// What would be accepted.
        reason: String,
    },
    /// A weight file whose header is broken or does not fit its size.
    #[error("{} is not a whole safetensors file: {reason}", path.display())]
    SafeTensors {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A checkpoint of `torch.save` that cannot be read.
    #[error("{}: {reason}", path.display())]
    TorchFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A weight file that lacks a tensor, has one too many, or one of another shape or kind.
    #[error("{}: tensor `{tensor}` {reason}", path.display())]
    Weight {
        /// The file.
        path: PathBuf,
        /// The name of the tensor.
        tensor: String,
        /// Expected and found.
        reason: String,
    },
    /// A tokenizer that cannot be read, made or used.
    #[error("cannot {action}: {reason}")]
    Tokenizer {
        /// What was attempted, with the file where there is one.
        action: String,
        /// What the tokenizer library says.
        reason: String,
    },
    /// A device that was asked for and is not there.
    #[error("device `{device}` cannot be used: {reason}")]
    Device {
        /// The device.
        device: String,
        /// Why, and what can be used.
        reason: String,
    },
    /// An option outside its range.
    #[error("`{option}` is {value}, but {reason}")]
    Option {
        /// The option.
        option: &'static str,
        /// Its value.
        value: String,
        /// What would be accepted.
        reason: String,
    },
    /// A number that is not finite, where going on would produce nonsense.
    #[error("{what} is {value} at step {step}")]
    NonFinite {
        /// The quantity: `loss`, `gradient norm`, `logits`.
        what: &'static str,
        /// `NaN` or an infinity.
        value: f64,
        /// The training step, or the number of tokens already generated.
        step: u64,
    },
    /// Training that came to a number that is not finite; the batches were left in a file.
    #[error("{what} is {value} at step {step}; the batches that led to it are in {}", path.display())]
    Diverged {
        /// The quantity: `loss`, `gradient norm`, `validation loss`.
        what: &'static str,
        /// `NaN` or an infinity.
        value: f64,
        /// The training step, counted from 0.
        step: u64,
        /// The token ids, as JSON.
        path: PathBuf,
    },
    /// A checkpoint of another run, or one that is not whole.
    #[error("cannot resume from {}: {reason}; delete it to start again", path.display())]
    Checkpoint {
        /// The checkpoint.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
    /// A file of vectors that is not what is asked for.
    #[error("the vectors in {} cannot be used: {reason}", path.display())]
    Vectors {
        /// The file.
        path: PathBuf,
        /// What differs, and what would mend it.
        reason: String,
    },
    /// A repository that cannot be encoded.
    #[error("cannot embed {subject}: {reason}")]
    Embedding {
        /// The repository, or the text.
        subject: String,
        /// Why not.
        reason: String,
    },
    /// A method that does not exist.
    #[error("unknown method `{id}`{guess}{} known: {known}", if guess.is_empty() { ";" } else { "" })]
    UnknownMethod {
        /// What was asked for.
        id: String,
        /// `; did you mean …?`, or nothing.
        guess: String,
        /// Every id, joined by commas.
        known: String,
    },
    /// Settings of a method that are no TOML, or hold what the method does not know.
    #[error("{origin}: {reason}")]
    Settings {
        /// The file, or what stands for it.
        origin: String,
        /// What is wrong, with the place in the text.
        reason: String,
    },
    /// Tasks that cannot be answered as they were given.
    #[error("cannot answer task {task}: {reason}")]
    Task {
        /// The task.
        task: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the benchmark could not be used.
    #[error(transparent)]
    Bench(#[from] bench::Error),
    /// libtorch refused an operation.
    #[error("cannot {action}")]
    Torch {
        /// What was attempted.
        action: String,
        /// The reason.
        source: tch::TchError,
    },
}

impl Error {
    /// An [`Error::Io`] for `path`.
    pub fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }

    /// An [`Error::Weight`] for `tensor` of `path`.
    pub fn weight(path: &Path, tensor: &str, reason: impl Into<String>) -> Self {
        Self::Weight { path: path.to_owned(), tensor: tensor.to_owned(), reason: reason.into() }
    }

    /// An [`Error::Option`].
    #[expect(clippy::needless_pass_by_value, reason = "callers pass counts and literals")]
    pub fn option(option: &'static str, value: impl ToString, reason: impl Into<String>) -> Self {
        Self::Option { option, value: value.to_string(), reason: reason.into() }
    }

    /// An [`Error::Torch`].
    pub fn torch(action: impl Into<String>, source: tch::TchError) -> Self {
        Self::Torch { action: action.into(), source }
    }

    /// An [`Error::Tokenizer`]; that library's errors are boxed and untyped, so their text is kept.
    pub(crate) fn tokenizer(action: impl Into<String>, reason: &(dyn std::error::Error + Send + Sync)) -> Self {
        Self::Tokenizer { action: action.into(), reason: reason.to_string() }
    }
}
