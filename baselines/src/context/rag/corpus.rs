//! Which production files are indexed, and in which order.

use std::cmp::Ordering;

use bench::paper::UNWALKED_FOLDERS;
use bench::{RepoPath, RepoView, SourceFile};

use super::chunk::MAX_FILE_BYTES;

/// The production files of `view` that the published walk of a repository yields, in its order: the files of a folder
/// before its folders, each by name (M15). A walk of folders promises no order of names; ours is theirs sorted.
pub(super) fn walked(view: &RepoView) -> Vec<&SourceFile> {
    let is_walked = |file: &&SourceFile| {
        let folders = file.path.components().count() - 1;
        !file.path.components().take(folders).any(|folder| UNWALKED_FOLDERS.contains(&folder))
            && !file.path.file_name().contains(".min.")
            && !file.text.is_empty()
            && file.text.len() <= MAX_FILE_BYTES
    };
    let mut files: Vec<&SourceFile> = view.production().filter(is_walked).collect();
    files.sort_by(|a, b| walk_order(&a.path, &b.path));
    files
}

fn walk_order(a: &RepoPath, b: &RepoPath) -> Ordering {
    let (mut a, mut b) = (a.components().peekable(), b.components().peekable());
    loop {
        let (Some(left), Some(right)) = (a.next(), b.next()) else { return Ordering::Equal };
        let is_folder = (a.peek().is_some(), b.peek().is_some());
        match (is_folder.0.cmp(&is_folder.1)).then(left.cmp(right)) {
            Ordering::Equal => {}
            order => return order,
        }
    }
}

#[cfg(test)]
mod tests {
    use bench::{CommitId, RepoId, Role};

    use super::*;

    #[test]
    fn m15_files_come_before_folders_and_some_not_at_all() {
        let (repo, commit) = (RepoId::new("a/b").unwrap(), CommitId::new("0".repeat(40)).unwrap());
        let file = |path: &str, role, text: &str| SourceFile {
            repo: repo.clone(),
            commit: commit.clone(),
            path: RepoPath::new(path).unwrap(),
            role,
            text: text.to_owned(),
        };
        let mut files: Vec<SourceFile> =
            ["a/b/c.py", "a/z.py", "b.py", "a/b.min.py", "build/x.py", "setup.py", "a/build.py", "c/env/y.py"]
                .map(|path| file(path, Role::Production, "x"))
                .to_vec();
        files.push(file("tests/test_a.py", Role::Test, "x"));
        files.push(file("empty.py", Role::Production, ""));
        let view = RepoView { repo, commit, files };
        let paths: Vec<&str> = walked(&view).iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["b.py", "setup.py", "a/build.py", "a/z.py", "a/b/c.py"]);
    }
}
