"""An independent reading of the static rules with CPython's own parser, for comparison with the miner.

Written from the rules alone (R5, R8-R10, R35-R38, R46-R71). Needs Python 3.12. Three uses:

    python3.12 make_walk.py corpus ../corpus/*.txt      rewrites the expected part of the corpus files
    python3.12 make_walk.py files < paths > rows.jsonl  one JSON line a file: validity, content rule, pairs
    python3.12 make_walk.py tree FOLDER > rows.jsonl    one JSON line a pair of a checked-out repository, with its rank
"""

import ast
import collections
import json
import os
import re
import sys
import warnings

METHODS = set(
    "Equal NotEqual True False Is IsNot IsNone IsNotNone In NotIn IsInstance NotIsInstance Raises RaisesRegex "
    "AlmostEqual NotAlmostEqual DictEqual ListEqual TupleEqual SetEqual SequenceEqual Regex NotRegex CountEqual "
    "Warns Logs MultiLineEqual Greater GreaterEqual Less LessEqual".split()
)
ONE_OPERAND = {"assertRaises", "assertTrue", "assertFalse", "assertIsNone", "assertIsNotNone"}
FIXTURES = "setUp setUpClass tearDown tearDownClass setup_method teardown_method setup teardown".split()
WORDS = ["import pytest", "from pytest", "pytest.", "import unittest", "from unittest", "unittest."]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def parse(text):
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def breadth_first(tree):
    queue = collections.deque([tree])
    while queue:
        node = queue.popleft()
        yield node
        queue.extend(ast.iter_child_nodes(node))


class File:
    def __init__(self, text):
        self.text = text
        self.tree = parse(text)
        self.rows = re.findall(r"[^\n\r]*(?:\r\n|\n|\r|$)", text)
        self.nodes = list(breadth_first(self.tree)) if self.tree else []

    def segment(self, node):
        first, last = node.lineno - 1, node.end_lineno - 1
        rows = [row.encode() for row in self.rows[first : last + 1]]
        rows[-1] = rows[-1][: node.end_col_offset]
        rows[0] = rows[0][node.col_offset :]
        return b"".join(rows).decode()

    def found(self, node):
        """(kind, node to cut at, target) or None."""
        if isinstance(node, ast.Assert):
            if isinstance(node.test, ast.Compare):
                first = node.test.comparators[0]
                return "assert", first, self.segment(first)
            return None
        if not isinstance(node, ast.Call):
            return None
        function, arguments = node.func, node.args
        if isinstance(function, ast.Attribute):
            name, receiver = function.attr, function.value
            if isinstance(receiver, ast.Name):
                if receiver.id == "self" and name.startswith("assert") and name[6:] in METHODS:
                    return self.of_self(name, arguments)
                if receiver.id == "pytest" and name in ("raises", "approx"):
                    if not arguments:
                        return None
                    named = [k for k in node.keywords if k.arg is not None]
                    tail = "".join(f", {k.arg}={self.segment(k.value)}" for k in named)
                    return "pytest." + name, arguments[0], self.segment(arguments[0]) + tail + ")"
            if isinstance(receiver, ast.Attribute) and receiver.attr == "mock":
                return None
        elif isinstance(function, ast.Name):
            name = function.id
        else:
            return None
        if name.startswith("assert_") and name != "assert_" and arguments:
            return "assert_*", arguments[-1], self.segment(arguments[-1]) + ")"
        return None

    def of_self(self, name, arguments):
        kind = "self." + name
        if not arguments:
            return None
        if name in ONE_OPERAND:
            return kind, arguments[0], self.segment(arguments[0]) + ")"
        if name == "assertRaisesRegex":
            return kind, arguments[0], ", ".join(map(self.segment, arguments[:2])) + ")"
        if len(arguments) < 2:
            return None
        return kind, arguments[-1], self.segment(arguments[-1]) + ")"

    def enclosing(self, types, line):
        best = None
        for node in self.nodes:
            if isinstance(node, types) and node.lineno <= line <= node.end_lineno:
                if best is None or node.lineno > best.lineno:
                    best = node
        return best

    def prefix(self, line, column, function, klass):
        wanted = set()

        def take(first, last):
            wanted.update(range(first - 1, last))

        for node in self.tree.body:
            if isinstance(node, FUNCTIONS + (ast.ClassDef,)):
                break
            if isinstance(node, ast.Expr):
                constant = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
                if not constant:
                    take(node.lineno, node.end_lineno)
            elif isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.AugAssign)):
                take(node.lineno, node.end_lineno)
        if klass:
            take(klass.lineno, klass.lineno)
            for node in klass.body:
                if isinstance(node, (ast.Assign, ast.AnnAssign)):
                    take(node.lineno, node.end_lineno)
                if isinstance(node, FUNCTIONS) and node.name in FIXTURES:
                    take(node.lineno, node.end_lineno)
        for node in self.tree.body:
            if isinstance(node, FUNCTIONS) and node.end_lineno < line and not node.name.startswith("test_"):
                take(node.lineno, node.end_lineno)
        for node in klass.body if klass else []:
            if isinstance(node, FUNCTIONS) and node.end_lineno < line and node.name not in FIXTURES:
                if not node.name.startswith("test_") or (function and node.name == function.name):
                    take(node.lineno, node.end_lineno)
        if function:
            head = min([function.lineno] + [d.lineno for d in function.decorator_list])
            take(head, line - 1)
        lines = self.text.splitlines()
        out, before = [], None
        for index in sorted(i for i in wanted if 0 <= i < len(lines)):
            if before is not None and index != before + 1:
                out.append("")
            out.append(lines[index])
            before = index
        if before is not None and before < line - 1:
            out.append("")
        out.append(lines[line - 1][:column] if line <= len(lines) else "")
        return "\n".join(out[-600:])

    def pairs(self):
        rows, skipped = [], collections.Counter()
        for node in self.nodes:
            found = self.found(node)
            if found is None:
                continue
            kind, cut, target = found
            multiline = "\n" in target
            if multiline:
                target = " ".join(target.split())
            bare = target.strip()
            if not bare:
                continue
            function = self.enclosing(FUNCTIONS, node.lineno)
            klass = self.enclosing((ast.ClassDef,), node.lineno)
            if bare.startswith(","):
                skipped["comma_leading_target"] += 1
            elif bare in (")", "))", ")))", "]", "]]", "}"):
                skipped["paren_only_target"] += 1
            elif len(bare) > 500:
                skipped["target_too_long"] += 1
            elif function is None:
                skipped["no_enclosing_function"] += 1
            else:
                prefix = self.prefix(node.lineno, cut.col_offset, function, klass)
                if "(," in prefix.rstrip().split("\n")[-1].strip():
                    skipped["malformed_prefix_comma"] += 1
                    continue
                name = klass.name if klass else ""
                rows.append([kind, node.lineno, node.col_offset, cut.col_offset, function.name, name,
                             difficulty(target), multiline, prefix, target])
        return rows, dict(skipped)

    def is_test(self):
        lower = self.text.lower()
        if any(word in lower for word in WORDS):
            return True
        for node in self.nodes:
            if isinstance(node, FUNCTIONS) and node.name.startswith("test_"):
                return True
            if isinstance(node, ast.ClassDef) and "test" in node.name.lower():
                return True
        return False


def difficulty(target):
    bare = target.strip().rstrip(")")
    if bare in ("True", "False"):
        return "bool_literal"
    if bare == "None":
        return "none_literal"
    if bare.startswith(("'", '"', "b'", 'b"', "f'", 'f"')):
        return "string_literal"
    try:
        float(bare.replace("-", "", 1))
        return "numeric_literal"
    except ValueError:
        pass
    if bare.startswith(("[", "(", "{")):
        return "collection"
    if "(" in target:
        return "func_call"
    return "variable" if bare.isidentifier() else "complex_expr"


def corpus(paths):
    """Cases are `=== title`, source, `---`, one line a pair: kind, line, column, target column, target."""
    for path in paths:
        out = []
        for case in re.split(r"(?m)^=== ", open(path, encoding="utf-8").read())[1:]:
            title, rest = case.split("\n", 1)
            source = re.split(r"(?m)^---\n", rest)[0]
            file = File(source)
            expected = ["invalid"] if file.tree is None else []
            for node in file.nodes:
                found = file.found(node)
                if found:
                    kind, cut, target = found
                    target = " ".join(target.split()) if "\n" in target else target
                    expected.append(f"{kind} {node.lineno}:{node.col_offset} {cut.col_offset} {target}")
            out.append(f"=== {title}\n{source}---\n" + "".join(line + "\n" for line in expected))
        open(path, "w", encoding="utf-8").write("\n".join(case.rstrip("\n") + "\n" for case in out))


SKIPPED = (
    ".git __pycache__ node_modules .tox .eggs .mypy_cache .pytest_cache venv .venv env .nox .hg .svn site-packages"
).split()


def candidates(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in SKIPPED]
        if folder == root:
            folders[:] = [f for f in folders if not f.startswith("TEST_HYPERNET")]
        for name in names:
            if name.endswith(".py"):
                yield os.path.relpath(os.path.join(folder, name), root)


def tree(root):
    rows = []
    for path in sorted(candidates(root), key=os.fsencode):
        with open(os.path.join(root, path), encoding="utf-8", errors="ignore") as handle:
            file = File(handle.read())
        if any("test" in part.lower() for part in path.split("/")) or file.is_test():
            rows += [[path] + pair for pair in file.pairs()[0]]
    ranks = {index: rank for rank, index in enumerate(select(rows, 200, 5, 20))}
    for index, row in enumerate(rows):
        print(json.dumps(row + [ranks.get(index)], ensure_ascii=False))


def select(rows, per_repository, per_function, per_file):
    """Indices of the balanced selection; a row is path, kind, line, columns, function, class, tier, ..., target."""

    def cap(indices, group, limit):
        groups = collections.OrderedDict()
        for index in indices:
            groups.setdefault(group(rows[index]), []).append(index)
        return {name: sorted(members, key=key)[: limit(len(members))] for name, members in groups.items()}

    def key(index):
        return rows[index][8], len(rows[index][10])

    def flat(groups):
        return [index for members in groups.values() for index in members]

    kept = flat(cap(range(len(rows)), lambda row: (row[0], row[5]), lambda _: per_function))
    kept = flat(cap(kept, lambda row: row[0], lambda _: per_file))
    seen, unique = set(), []
    for index in kept:
        name = rows[index][0], rows[index][10]
        if name not in seen:
            seen.add(name)
            unique.append(index)
    if len(unique) <= per_repository:
        return unique
    counts = collections.OrderedDict()
    for index in unique:
        counts[rows[index][7]] = counts.get(rows[index][7], 0) + 1
    exact = {tier: per_repository * count / len(unique) for tier, count in counts.items()}
    quota = {tier: int(share) for tier, share in exact.items()}
    missing = per_repository - sum(quota.values())
    for tier in sorted(exact, key=lambda tier: quota[tier] - exact[tier])[:missing]:
        quota[tier] += 1
    tiers = cap(unique, lambda row: row[7], lambda count: count)
    return [index for tier, members in tiers.items() for index in members[: quota[tier]]]


def files():
    for path in map(str.strip, sys.stdin):
        with open(path, encoding="utf-8", errors="ignore") as handle:
            file = File(handle.read())
        pairs, skipped = file.pairs()
        row = {"path": path, "valid": file.tree is not None, "content": file.is_test(), "pairs": pairs, "skipped": skipped}
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if sys.version_info[:2] != (3, 12):
        sys.exit("needs Python 3.12, whose grammar the rules name")
    {"corpus": lambda: corpus(sys.argv[2:]), "files": files, "tree": lambda: tree(sys.argv[2])}[sys.argv[1]]()
