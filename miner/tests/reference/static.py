"""The static track (R35-R45) and the anchor view (R43, R125, R127); extractor v2 itself is golden/make_walk.py."""

import ast
import os
import posixpath
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden"))
from make_walk import FUNCTIONS, SKIPPED, File, select  # noqa: E402
from rules import path_rule  # noqa: E402

CAPS = 200, 5, 20  # R71
COLUMNS = "path type line col target_col function class difficulty was_multiline prefix target".split()


class SourceFile(File):
    """A file whose definitions are looked up once: histories hold hundreds of thousands of versions."""

    def __init__(self, text):
        super().__init__(text)
        self.definitions = [node for node in self.nodes if isinstance(node, FUNCTIONS + (ast.ClassDef,))]

    def enclosing(self, types, line):
        around = [d for d in self.definitions if isinstance(d, types) and d.lineno <= line <= d.end_lineno]
        return max(around, key=lambda d: d.lineno, default=None)


def static_candidates(repository, sha):
    """(path, file) of the Python files of a checkout, by bytes of the path (R35, R45)."""
    tree = {path: (mode, oid) for mode, oid, path in repository.tree(sha, quoted=False)}
    for path in sorted(tree, key=os.fsencode):
        folders = path.split("/")[:-1]
        if not path.endswith(".py") or not set(SKIPPED).isdisjoint(folders):
            continue
        if folders and folders[0].startswith("TEST_HYPERNET"):
            continue
        content = behind(repository, tree, path)
        if content is not None:
            text = content.decode("utf-8", "ignore").replace("\r\n", "\n").replace("\r", "\n")
            yield path, SourceFile(text)


def behind(repository, tree, path):
    """The bytes that opening `path` in a checkout gives: symbolic links are followed inside the tree."""
    for _ in range(40):
        mode, oid = tree.get(path, ("", ""))
        if mode != "120000":
            return repository.blob(oid) if mode.startswith("100") else None
        link = repository.blob(oid).decode("utf-8", "surrogateescape")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), link))
    return None


def static_track(repository, sha):
    """All pairs before selection, ranks of the selected by index, and the paths of all test files (R39)."""
    rows, tests = [], []
    for path, file in static_candidates(repository, sha):
        if path_rule(path) or file.is_test():
            tests.append(path)
            rows += [[path] + pair for pair in file.pairs()[0]]
    return rows, ranks(rows), tests


def anchor_view(repository, sha):
    """The same at an anchor commit, by the rules of R127: git's order, quoted names, line ends untouched."""
    rows = []
    for mode, oid, path in repository.tree(sha, quoted=True):
        if mode == "160000" or not path.endswith(".py") or not set(SKIPPED).isdisjoint(path.split("/")):
            continue
        content = repository.blob(oid)
        if not content:
            continue
        file = SourceFile(content.decode("utf-8", "ignore"))
        if path_rule(path) or file.is_test():
            rows += [[path] + pair for pair in file.pairs()[0]]
    return rows, ranks(rows)


def ranks(rows):
    return {index: rank for rank, index in enumerate(select(rows, *CAPS))}


def as_record(row, rank):
    return dict(zip(COLUMNS, row)) | {"rank": rank}
