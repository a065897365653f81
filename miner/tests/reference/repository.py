"""Reading a repository through the `git` program, with every setting that could change its output pinned (R149)."""

import os
import subprocess
import tempfile
from dataclasses import dataclass

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # R105: the base of the first diff
DIFF_SECONDS = 600  # R106
SETTINGS = {
    "core.quotePath": "true",  # R88
    "core.attributesFile": "/dev/null",
    "core.abbrev": "auto",
    "log.showRoot": "true",
    "log.showSignature": "false",
    "log.follow": "false",
    "diff.algorithm": "myers",
    "diff.context": "3",
    "diff.interHunkContext": "0",
    "diff.indentHeuristic": "true",
    "diff.renames": "true",
    "diff.renameLimit": "1000",  # the default since git 2.34
    "diff.noprefix": "false",
    "diff.mnemonicPrefix": "false",
    "diff.relative": "false",
    "diff.suppressBlankEmpty": "false",
    "diff.submodule": "short",
    "diff.ignoreSubmodules": "none",
    "diff.orderFile": "/dev/null",
}
ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
}


@dataclass(slots=True)
class Entry:
    """One line of the raw listing: status letter, path before, path after, object after."""

    status: str
    old: str
    new: str
    oid: str


@dataclass(slots=True)
class Commit:
    sha: str
    time: str
    entries: list


class Repository:
    def __init__(self, gitdir):
        self.gitdir = os.path.abspath(gitdir)
        self.options = []
        for name, value in SETTINGS.items():
            self.options += ["-c", f"{name}={value}"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        self.environment = kept | ENVIRONMENT
        self.batch = None
        self.absent = []
        self.overlay = None

    @property
    def command(self):
        return ["git", "--git-dir", self.gitdir, *self.options]

    def attributes_of(self, sha):
        """Lets the .gitattributes of `sha` rule, as they do in a checkout of it; a bare repository knows none."""
        self.options.insert(0, "--attr-source=" + sha)

    def stand_in(self, sha):
        """Gives an incomplete clone a short binary blob for each absent one, in a folder on top of it.

        Without it `git log -M` and `git diff` stop at the first of them. Absent are the largest files, so what is
        compared, test files and documents, hardly ever changes.
        """
        listing = self.run("rev-list", "--objects", "--missing=print", "--no-object-names", sha).decode().split()
        self.absent = [oid[1:] for oid in listing if oid.startswith("?")]
        if self.absent:
            self.overlay = tempfile.TemporaryDirectory()
            below, self.gitdir = self.gitdir, self.overlay.name
            self.run("init", "--quiet", "--bare", self.gitdir)
            with open(os.path.join(self.gitdir, "objects", "info", "alternates"), "w", encoding="utf-8") as out:
                out.write(os.path.join(below, "objects") + "\n")
            del self.environment["GIT_NO_REPLACE_OBJECTS"]
            for oid in self.absent:
                content = b"\0" + oid.encode()
                made = self.run("hash-object", "-w", "--stdin", input=content).decode().strip()
                self.run("update-ref", "refs/replace/" + oid, made)

    def start(self, *arguments, **streams):
        return subprocess.Popen(self.command + list(arguments), stdout=subprocess.PIPE, env=self.environment, **streams)

    def run(self, *arguments, **settings):
        command = self.command + list(arguments)
        return subprocess.run(command, stdout=subprocess.PIPE, env=self.environment, check=True, **settings).stdout

    def resolve(self, revision):
        return self.run("rev-parse", "--verify", revision + "^{commit}").decode().strip()

    def blob(self, oid):
        """The bytes of a blob; None when the object is missing or something else (R91)."""
        if oid in self.absent:
            return None
        if self.batch is None:
            self.batch = self.start("cat-file", "--batch", stdin=subprocess.PIPE)
        self.batch.stdin.write(oid.encode() + b"\n")
        self.batch.stdin.flush()
        head = self.batch.stdout.readline().split()
        if len(head) != 3:
            return None
        content = self.batch.stdout.read(int(head[2]))
        self.batch.stdout.read(1)
        return content if head[1] == b"blob" else None

    def history(self, revision):
        """First parents, oldest first, each with its raw listing against its first parent (R87)."""
        options = "--first-parent --reverse --raw -M --no-abbrev --diff-merges=first-parent --no-color --no-decorate"
        log = self.start("log", *options.split(), "--no-ext-diff", "--format=@%H %aI", revision)
        commit = None
        for raw in log.stdout:
            line = raw.decode("utf-8", "surrogateescape").removesuffix("\n")
            if line.startswith("@"):
                if commit:
                    yield commit
                sha, time = line[1:].split(" ")
                commit = Commit(sha, time, [])
            elif line.startswith(":"):
                facts, *paths = line.split("\t")
                commit.entries.append(Entry(facts.split(" ")[4][0], paths[0], paths[-1], facts.split(" ")[3]))
        if log.wait() != 0:
            raise SystemExit(f"git log failed with status {log.returncode}")
        if commit:
            yield commit

    def diff(self, base, sha):
        """R106: the text; None on failure or after ten minutes."""
        try:
            options = ["--no-ext-diff", "--no-textconv", "--no-color", "-U3"]
            return self.run("diff", *options, base, sha, timeout=DIFF_SECONDS).decode("utf-8", "replace")
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return None

    def tree(self, sha, quoted):
        """(mode, object, path) of everything but folders, in tree order; names as git quotes them, or as they are."""
        listing = self.run("ls-tree", "-r", "--full-tree", *([] if quoted else ["-z"]), sha)
        for row in listing.decode("utf-8", "surrogateescape").split("\n" if quoted else "\0"):
            if row:
                facts, path = row.split("\t", 1)
                mode, _, oid = facts.split(" ")
                yield mode, oid, path

    def close(self):
        if self.batch is not None:
            self.batch.stdin.close()
            self.batch.wait()
        if self.overlay is not None:
            self.overlay.cleanup()
