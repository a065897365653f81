"""The evolution track, profile `paper`: assertions of one version (R92-R97) and the walk over all (R87-R101, R104)."""

import ast
import hashlib
from collections import Counter
from dataclasses import dataclass

from rules import collapse, evolution_test
from static import FUNCTIONS, SourceFile  # isort: skip
from make_walk import METHODS  # isort: skip, static.py says where it is

ONE_OPERAND = {"assertRaises", "assertTrue", "assertFalse", "assertIsNone", "assertIsNotNone"}
OPERATORS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip


@dataclass(slots=True)
class Assertion:
    kind: str
    line: int
    column: int
    function: str  # R96
    qualified: str  # all enclosing definitions, for R104
    inline: str  # R93, verbatim
    last_line: str  # of the full prefix
    target: str
    key: tuple  # R98, the collapsed prefix as a hash of its words
    prefix_hash: str
    prefix_length: int


class Version(SourceFile):
    """One version of a test file; its pairs as the evolution track wants them."""

    def assertions(self):
        lines = self.text.splitlines(keepends=True)
        found = []
        for node in self.nodes:
            parsed = self.parsed(node)
            if parsed is None:
                continue
            kind, inline, target = parsed
            if "\n" in target:
                target = collapse(target)
            if target.strip() and not target.lstrip().startswith(","):
                found.append((node, kind, inline, target))
        heads = Heads(lines, {node.lineno for node, *_ in found})
        return [self.assertion(heads, *row) for row in found]

    def assertion(self, heads, node, kind, inline, target):
        line = node.lineno
        whole, words, length, text = heads.at[line]
        last = text[: node.col_offset] + inline  # R95: a byte column as a character index (Q1)
        whole, words = whole.copy(), words.copy()
        whole.update(last.encode())
        words.update(collapse(last).encode())
        around = [d for d in self.definitions if d.lineno <= line <= d.end_lineno]
        tests = [d for d in around if isinstance(d, FUNCTIONS) and "test" in d.name.lower()]
        return Assertion(
            kind=kind,
            line=line,
            column=node.col_offset,
            function=max(tests, key=lambda d: d.lineno).name if tests else "",  # max keeps the first of equals
            qualified=".".join(d.name for d in sorted(around, key=lambda d: d.lineno)),
            inline=inline,
            last_line=last.split("\n")[-1],
            target=target,
            key=(kind, words.digest(), collapse(target)),
            prefix_hash=whole.hexdigest(),
            prefix_length=length + len(last),
        )

    def parsed(self, node):
        """R93: (type, in-line prefix, target) or None."""
        if isinstance(node, ast.Assert):
            return self.of_assert(node.test)
        if not isinstance(node, ast.Call):
            return None
        function, arguments = node.func, node.args
        if isinstance(function, ast.Name):
            return self.of_numpy(function, function.id, arguments)
        if not isinstance(function, ast.Attribute):
            return None
        name, receiver = function.attr, function.value
        if isinstance(receiver, ast.Name):
            if receiver.id == "self" and name.startswith("assert") and name[6:] in METHODS:
                return self.of_self(name, arguments)
            if receiver.id == "pytest" and name in ("raises", "approx"):
                return self.of_pytest(name, node)
        if isinstance(receiver, ast.Attribute):
            of_unittest = isinstance(receiver.value, ast.Name) and receiver.value.id == "unittest"
            if receiver.attr == "mock" or of_unittest:
                return None
        return self.of_numpy(function, name, arguments)

    def of_assert(self, test):
        if isinstance(test, ast.Compare):
            operator = OPERATORS[type(test.ops[0])]
            return "assert", f"assert {self.segment(test.left)} {operator} ", self.segment(test.comparators[0])
        return "assert", "assert ", self.segment(test)

    def of_self(self, name, arguments):
        kind = "self." + name
        texts = [self.segment(argument) for argument in arguments]
        if name in ONE_OPERAND:
            return (kind, kind + "(", texts[0] + ")") if texts else None
        if len(texts) < 2:
            return None
        if name == "assertRaisesRegex":
            return kind, kind + "(", f"{texts[0]}, {texts[1]})"
        return kind, kind + "(" + ", ".join(texts[:-1]) + ", ", texts[-1] + ")"

    def of_pytest(self, name, node):
        if not node.args:
            return None
        named = "".join(f", {k.arg}={self.segment(k.value)}" for k in node.keywords if k.arg is not None)
        kind = "pytest." + name
        return kind, kind + "(", self.segment(node.args[0]) + named + ")"

    def of_numpy(self, function, name, arguments):
        if not name.startswith("assert_") or name == "assert_" or not arguments:
            return None
        texts = [self.segment(argument) for argument in arguments]
        return "assert_*", self.segment(function) + "(" + ", ".join(texts[:-1]) + ", ", texts[-1] + ")"


class Heads:
    """For each wanted line: running hashes of the text above (as it is, and word by word), its length, the line itself.

    A line of Python's ends in white space, so that words never reach over its end and R98 can be hashed line by line.
    """

    def __init__(self, lines, wanted):
        self.at = {}
        whole, words, length = hashlib.sha256(), hashlib.sha256(), 0
        last = max(wanted, default=0)
        for number, line in enumerate(lines[:last], start=1):
            if number in wanted:
                self.at[number] = whole.copy(), words.copy(), length, line
            whole.update(line.encode())
            for word in line.split():
                words.update(word.encode() + b" ")
            length += len(line)


def full_prefix(text, assertion_line, column, inline):
    """R95, as text."""
    lines = text.splitlines(keepends=True)
    return "".join(lines[: assertion_line - 1]) + lines[assertion_line - 1][:column] + inline


def by_rule(old, new):
    """R104, by the letter."""
    return events(old, new, lambda a: (a.qualified, a.kind, collapse(a.inline)), lambda a: (a.line, a.column))


def by_census(old, new):
    """The reading that gives every number of R102's table: R96's name, the prefix's last line, in walk order."""
    return events(old, new, lambda a: (a.function, a.kind, collapse(a.last_line)), lambda a: 0)


def events(old, new, identity, place):
    """One of `reemitted` (R104's unchanged), `modified`, `added` for each of `new`, given the version before."""
    exact = Counter((identity(a), collapse(a.target)) for a in old)
    ordered = sorted(range(len(new)), key=lambda index: place(new[index]))
    labels = {}
    for index in ordered:
        name = identity(new[index]), collapse(new[index].target)
        if exact[name]:
            exact[name] -= 1
            labels[index] = "reemitted"
    left = Counter()
    for (name, _), count in exact.items():
        left[name] += count
    for index in ordered:
        if index not in labels:
            name = identity(new[index])
            labels[index] = "modified" if left[name] else "added"
            left[name] -= left[name] > 0
    return [labels[index] for index in range(len(new))]


@dataclass(slots=True)
class Row:
    path: str
    oid: str
    assertion: Assertion
    event: str
    census: str


@dataclass(slots=True)
class Kept:
    sha: str
    time: str
    rows: list


class Walk:
    """State of the walk over one history. `extra`: paths of the metadata file (R41)."""

    def __init__(self, repository, extra=frozenset(), extracted=None):
        self.repository = repository
        self.extra = extra
        self.keys = {}  # path -> keys of the last version (R90, R99)
        self.before = {}  # path -> assertions of the last version that parsed (R104)
        self.extracted = {} if extracted is None else extracted  # blob -> assertions, None if it does not parse

    def commits(self, revision):
        """Kept commits in order (R101)."""
        for commit in self.repository.history(revision):
            candidates = self.book(commit.entries)
            rows = [row for path, oid in candidates for row in self.new(path, oid)]
            if rows:
                yield Kept(commit.sha, commit.time, rows)

    def book(self, entries):
        """R90, for all entries of a commit before any is read; returns the candidates."""
        candidates = []
        for entry in entries:
            if entry.status == "D":
                self.forget(entry.old)
                continue
            if entry.status == "R" and entry.old != entry.new:
                for state in (self.keys, self.before):
                    if entry.old in state:
                        state[entry.new] = state.pop(entry.old)
            if evolution_test(entry.new) or entry.new in self.extra:
                candidates.append((entry.new, entry.oid))
        return candidates

    def forget(self, path):
        self.keys.pop(path, None)
        self.before.pop(path, None)

    def new(self, path, oid):
        """R91, R99, R100."""
        if oid not in self.extracted:
            content = self.repository.blob(oid)
            self.extracted[oid] = extract(content) if content is not None else "missing"
        found = self.extracted[oid]
        if found == "missing":
            self.forget(path)
            return []
        present = {assertion.key for assertion in found or []}
        fresh = present - self.keys.get(path, frozenset())
        self.keys[path] = present
        if found is None:
            return []
        before = self.before.get(path, [])
        self.before[path] = found
        if not fresh:
            return []
        labelled = zip(found, by_rule(before, found), by_census(before, found))
        return [Row(path, oid, *row) for row in labelled if row[0].key in fresh]


def extract(content):
    version = Version(content.decode("utf-8", "replace"))
    return None if version.tree is None else version.assertions()
