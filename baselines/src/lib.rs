//! The methods and the engine under them: models, decoding, training. The only user of libtorch and of tokenizers.
//!
//! [`LanguageModel`] opens a checkpoint folder and continues prompts; [`pretrain`] makes such a folder from source code;
//! [`device::select`] must be called before either, because it decides once for the process whether a GPU is used.
//!
//! [`encoder`] makes vectors of repositories, [`vectors`] keeps them in files that say what they are.
//!
//! [`METHODS`] is the table of methods: a [`Context`] (what is put before the prefix) and an [`Adaptation`] (which weights
//! read it) each, with their [`MethodSettings`]. [`predict::run`] answers tasks with one of them.

pub mod adapt;
mod adaptation;
pub mod adapter;
pub mod audit;
pub mod conditioning;
mod context;
mod corpus;
pub mod decode;
pub mod device;
mod draw;
pub mod encoder;
mod error;
pub mod examples;
pub mod fit;
pub mod hypernetwork;
pub mod inspect;
mod language_model;
mod method;
pub mod model;
pub mod predict;
pub mod pretrain;
mod prompt;
pub mod registry;
mod settings;
pub mod tokenizer;
pub mod torch_file;
pub mod train;
pub mod vectors;

pub use adaptation::{
    Adaptation, AdaptationSettings, FineTuned, Frozen, GeneratedAdapters, LoraPerRepository, MergedLora, NetworkUse,
    SingleLora,
};
pub use adapter::Adapter;
pub use context::{
    Best, Chunk, ChunkOptions, Chunking, Context, ContextSettings, Drc, DrcSettings, Embedder, Example, ExamplePool,
    Fill, Icl, IclSettings, MAX_FILE_BYTES, NoContext, Query, Question, Rag, RagSettings, ReleasePool, Resources,
    Rules, Scope, Search, chunks,
};
pub use corpus::documents;
pub use decode::{DecodeOptions, Decoded};
pub use error::{Error, Result};
pub use fit::Artifact;
pub use language_model::LanguageModel;
pub use method::{Base, Composed, Method, Prompts, Weights};
pub use predict::{PredictEvent, PredictObserver, PredictOptions};
pub use prompt::{Prompt, PromptLimits};
pub use registry::{Entry, METHODS};
pub use settings::{DecodingSettings, MethodSettings, PromptLayout};
pub use tokenizer::Tokenizer;
