//! The header of a commit object.

use git2::Oid;

use super::ident::Moment;

/// What the walk needs of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Commit {
    pub(super) tree: Oid,
    pub(super) first_parent: Option<Oid>,
    pub(super) author: Option<Moment>,
    pub(super) committer: Option<Moment>,
}

impl Commit {
    /// Reads the content of a commit object; none if it does not have its form.
    pub(super) fn parse(content: &[u8]) -> Option<Self> {
        let mut lines = content.split(|&byte| byte == b'\n').take_while(|line| !line.is_empty());
        let tree = id(lines.next()?.strip_prefix(b"tree ")?)?;
        let mut commit = Self { tree, first_parent: None, author: None, committer: None };
        for line in lines {
            if let Some(parent) = line.strip_prefix(b"parent ") {
                let parent = id(parent)?;
                commit.first_parent.get_or_insert(parent);
            } else if let Some(ident) = line.strip_prefix(b"author ") {
                commit.author = commit.author.or_else(|| Moment::of(ident));
            } else if let Some(ident) = line.strip_prefix(b"committer ") {
                commit.committer = Moment::of(ident);
                break;
            }
        }
        Some(commit)
    }
}

fn id(hex: &[u8]) -> Option<Oid> {
    let hex = std::str::from_utf8(hex).ok().filter(|hex| hex.len() == 40)?;
    Oid::from_str(hex).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

    #[test]
    fn the_first_parent_counts() {
        let (one, two) = ("1".repeat(40), "2".repeat(40));
        let text = format!(
            "tree {TREE}\nparent {one}\nparent {two}\nauthor A <a> 7 +0100\ncommitter B <b> 9 +0000\nencoding x\n\nparent {two}\n"
        );
        let commit = Commit::parse(text.as_bytes()).unwrap();
        assert_eq!(commit.first_parent.unwrap().to_string(), one);
        assert_eq!(commit.author.map(Moment::iso).as_deref(), Some("1970-01-01T01:00:07+01:00"));
        assert_eq!(commit.committer.map(Moment::seconds), Some(9));
        for bad in ["", "tree 12\n", "author A <a> 7 +0100\n", &format!("tree {TREE}\nparent 12\n")] {
            assert_eq!(Commit::parse(bad.as_bytes()), None, "{bad}");
        }
    }
}
