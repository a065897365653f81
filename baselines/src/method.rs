//! What a method is: what the model reads for a task, and with which weights.

use std::rc::Rc;

use bench::{MethodCard, RepoView, Task};
use tch::Device;

use crate::adaptation::Adaptation;
use crate::adapter::Adapter;
use crate::conditioning::AdapterSource;
use crate::context::{Context, Question, Resources};
use crate::error::{Error, Result};
use crate::examples::Format;
use crate::fit::{Artifact, Converted};
use crate::language_model::LanguageModel;
use crate::model::{Config, Parameters, Precision};
use crate::prompt::{Prompt, PromptLimits};
use crate::settings::{DecodingSettings, MethodSettings, PromptLayout};
use crate::tokenizer::Tokenizer;

/// The weights that read a prompt.
#[derive(Debug, Clone)]
pub enum Weights {
    /// The model as it is.
    Base,
    /// The model with an adapter beside it. Rows of a batch may have different ones.
    Adapter(Rc<Adapter>),
}

impl Weights {
    /// The adapter, if there is one.
    pub fn adapter(&self) -> Option<&Rc<Adapter>> {
        match self {
            Self::Base => None,
            Self::Adapter(adapter) => Some(adapter),
        }
    }
}

impl PartialEq for Weights {
    /// Whether both are the very same weights: adapters are compared by identity.
    fn eq(&self, other: &Self) -> bool {
        match (self.adapter(), other.adapter()) {
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}

impl Eq for Weights {}

/// One way of answering tasks.
///
/// A run calls [`enter`](Method::enter), then [`weights`](Method::weights), once for each (repository, commit) it has
/// tasks of, then names some of these ([`foresee`](Method::foresee)) and asks the [`prompts`](Method::prompts) for them, in
/// any order and from several threads, until it has named all. Commits of a
/// repository arrive oldest first. A run that is continued leaves out what is already answered.
pub trait Method {
    /// What the method is, every setting that can change an answer included.
    fn card(&self) -> &MethodCard;

    /// Limits of prompts and completions.
    fn decoding(&self) -> &DecodingSettings;

    /// Whether files of the repository are read. Where not, releases without them will do, such as imported ones.
    fn reads_files(&self) -> bool {
        true
    }

    /// Learns the repository the next prompts are about: the place for indexes.
    ///
    /// # Errors
    /// If what the method needs of the repository cannot be had.
    fn enter(&mut self, repo: &RepoView) -> Result<()>;

    /// Learns the tasks whose prompts are asked for next, all of the repository entered last.
    ///
    /// # Errors
    /// If what is made for all of them together cannot be made.
    fn foresee(&mut self, tasks: &[&Task]) -> Result<()> {
        let _ = tasks;
        Ok(())
    }

    /// The weights for `repo`.
    ///
    /// # Errors
    /// If they cannot be read or made.
    fn weights(&mut self, repo: &RepoView) -> Result<Weights>;

    /// What an audit of conditioning asks for adapters, if the weights are adapters that may differ between repositories
    /// (M159).
    fn source(&mut self) -> Option<&mut dyn AdapterSource> {
        None
    }

    /// The maker of prompts for tasks of the repository entered last.
    fn prompts(&self) -> &dyn Prompts;
}

/// The half of a method that threads share: weights hold tensors, which they cannot.
pub trait Prompts: Sync {
    /// What the model reads for `task`.
    ///
    /// # Errors
    /// If a text cannot be tokenized.
    fn prompt(&self, task: &Task, repo: &RepoView) -> Result<Prompt>;
}

/// What a method must know of the model under it.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    /// Its name, or that of its folder.
    pub name: &'a str,
    /// BLAKE3 of its files, where known.
    pub hash: Option<&'a str>,
    /// How many parameters it has.
    pub parameters: u64,
    /// The kind of number it computes in.
    pub precision: Precision,
    /// The longest sequence it reads, prompt and completion together, in tokens.
    pub max_positions: usize,
    /// Its tokenizer.
    pub tokenizer: &'a Tokenizer,
    /// Its shape.
    pub config: &'a Config,
    /// Its weights.
    pub weights: &'a Parameters,
    /// Where it is.
    pub device: Device,
    /// What was trained for the method, if anything.
    pub artifact: Option<&'a Artifact>,
    /// What contexts may need besides it.
    pub resources: &'a Resources,
}

/// What runs without an encoder and without training tasks have.
static NO_RESOURCES: Resources = Resources { embedder: None, examples: None, contexts: None };

impl<'a> Base<'a> {
    /// The part of `model` that methods know, under the name and hash to be written on their cards; without resources.
    pub fn of(model: &'a LanguageModel, name: &'a str, hash: Option<&'a str>) -> Self {
        Self {
            name,
            hash,
            parameters: model.parameters().count(),
            precision: model.precision(),
            max_positions: usize::try_from(model.config().max_position_embeddings).unwrap_or(0),
            tokenizer: &model.tokenizer,
            config: model.config(),
            weights: model.parameters(),
            device: model.model.device(),
            artifact: None,
            resources: &NO_RESOURCES,
        }
    }

    /// The same with what was trained for the method.
    #[must_use]
    pub fn trained(self, artifact: Option<&'a Artifact>) -> Self {
        Self { artifact, ..self }
    }

    /// The same with `resources`.
    #[must_use]
    pub fn with(self, resources: &'a Resources) -> Self {
        Self { resources, ..self }
    }
}

/// A context and an adaptation: what nearly every row of [`METHODS`](crate::METHODS) is.
pub struct Composed {
    card: MethodCard,
    decoding: DecodingSettings,
    prompts: ContextThenPrefix,
    adaptation: Box<dyn Adaptation>,
}

/// Prompts of a context and the prefix.
struct ContextThenPrefix {
    limits: PromptLimits,
    /// Whether context and prefix are tokenized as one text.
    joined: bool,
    /// Tokens of the prefix at most, before anything else is done with it (M34).
    max_prefix_tokens: Option<usize>,
    tokenizer: Tokenizer,
    context: Box<dyn Context>,
    /// The layout that the weights were trained on.
    format: Format,
}

impl Composed {
    /// The method `id` on `base`. The limit of input tokens is lowered to what the model can read besides a whole
    /// completion.
    ///
    /// # Errors
    /// [`Error::Option`] if a setting is out of its range, or the model has no room for a prompt.
    pub fn new(id: &str, title: &str, mut settings: MethodSettings, base: &Base<'_>) -> Result<Self> {
        let decoding = &mut settings.decoding;
        decoding.max_input_tokens = input_limit(decoding, base.max_positions)?;
        let limits = PromptLimits {
            max_tokens: decoding.max_input_tokens,
            opening: decoding.bos.then(|| base.tokenizer.bos()),
            stand_in: base.tokenizer.bos(),
        };
        settings.adaptation.check(settings.profile)?;
        let context = settings.context.build(base.resources)?;
        let adaptation = settings.adaptation.build(base)?;
        let mut listed = settings.listed();
        listed.insert("precision".to_owned(), base.precision.to_string());
        listed.extend(context.encoder().map(|encoder| ("encoder".to_owned(), encoder)));
        listed.extend(adaptation.vectors().map(|vectors| ("vectors".to_owned(), vectors)));
        let trained = base.artifact.map(|artifact| (artifact, artifact.manifest()));
        if let Some((artifact, manifest)) = trained {
            listed.extend(manifest.settings.listed());
            let others = |converted: &Converted| {
                format!("by others, its settings as the paper tells them; {} ({:.16})", converted.file, converted.hash)
            };
            listed.extend(manifest.converted.as_ref().map(|converted| ("training".to_owned(), others(converted))));
            listed.extend(manifest.seed.map(|seed| ("training.seed".to_owned(), seed.0.to_string())));
            listed.insert("artifact".to_owned(), artifact.id().to_owned());
        }
        let card = MethodCard {
            context: context.describe(),
            adaptation: adaptation.describe(),
            parameters: Some(base.parameters),
            base_model_hash: base.hash.map(str::to_owned),
            settings: listed,
            adapters: adaptation.adapters(),
            training_budget: trained.and_then(|(_, manifest)| manifest.presented).map(Into::into),
            ..MethodCard::new(id, title, base.name)
        };
        let prompts = ContextThenPrefix {
            limits,
            joined: settings.decoding.joined,
            max_prefix_tokens: settings.decoding.max_prefix_tokens,
            tokenizer: base.tokenizer.clone(),
            context,
            format: trained
                .filter(|_| settings.decoding.layout == PromptLayout::Trained)
                .map_or(Format::Natural, |(_, manifest)| manifest.settings.data.format),
        };
        Ok(Self { card, decoding: settings.decoding, prompts, adaptation })
    }
}

impl Method for Composed {
    fn card(&self) -> &MethodCard {
        &self.card
    }

    fn decoding(&self) -> &DecodingSettings {
        &self.decoding
    }

    fn reads_files(&self) -> bool {
        self.prompts.context.reads_files()
    }

    fn enter(&mut self, repo: &RepoView) -> Result<()> {
        self.prompts.context.enter(repo)
    }

    fn foresee(&mut self, tasks: &[&Task]) -> Result<()> {
        self.prompts.foresee(tasks)
    }

    fn weights(&mut self, repo: &RepoView) -> Result<Weights> {
        self.adaptation.weights(repo)
    }

    fn source(&mut self) -> Option<&mut dyn AdapterSource> {
        self.adaptation.source()
    }

    fn prompts(&self) -> &dyn Prompts {
        &self.prompts
    }
}

impl Prompts for ContextThenPrefix {
    fn prompt(&self, task: &Task, repo: &RepoView) -> Result<Prompt> {
        let whole = Question::of(task);
        let shortened = self.shortened(whole.prefix)?;
        let question = Question { prefix: shortened.as_deref().unwrap_or(whole.prefix), ..whole };
        let context = self.context.before(question, repo, &self.tokenizer)?;
        let text = self.format.prompt(question.prefix);
        let prefix = self.tokenizer.encode(&text)?;
        if self.joined && !context.is_empty() {
            // Tokens may span the seam: whatever is not of the prefix counts as context.
            let ids = self.tokenizer.encode(&[context.as_str(), &text].concat())?;
            let (context, prefix) = ids.split_at(ids.len().saturating_sub(prefix.len()));
            return Ok(Prompt::assemble(context, prefix, self.limits));
        }
        Ok(Prompt::assemble(&self.tokenizer.encode(&context)?, &prefix, self.limits))
    }
}

impl ContextThenPrefix {
    fn foresee(&mut self, tasks: &[&Task]) -> Result<()> {
        let shortened =
            tasks.iter().map(|task| self.shortened(&task.assertion.prefix)).collect::<Result<Vec<Option<String>>>>()?;
        let whole = tasks.iter().map(|task| Question::of(task));
        let questions: Vec<Question<'_>> = whole
            .zip(&shortened)
            .map(|(whole, shortened)| Question { prefix: shortened.as_deref().unwrap_or(whole.prefix), ..whole })
            .collect();
        self.context.foresee(&questions)
    }

    /// The text of the last tokens of `prefix`, if the settings limit them and it has more (M34).
    fn shortened(&self, prefix: &str) -> Result<Option<String>> {
        let Some(limit) = self.max_prefix_tokens else { return Ok(None) };
        let ids = self.tokenizer.encode(prefix)?;
        let surplus = ids.len().saturating_sub(limit);
        if surplus == 0 { Ok(None) } else { self.tokenizer.decode(&ids[surplus..]).map(Some) }
    }
}

/// Tokens of a prompt at most, given that a whole completion must find room behind it.
fn input_limit(decoding: &DecodingSettings, max_positions: usize) -> Result<usize> {
    let DecodingSettings { max_input_tokens, max_new_tokens, .. } = *decoding;
    for (option, value) in [
        ("decoding.max_input_tokens", max_input_tokens),
        ("decoding.max_new_tokens", max_new_tokens),
        ("decoding.max_prefix_tokens", decoding.max_prefix_tokens.unwrap_or(1)),
    ] {
        if value == 0 {
            return Err(Error::option(option, value, "it must be at least 1"));
        }
    }
    match max_positions.saturating_sub(max_new_tokens) {
        0 => {
            let reason = format!("the model reads at most {max_positions} tokens, prompt and completion together");
            Err(Error::option("decoding.max_new_tokens", max_new_tokens, reason))
        }
        room => Ok(max_input_tokens.min(room)),
    }
}
