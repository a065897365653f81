//! Every answer of the host, kept: the reason why a search can be taken up again and replayed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bench::{TaskId, Timestamp};
use serde::{Deserialize, Serialize};

/// An answer of the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Response {
    /// What was asked for: path and query.
    pub(crate) request: String,
    /// The status: 200, or 404 if there is no such thing.
    pub(crate) status: u16,
    /// When the host answered, by its own clock.
    pub(crate) date: Timestamp,
    /// The body; bytes that are no UTF-8 replaced.
    pub(crate) body: String,
}

impl Response {
    /// Whether there is such a thing.
    pub(crate) const fn is_found(&self) -> bool {
        self.status == 200
    }
}

/// A folder of answers, one file each, named by a hash of the request.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

impl Store {
    /// The store in `folder`, which need not exist.
    pub(crate) fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The answer to `request`, if it is there.
    pub(crate) fn get(&self, request: &str) -> Result<Option<Response>> {
        let path = self.path(request);
        if !path.exists() {
            return Ok(None);
        }
        let response: Response =
            bench::file::read_json(&path).context("a stored answer is damaged; remove it to ask again")?;
        if response.request != request {
            bail!("{} answers {}, not {request}; remove it to ask again", path.display(), response.request);
        }
        Ok(Some(response))
    }

    /// Keeps `response`, whole or not at all.
    pub(crate) fn put(&self, response: &Response) -> Result<()> {
        Ok(bench::file::write_json(&self.path(&response.request), response)?)
    }

    fn path(&self, request: &str) -> PathBuf {
        let id = TaskId::of(&[request.as_bytes()]);
        self.folder.join(&id.as_str()[..2]).join(format!("{id}.json"))
    }
}
