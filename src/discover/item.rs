//! Records as the host writes them. Unknown fields are ignored: the host adds some now and then.

use anyhow::{Context, Result, bail};
use bench::{RepoId, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::candidate::Candidate;
use super::store::Response;

/// A page of search results.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Page {
    /// Results of the whole search.
    pub(super) total_count: u64,
    /// The results of this page.
    pub(super) items: Vec<Item>,
}

/// A repository, in a search result or by itself.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Item {
    pub(super) full_name: RepoId,
    html_url: String,
    description: Option<String>,
    pub(super) stargazers_count: u64,
    forks_count: u64,
    watchers_count: u64,
    size: u64,
    open_issues_count: u64,
    language: Option<String>,
    license: Option<Licence>,
    pub(super) created_at: Timestamp,
    pushed_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    default_branch: String,
    pub(super) fork: bool,
    pub(super) archived: bool,
    #[serde(default)]
    has_wiki: bool,
    #[serde(default)]
    topics: Vec<String>,
    /// What it was forked from; only in records, not in search results.
    pub(super) parent: Option<Ancestor>,
    /// Where the chain of forks begins; likewise.
    pub(super) source: Option<Ancestor>,
}

#[derive(Debug, Clone, Deserialize)]
struct Licence {
    spdx_id: Option<String>,
}

/// A repository that another one was forked from.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Ancestor {
    pub(super) full_name: RepoId,
}

/// An entry of a folder.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Entry {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) size: u64,
}

impl Item {
    /// The record that is kept of it (R23).
    pub(super) fn candidate(self, evidence: Option<String>, found: Timestamp, pass: &str) -> Candidate {
        Candidate {
            url: self.html_url,
            description: self.description,
            stars: self.stargazers_count,
            forks: self.forks_count,
            watchers: self.watchers_count,
            size_kb: self.size,
            open_issues: self.open_issues_count,
            language: self.language,
            licence: self.license.and_then(|licence| licence.spdx_id),
            created: self.created_at,
            pushed: self.pushed_at,
            updated: self.updated_at,
            default_branch: self.default_branch,
            fork: self.fork,
            archived: self.archived,
            wiki: self.has_wiki,
            topics: self.topics,
            evidence,
            found,
            pass: pass.to_owned(),
            name: self.full_name,
        }
    }

    /// Refuses an address that is not that of the repository: it will be cloned from.
    pub(super) fn check(&self) -> Result<()> {
        let Self { full_name, html_url, .. } = self;
        let path = html_url.strip_prefix("https://").and_then(|rest| rest.split_once('/'));
        match path {
            Some((host, path)) if path == full_name.as_str() && !host.contains('@') => Ok(()),
            _ => bail!("{full_name} has the address {html_url:?}, which is not https://HOST/{full_name}"),
        }
    }
}

/// The value in the body of `response`.
pub(super) fn read<T: DeserializeOwned>(response: &Response) -> Result<T> {
    serde_json::from_str(&response.body)
        .with_context(|| format!("the answer to {} is not of the form that the host documents", response.request))
}
