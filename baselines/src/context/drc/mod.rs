//! Dependency-resolved context: the definitions that a test imports and uses (M101–M113).

mod budget;
mod extract;
mod import;
mod modules;
mod reading;
mod resolve;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use bench::python::AbstractTree;
use bench::{RepoView, Role, SourceFile};
use ruff_python_ast::ModModule;

use super::compress::{Block, SOURCE, compress, split};
use super::{Context, Question, SEPARATOR, joined};
use crate::error::Result;
use crate::tokenizer::Tokenizer;
use extract::extract;
use modules::Modules;
use reading::{Reading, read_function, read_prefix};
use resolve::Resolver;

pub use settings::{DrcSettings, Rules, Scope};

/// The definitions of this repository that the test imports and uses, most relevant ones first to be kept.
///
/// The task's own test file is never a source of definitions. In [`Scope::Function`] it is read beyond the cut, but only
/// for the names it uses.
#[derive(Debug)]
pub struct Drc {
    settings: DrcSettings,
    modules: Modules,
}

impl Drc {
    /// Dependency resolution with these settings, over no files yet.
    ///
    /// # Errors
    /// [`Error::Option`](crate::Error::Option) if a setting is out of its range.
    pub fn new(settings: DrcSettings) -> Result<Self> {
        settings.check()?;
        Ok(Self { settings, modules: Modules::default() })
    }

    /// The blocks for `question` before compression, in the order of imports (M108), one a file; `repo` is what was
    /// entered last.
    pub fn extraction(&self, question: Question<'_>, repo: &RepoView) -> Vec<String> {
        self.blocks(question, repo).iter().map(Block::text).collect()
    }

    fn blocks(&self, question: Question<'_>, repo: &RepoView) -> Vec<Block> {
        let reading = self.read(question, repo);
        let (modules, files, rules, uses) = (&self.modules, &repo.files, self.settings.rules, &reading.uses);
        let resolver = Resolver { modules, files, rules, uses };
        let block = |(file, names): (usize, BTreeSet<String>)| {
            let file = &repo.files[file];
            let code = extract(&text(file), &names, rules)?;
            Some(Block { head: format!("{SOURCE} {}", file.path), code })
        };
        let path = question.path.as_str();
        let taken = self.wanted(&reading, &resolver, path);
        taken.into_iter().filter(|(file, _)| repo.files[*file].path.as_str() != path).filter_map(block).collect()
    }

    fn read<'q>(&self, question: Question<'q>, repo: &RepoView) -> Reading<'q> {
        match self.settings.scope {
            Scope::Prefix => read_prefix(question.prefix),
            Scope::Function => {
                let own = repo.files.binary_search_by(|file| file.path.cmp(question.path));
                let source = own.map_or_else(|_| question.prefix.into(), |at| text(&repo.files[at]));
                read_function(&source, question.line, question.prefix)
            }
        }
    }

    /// Each file that imports take names from, by its first import, with the names in use (M108).
    fn wanted(&self, reading: &Reading<'_>, resolver: &Resolver<'_>, path: &str) -> Vec<(usize, BTreeSet<String>)> {
        let mut order = Vec::new();
        let mut by_file: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for target in reading.imports.iter().flat_map(|import| resolver.resolve(import, path)) {
            let known = by_file.contains_key(&target.file);
            if !known {
                order.push(target.file);
            }
            // As published a file is used up by the first import that leads to it, used or not.
            if !known || self.settings.rules == Rules::Repaired {
                let used = target.names.into_iter().filter(|named| reading.uses.has(&named.bound));
                by_file.entry(target.file).or_default().extend(used.map(|named| named.name));
            }
        }
        order.into_iter().map(|file| (file, by_file.remove(&file).unwrap_or_default())).collect()
    }
}

impl Context for Drc {
    fn describe(&self) -> String {
        self.settings.describe()
    }

    fn enter(&mut self, repo: &RepoView) -> Result<()> {
        let is_seen = |file: &SourceFile| file.role == Role::Production || self.settings.test_helpers;
        self.modules = Modules::of(repo.files.iter().enumerate().filter(|(_, file)| is_seen(file)));
        Ok(())
    }

    fn before(&self, question: Question<'_>, repo: &RepoView, tokenizer: &Tokenizer) -> Result<String> {
        let mut blocks = self.blocks(question, repo);
        if self.settings.rules == Rules::Published {
            // Kept as one text between extraction and compression, so that code falls apart at two blank lines.
            blocks = split(&blocks.iter().map(Block::text).collect::<Vec<_>>().join(SEPARATOR));
        }
        if blocks.is_empty() {
            return Ok(String::new());
        }
        let prefix_tokens = match (self.settings.rest_of_tokens, self.settings.whole_blocks_within) {
            (None, None) => 0,
            _ => tokenizer.encode(question.prefix)?.len(),
        };
        let budget = budget::budget(&self.settings, prefix_tokens, tokenizer)?;
        let mut texts = compress(&blocks, question.prefix, budget, tokenizer)?;
        if let Some(total) = self.settings.whole_blocks_within {
            texts = budget::whole(texts, total, prefix_tokens, tokenizer)?;
        }
        Ok(joined(self.settings.best.place(texts)))
    }
}

/// The tree of `text`; none if Python does not parse it, or if it is nested so deep that no recursion over it is safe.
fn tree(text: &str) -> Option<AbstractTree<'_, ModModule>> {
    AbstractTree::module(text).filter(AbstractTree::is_shallow)
}

/// The text of `file` as Python reads it: without a byte-order mark, every line end a line feed.
fn text(file: &SourceFile) -> std::borrow::Cow<'_, str> {
    bench::pytext::universal_newlines(file.text.trim_start_matches('\u{feff}'))
}

#[cfg(test)]
mod tests;
