//! From command line and environment to settings; the only reader of environment variables.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use bench::{RepoId, RepoList, RepoSpec};
use remote::Secret;

use crate::cli::{Cli, MineArgs, Verb};

/// Where clones go: the value of `XDG_CACHE_HOME`, or `.cache` in the folder of `HOME`.
const CACHE_VARIABLES: [(&str, &str); 2] = [("XDG_CACHE_HOME", "repopeft"), ("HOME", ".cache/repopeft")];
/// Where a token of the host is looked for.
const TOKEN_VARIABLES: [&str; 2] = ["GITHUB_TOKEN", "GH_TOKEN"];
/// Where the key of a served model is looked for, if no other name is given.
const KEY_VARIABLE: &str = "OPENAI_API_KEY";
/// How idle OpenMP threads wait; spinning ones halve the speed of a busy machine.
const WAIT_POLICY: (&str, &str) = ("OMP_WAIT_POLICY", "passive");

/// Sets up threads and logging for `cli`, and starts the process anew where the environment must differ.
pub(crate) fn prepare(cli: &Cli) -> Result<()> {
    let computes = match &cli.verb {
        Verb::Predict(args) => args.method.is_some(),
        Verb::Pretrain(_)
        | Verb::Train(_)
        | Verb::Adapt(_)
        | Verb::Convert(_)
        | Verb::Embed(_)
        | Verb::Audit(_)
        | Verb::Inspect(_)
        | Verb::Experiment(_)
        | Verb::Quickstart(_) => true,
        _ => false,
    };
    if computes {
        wait_passively()?;
    }
    let threads = cli.global.threads.unwrap_or(0);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().context("cannot start the threads")?;
    log_to_stderr();
    Ok(())
}

/// Starts the log that the environment asks for. The HTTP library is never asked for its details: it would print whole
/// requests, keys included.
fn log_to_stderr() {
    use tracing_subscriber::Layer as _;
    use tracing_subscriber::filter::{EnvFilter, filter_fn};
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    let is_safe = filter_fn(|event| {
        !["ureq", "rustls"].iter().any(|library| event.target().starts_with(library))
            || *event.level() <= tracing::Level::INFO
    });
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(lines.with_filter(EnvFilter::from_default_env())).with(is_safe).init();
}

/// OpenMP reads its variables when it is loaded, so they must be set before the process starts.
#[expect(clippy::disallowed_methods, reason = "this module reads the environment for all others")]
fn wait_passively() -> Result<()> {
    use std::os::unix::process::CommandExt;
    if std::env::var_os(WAIT_POLICY.0).is_some() {
        return Ok(());
    }
    let program = std::env::current_exe().context("cannot find the program itself")?;
    let error =
        std::process::Command::new(program).args(std::env::args_os().skip(1)).env(WAIT_POLICY.0, WAIT_POLICY.1).exec();
    Err(anyhow!(error).context("cannot start the program anew"))
}

/// The folder for clones.
#[expect(clippy::disallowed_methods, reason = "this module reads the environment for all others")]
pub(crate) fn cache_folder(given: Option<&PathBuf>) -> PathBuf {
    let fallback = || {
        let set = |(name, rest): &(&str, &str)| std::env::var_os(name).map(|value| PathBuf::from(value).join(rest));
        CACHE_VARIABLES.iter().find_map(set).unwrap_or_else(|| PathBuf::from(".repopeft-cache"))
    };
    given.cloned().unwrap_or_else(fallback)
}

/// The token in `file`, or that of the environment; none if there is neither. No error repeats it.
#[expect(clippy::disallowed_methods, reason = "this module reads the environment for all others")]
pub(crate) fn token(file: Option<&Path>) -> Result<Option<String>> {
    let (text, place) = match file {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            (text, path.display().to_string())
        }
        None => match TOKEN_VARIABLES.iter().find_map(|name| Some((std::env::var(name).ok()?, *name))) {
            Some((text, name)) if !text.trim().is_empty() => (text, name.to_owned()),
            _ => return Ok(None),
        },
    };
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(anyhow!("{place} holds no token: it must be one word of printable characters"));
    }
    Ok(Some(token.to_owned()))
}

/// The key of a served model, with the variable that holds it: the one called `name`, which must be set unless it is
/// empty, or the usual one, if it is set. No error repeats the key.
#[expect(clippy::disallowed_methods, reason = "this module reads the environment for all others")]
pub(crate) fn api_key(name: Option<&str>) -> Result<Option<(String, Secret)>> {
    if name == Some("") {
        return Ok(None);
    }
    let variable = name.unwrap_or(KEY_VARIABLE);
    let key = match std::env::var(variable) {
        Ok(text) => text.trim().to_owned(),
        Err(std::env::VarError::NotPresent) => String::new(),
        Err(std::env::VarError::NotUnicode(_)) => return Err(anyhow!("{variable} holds no key: it is not UTF-8")),
    };
    if key.is_empty() {
        return if name.is_none() {
            Ok(None)
        } else {
            Err(anyhow!("{variable} holds no key; set it, or give no name"))
        };
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(anyhow!("{variable} holds no key: it must be one word of printable characters"));
    }
    Ok(Some((variable.to_owned(), Secret::new(key))))
}

/// The repositories that `args` names.
pub(crate) fn repositories(args: &MineArgs) -> Result<RepoList> {
    if let Some(path) = &args.repos {
        let list = RepoList::read(path)?;
        refuse_equal_stems(&list)?;
        return Ok(list);
    }
    let repos = args.repo.iter().map(|text| repository(text)).collect::<Result<Vec<_>>>()?;
    let mut names: Vec<&RepoId> = repos.iter().map(|spec| &spec.name).collect();
    names.sort();
    if let Some([name, _]) = names.array_windows().find(|[a, b]| a == b) {
        return Err(anyhow!("--repo names {name} twice"));
    }
    let list = RepoList { repos };
    refuse_equal_stems(&list)?;
    Ok(list)
}

/// Two names such as `a_/b` and `a/_b` give one file name; such a pair cannot stand in one folder.
pub(crate) fn refuse_equal_stems(list: &RepoList) -> Result<()> {
    let mut stems: Vec<(String, &RepoId)> = list.repos.iter().map(|spec| (spec.name.file_stem(), &spec.name)).collect();
    stems.sort();
    match stems.array_windows().find(|[a, b]| a.0 == b.0) {
        Some([a, b]) => Err(anyhow!("{} and {} would share the file {}; rename one", a.1, b.1, a.0)),
        None => Ok(()),
    }
}

/// The repository written as `OWNER/NAME=PATH_OR_URL[@REV]`.
///
/// The last `@` separates the revision, unless it belongs to an address (`git@host:path`, `ssh://git@host/path`) or the
/// whole is an existing path.
fn repository(text: &str) -> Result<RepoSpec> {
    let form = "write --repo OWNER/NAME=PATH_OR_URL[@REV]";
    let (name, source) = text.split_once('=').with_context(|| format!("`{text}` has no `=`; {form}"))?;
    let name = RepoId::new(name).with_context(|| form.to_owned())?;
    let in_address = |before: &str, after: &str| {
        after.contains(':') || before.split_once("://").is_some_and(|(_, authority)| !authority.contains('/'))
    };
    let (source, rev) = match source.rsplit_once('@') {
        Some((before, rev)) if !rev.is_empty() && !in_address(before, rev) && !Path::new(source).exists() => {
            (before.to_owned(), Some(rev.to_owned()))
        }
        _ => (source.to_owned(), None),
    };
    if source.is_empty() {
        return Err(anyhow!("`{text}` names no source; {form}"));
    }
    Ok(RepoSpec { rev, ..RepoSpec::new(name, source) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_are_told_from_addresses() {
        let read = |text: &str| {
            let spec = repository(text).expect("a repository");
            (spec.source, spec.rev)
        };
        assert_eq!(read("a/b=/p/q"), ("/p/q".to_owned(), None));
        assert_eq!(read("a/b=/p/q@v1.0"), ("/p/q".to_owned(), Some("v1.0".to_owned())));
        assert_eq!(read("a/b=/p/q@feature/x"), ("/p/q".to_owned(), Some("feature/x".to_owned())));
        assert_eq!(read("a/b=git@host.org:o/r.git"), ("git@host.org:o/r.git".to_owned(), None));
        assert_eq!(read("a/b=https://host.org/o/r@v1"), ("https://host.org/o/r".to_owned(), Some("v1".to_owned())));
        assert_eq!(read("a/b=ssh://git@host.org/o/r"), ("ssh://git@host.org/o/r".to_owned(), None));
        for bad in ["a/b", "a=/p", "a/b=", "=x"] {
            assert!(repository(bad).is_err(), "{bad}");
        }
    }
}
