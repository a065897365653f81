//! Writes production modules and the files around them, by filling templates.

use std::collections::BTreeMap;

use super::dimension::{Dimension, Values};
use super::state::{Module, State};
use super::surface::{Role, Surface, Variant};

/// Fills the `$key$` places of templates for one repository in one state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fill<'a> {
    pub(super) surface: &'a Surface,
    pub(super) state: &'a State,
}

impl Fill<'_> {
    /// `template` with every `$key$` replaced.
    pub(super) fn fill(&self, template: &str) -> String {
        let mut out = String::with_capacity(template.len() + 64);
        for (index, piece) in template.split('$').enumerate() {
            if index % 2 == 0 {
                out.push_str(piece);
            } else {
                out.push_str(&self.word(piece));
            }
        }
        out
    }

    fn word(&self, key: &str) -> String {
        let domain = self.surface.domain;
        match key {
            "pkg" => self.surface.package.clone(),
            "item" => domain.item.to_owned(),
            "items" => domain.items.to_owned(),
            "place" => domain.place.to_owned(),
            "base" => format!("{}{}", self.surface.title, self.surface.word("suffix").unwrap_or_default()),
            "settings" => self.settings(),
            "key_style" => key_style(&self.state.values).to_owned(),
            _ => self.qualified(key),
        }
    }

    fn qualified(&self, key: &str) -> String {
        if let Some(name) = key.strip_prefix("mod.") {
            return self.module(name);
        }
        if let Some(role) = key.strip_prefix("head.") {
            return role_of(role).map_or_else(String::new, |role| self.head(role));
        }
        if let Some(name) = key.strip_prefix("dim.") {
            return self.state.values.text(dimension_of(name)).to_owned();
        }
        if let Some(name) = key.strip_prefix("ref.") {
            return self.reference(dimension_of(name));
        }
        self.surface.word(key).expect("because templates use known words only").to_owned()
    }

    /// The name of the module with this key: a role's, or a filler's number.
    fn module(&self, key: &str) -> String {
        match (role_of(key), key.parse::<usize>()) {
            (Some(role), _) => self.surface.module(role).to_owned(),
            (None, Ok(filler)) => self.name(Module::Filler(filler)).to_owned(),
            (None, Err(_)) => unreachable!("templates use known modules only"),
        }
    }

    /// The name of `module`.
    pub(super) fn name(&self, module: Module) -> &'static str {
        match module {
            Module::Role(role) => self.surface.module(role),
            Module::Filler(index) => self.surface.fillers[index].names[usize::from(self.state.renamed && index == 0)],
        }
    }

    fn reference(&self, dimension: Dimension) -> String {
        let constant =
            self.surface.constant(dimension).expect("because only dimensions with a constant are referred to");
        if constant.in_settings {
            format!("{}.{}", self.surface.module(Role::Settings), constant.name)
        } else {
            constant.name.to_owned()
        }
    }

    /// The lines of the settings module.
    fn settings(&self) -> String {
        let present = |dimension: &Dimension| self.state.has(dimension.role());
        self.definitions(Dimension::ALL.iter().copied().filter(present), true)
    }

    /// Imports and constants at the top of the module of `role`.
    fn head(&self, role: Role) -> String {
        let own: Vec<Dimension> = Dimension::ALL.iter().copied().filter(|dimension| dimension.role() == role).collect();
        let mut text = String::new();
        if own.iter().any(|&dimension| self.surface.constant(dimension).is_some_and(|constant| constant.in_settings)) {
            text = format!("\nfrom {} import {}\n", self.surface.package, self.surface.module(Role::Settings));
        }
        let definitions = self.definitions(own.into_iter(), false);
        if !definitions.is_empty() {
            text.push('\n');
            text.push_str(&definitions);
        }
        text
    }

    fn definitions(&self, dimensions: impl Iterator<Item = Dimension>, in_settings: bool) -> String {
        dimensions
            .filter_map(|dimension| {
                let constant = self.surface.constant(dimension)?;
                let value = self.state.values.text(dimension);
                (constant.in_settings == in_settings).then(|| format!("{} = {value}\n", constant.name))
            })
            .collect()
    }

    /// All files but the tests, by path.
    pub(super) fn production(&self) -> BTreeMap<String, String> {
        let package = &self.surface.package;
        let folder = if self.surface.src_layout { format!("src/{package}") } else { package.clone() };
        let mut files = BTreeMap::new();
        for &module in &self.state.modules {
            let template = match module {
                Module::Role(role) => {
                    template(role, self.surface.variant(role)).replace("$head$", &format!("$head.{}$", role.key()))
                }
                Module::Filler(index) => self.surface.fillers[index].text(self.state.levels[index]),
            };
            files.insert(format!("{folder}/{}.py", self.name(module)), self.finished(&template));
        }
        if self.state.scratch {
            files.insert(format!("{folder}/sketches.py"), self.finished(include_str!("templates/scratch.py.in")));
        }
        let version = format!("0.{}.{}", self.state.release / 4 + 1, self.state.release % 4);
        files.insert(
            format!("{folder}/__init__.py"),
            self.finished(&format!("\"\"\"The $items$ of a $place$.\"\"\"\n\n__version__ = \"{version}\"\n")),
        );
        files.insert("README.md".to_owned(), self.readme());
        files.insert("LICENSE".to_owned(), self.licence());
        files.insert("pyproject.toml".to_owned(), self.project(&version));
        files
    }

    fn finished(&self, template: &str) -> String {
        format!("{}\n", self.fill(template).trim_end())
    }

    fn readme(&self) -> String {
        const NOTES: [&str; 6] = [
            "Amounts are never negative.",
            "Everything lives in memory; saving is left to the caller.",
            "Run the tests with pytest.",
            "Modules import each other only downwards.",
            "Names are compared as they are, letter by letter.",
            "Python 3.10 or newer is needed.",
        ];
        let mut text =
            self.fill("# $pkg$\n\nKeeps the $items$ of a $place$: adds them, finds them, prices and prints them.\n");
        for (index, note) in NOTES.iter().cycle().take(self.state.notes).enumerate() {
            text.push_str(if index == 0 { "\n" } else { "" });
            text.push_str("- ");
            text.push_str(note);
            text.push('\n');
        }
        text
    }

    fn licence(&self) -> String {
        format!(include_str!("templates/LICENSE.in"), holders = self.surface.authors.join(", "))
    }

    fn project(&self, version: &str) -> String {
        let path = if self.surface.src_layout { "src" } else { "." };
        let name = self.surface.package.replace('_', "-");
        format!(include_str!("templates/pyproject.toml.in"), name = name, version = version, path = path)
    }
}

fn role_of(key: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.key() == key)
}

fn dimension_of(name: &str) -> Dimension {
    *Dimension::ALL
        .iter()
        .find(|dimension| dimension.name() == name)
        .expect("because templates use known dimensions only")
}

fn key_style(values: &Values) -> &'static str {
    match values.text(Dimension::KeyStyle) {
        "snake" => "\"_\".join(words)",
        "kebab" => "\"-\".join(words)",
        "camel" => "words[0] + \"\".join(word.title() for word in words[1:])",
        _ => "\"\".join(word.title() for word in words)",
    }
}

fn template(role: Role, variant: Variant) -> &'static str {
    macro_rules! pair {
        ($name:literal) => {
            match variant {
                Variant::A => include_str!(concat!("templates/", $name, "_a.py.in")),
                Variant::B => include_str!(concat!("templates/", $name, "_b.py.in")),
            }
        };
    }
    match role {
        Role::Errors => pair!("errors"),
        Role::Settings => pair!("settings"),
        Role::Store => pair!("store"),
        Role::Pricing => pair!("pricing"),
        Role::Paging => pair!("paging"),
        Role::Report => pair!("report"),
        Role::Labels => pair!("labels"),
        Role::Checks => pair!("checks"),
        Role::Client => pair!("client"),
    }
}
