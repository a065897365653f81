//! Writes git objects that no git would write: by `git hash-object --literally`, `git fast-import`, and byte by byte.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Modes of tree entries.
pub(crate) const FILE: &str = "100644";
pub(crate) const FOLDER: &str = "40000";
pub(crate) const LINK: &str = "120000";
pub(crate) const SUBMODULE: &str = "160000";

/// Who commits, and when.
const IDENT: &str = "A <a@example.org> 946684800 +0000";

/// A bare repository in the making.
pub(crate) struct Forge {
    path: PathBuf,
}

impl Forge {
    /// An empty bare repository at `path`.
    pub(crate) fn new(path: &Path) -> Self {
        for folder in ["objects/pack", "refs/heads"] {
            fs::create_dir_all(path.join(folder)).expect("made");
        }
        fs::write(path.join("HEAD"), "ref: refs/heads/main\n").expect("written");
        fs::write(path.join("config"), "[core]\n\trepositoryformatversion = 0\n\tbare = true\n").expect("written");
        Self { path: path.to_owned() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What `git` with `arguments` says when it reads `input`.
    pub(crate) fn git(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut child = Command::new("git")
            .arg("--git-dir")
            .arg(&self.path)
            .args(arguments)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the git program");
        let mut stdin = child.stdin.take().expect("because it is piped");
        // Commands that do not read their input may be gone already.
        drop(stdin.write_all(input));
        drop(stdin);
        let output = child.wait_with_output().expect("output");
        assert!(output.status.success(), "git {arguments:?}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Writes an object of any content; its id.
    pub(crate) fn object(&self, kind: &str, content: &[u8]) -> String {
        self.git(&["hash-object", "-w", "-t", kind, "--literally", "--stdin"], content)
    }

    pub(crate) fn blob(&self, content: impl AsRef<[u8]>) -> String {
        self.object("blob", content.as_ref())
    }

    /// Writes a tree with these entries in this order: mode, name, id.
    pub(crate) fn tree<N: AsRef<[u8]>>(&self, entries: &[(&str, N, &str)]) -> String {
        self.object("tree", &tree(entries))
    }

    /// Writes a commit of `tree` and makes it the head; its id.
    pub(crate) fn commit(&self, tree: &str, parents: &[&str]) -> String {
        let mut text = format!("tree {tree}\n");
        for parent in parents {
            let _ = writeln!(text, "parent {parent}");
        }
        let _ = write!(text, "author {IDENT}\ncommitter {IDENT}\n\nc\n");
        let id = self.object("commit", text.as_bytes());
        self.set_head(&id);
        id
    }

    /// A commit of ordinary files, which becomes the head.
    pub(crate) fn files<N: AsRef<[u8]>>(&self, files: &[(N, &[u8])]) -> String {
        let blobs: Vec<String> = files.iter().map(|(_, content)| self.blob(content)).collect();
        let entries: Vec<(&str, &[u8], &str)> =
            files.iter().zip(&blobs).map(|((name, _), id)| (FILE, name.as_ref(), &**id)).collect();
        self.commit(&self.tree(&entries), &[])
    }

    pub(crate) fn set_head(&self, commit: &str) {
        fs::write(self.path.join("refs/heads/main"), format!("{commit}\n")).expect("written");
    }

    /// Reads a stream of `git fast-import`, which writes `refs/heads/main`.
    pub(crate) fn import(&self, stream: &[u8]) {
        self.git(&["fast-import", "--quiet", "--force"], stream);
    }

    /// Where the loose object `id` lies.
    pub(crate) fn loose(&self, id: &str) -> PathBuf {
        self.path.join("objects").join(&id[..2]).join(&id[2..])
    }

    /// An object under an id of our choice.
    pub(crate) fn forged(&self, id: &str, kind: &str, content: &[u8]) {
        let path = self.loose(id);
        fs::create_dir_all(path.parent().expect("because it has one")).expect("made");
        let header = format!("{kind} {}\0", content.len());
        fs::write(path, stored(&[header.as_bytes(), content].concat())).expect("written");
    }

    /// A loose object under the id `id` that begins with `header` and goes on with `zeros` zeros.
    pub(crate) fn zeros(&self, id: &str, header: &str, zeros: u64) {
        let path = self.loose(id);
        fs::create_dir_all(path.parent().expect("because it has one")).expect("made");
        fs::write(path, bomb(header.as_bytes(), zeros)).expect("written");
    }
}

/// Commits for `git fast-import`, each by what it changes: `M` with a text, or `D`.
pub(crate) fn stream(commits: &[&[(&str, &str, &str)]]) -> String {
    let mut text = String::new();
    for (at, changes) in commits.iter().enumerate() {
        let _ = write!(text, "commit refs/heads/main\ncommitter A <a@b> {} +0000\ndata 2\nc\n", 946_684_800 + at);
        for (action, path, content) in *changes {
            let _ = match *action {
                "D" => writeln!(text, "D {path}"),
                _ => writeln!(text, "M 100644 inline {path}\ndata {}\n{content}", content.len()),
            };
        }
        text.push('\n');
    }
    text
}

/// The content of a tree object.
pub(crate) fn tree<N: AsRef<[u8]>>(entries: &[(&str, N, &str)]) -> Vec<u8> {
    let mut content = Vec::new();
    for (mode, name, id) in entries {
        content.extend([mode.as_bytes(), b" ", name.as_ref(), b"\0"].concat());
        content.extend(raw(id));
    }
    content
}

/// A zlib stream of one stored block.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("because such objects are short");
    let (low, high) = bytes.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    let mut out = vec![0x78, 0x01, 0x01];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(bytes);
    out.extend((high << 16 | low).to_be_bytes());
    out
}

/// The bytes of a hexadecimal id.
fn raw(id: &str) -> Vec<u8> {
    (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).expect("hexadecimal")).collect()
}

/// A zlib stream of `head` and about `zeros` zeros, a six-hundredth of their size: a stored block, then copies of one
/// zero in the fixed code.
fn bomb(head: &[u8], zeros: u64) -> Vec<u8> {
    let length = u16::try_from(head.len()).expect("because headers are short");
    let mut out = vec![0x78, 0x01, 0x00];
    out.extend(length.to_le_bytes());
    out.extend((!length).to_le_bytes());
    out.extend(head);
    let mut bits = Bits { out, pending: 0, count: 0 };
    // The last block, in the fixed code; then the literal 0.
    bits.push(0b1, 1);
    bits.push(0b01, 2);
    bits.push(0b0000_1100, 8);
    for _ in 0..zeros / 258 {
        // Length 258 (symbol 285, most significant bit first) at distance 1.
        bits.push(0b1010_0011, 8);
        bits.push(0, 5);
    }
    bits.push(0, 7);
    bits.push(0, 8);
    bits.out.extend([0; 4]);
    bits.out
}

/// Bits, the least significant first.
struct Bits {
    out: Vec<u8>,
    pending: u32,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u32, count: u32) {
        self.pending |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.out.push(u8::try_from(self.pending & 0xff).expect("because it is masked"));
            self.pending >>= 8;
            self.count -= 8;
        }
    }
}
