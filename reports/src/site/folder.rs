//! The folder of a site while it is written, and its data files: scripts that hand one value over, because a page that is
//! opened from disk may load scripts and nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use bench::file::remove_folder;
use serde::Serialize;

use crate::error::{Error, Result};

/// A folder under another name until it is complete; it goes away with this value if it never is.
#[derive(Debug)]
pub(super) struct Folder {
    at: PathBuf,
    root: PathBuf,
}

impl Folder {
    /// The empty folder that is to become `root`.
    pub(super) fn create(root: &Path) -> Result<Self> {
        let name = root.file_name().unwrap_or_default().to_string_lossy();
        let at = root.with_file_name(format!(".{name}.partial"));
        remove_folder(&at)?;
        let old = former(root);
        if old.exists() && !root.exists() {
            // A run was killed between the two moves; its predecessor's pages are better than none.
            fs::rename(&old, root).map_err(|source| Error::io("restore", root, source))?;
        }
        fs::create_dir_all(&at).map_err(|source| Error::io("create", &at, source))?;
        Ok(Self { at, root: root.to_owned() })
    }

    /// The path of the file `name` inside; its folder exists afterwards.
    fn place(&self, name: &str) -> Result<PathBuf> {
        let path = self.at.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        }
        Ok(path)
    }

    /// Copies the file `from` to `name` inside.
    pub(super) fn copy(&self, name: &str, from: &Path) -> Result<()> {
        fs::copy(from, self.place(name)?).map(drop).map_err(|source| Error::io("copy", from, source))
    }

    /// Writes `text` to the file `name` inside.
    pub(super) fn file(&self, name: &str, text: &[u8]) -> Result<()> {
        let path = self.place(name)?;
        fs::write(&path, text).map_err(|source| Error::io("write", &path, source))
    }

    /// Writes `value` to the data file `key`.
    pub(super) fn data<T: Serialize>(&self, key: &str, value: &T) -> Result<()> {
        self.file(&format!("data/{key}.js"), script(key, value).as_bytes())
    }

    /// Puts the folder in its place, instead of what was there.
    pub(super) fn complete(self) -> Result<()> {
        let old = former(&self.root);
        remove_folder(&old)?;
        if self.root.exists() {
            fs::rename(&self.root, &old).map_err(|source| Error::io("replace", &self.root, source))?;
        }
        fs::rename(&self.at, &self.root).map_err(|source| Error::io("rename", &self.root, source))?;
        Ok(remove_folder(&old)?)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing is there once it is complete; and a failure to tidy up must not hide the failure before it.
        drop(fs::remove_dir_all(&self.at));
    }
}

/// Where what stood at `root` is until its successor is there.
fn former(root: &Path) -> PathBuf {
    root.with_file_name(format!(".{}.old", root.file_name().unwrap_or_default().to_string_lossy()))
}

/// A script that hands `value` over under the name `key`. It holds no `<`, so that it is inert wherever it is put.
fn script<T: Serialize>(key: &str, value: &T) -> String {
    let json = |text: serde_json::Result<String>| text.expect("because the data of a site have a JSON form");
    let (key, value) = (json(serde_json::to_string(key)), json(serde_json::to_string(value)));
    format!(
        "repopeft({key},{});\n",
        value.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
    )
}

#[cfg(test)]
mod tests {
    use super::script;

    #[test]
    fn values_cannot_leave_their_string() {
        let text = script("a/b", &["</script><b>\"\\\u{2028}"]);
        assert_eq!(text, "repopeft(\"a/b\",[\"\\u003c/script>\\u003cb>\\\"\\\\\\u2028\"]);\n");
    }
}
