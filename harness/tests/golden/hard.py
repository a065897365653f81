"""Makes `hard.jsonl`: pairs that the other rows leave out, with what the package `codebleu` says of them.

usage: python3.12 hard.py, with codebleu 0.7.0, tree-sitter 0.22.3 and tree-sitter-python 0.21.0 installed

Broken f-strings and strings, odd indentation, backslashes, carriage returns, errors below renamed nodes, assignments to
the insides of strings, loops. Sets of texts are put in the canonical order (S66), so that the rows do not depend on the
process; which other values there are is not recorded.
"""

import json
import logging
import random
import sys
import warnings
from pathlib import Path

from codebleu import dataflow_match
from codebleu.parser import DFG

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent.parent / "benches"))
import reference  # noqa: E402

ROWS = 300
NAMES = ["x", "y", "a", "b", "foo", "self.a", "é", "名", "_t"]
OPERANDS = NAMES + ["1", "'s'", "None", "f(x)", "not x", "[x, y]", "{'k': x}", "*x", "**x", "b=2", "1e-5"]
OPERATORS = [" + ", " == ", ",", ", ", " and ", " not in ", " is not ", " if ", " else ", "=", ".", "@", " := "]
FIELDS = ["{x}", "{y!r}", "{x:>{y}}", "{{", "}}", "{", "}", "{x=}", "{a['b']}", "{f'{x}'}", "\\N{DASH}", "\\{", "é", "\n", "{x:\n}"]
LETTERS = ["abc", " ", "\\'", "\\\\", "\\\n", "\n", "\r", "\\\r\n", "\t", '"', "'", "é"]
LINES = ["x", "if x:", "'s'", "y = x", "f(", "x)", "for x in y:", "else:", '"""d"""', "\\", "a.b = 'c'", "x, y, z = 'c'", "while x:"]
SIMPLE = ["{0} = {1}", "{0}, {1} = {1}, {0}", "{0} += {1}", "{0} = {1} = {2}", "{0}.k = 'v'", "x, y, z = 'abc'", "'doc'",
          "return {0}", "{0} = [{1} for {1} in {2}]", "z = lambda {0}={1}, {2}={0}: {0}"]
COMPOUND = ["for {0} in {1}:", "for {0}, {1} in {1}, {2}:", "while {0} < {1}:", "if {0}:", "with {0} as {1}:", "def f({0}={1}):"]


def joined(rng, pieces, most):
    return "".join(rng.choice(pieces) for _ in range(rng.randint(1, most)))


def names(rng):
    return [rng.choice(NAMES) for _ in range(3)]


def operation(rng):
    return "".join(rng.choice(OPERANDS) + rng.choice(OPERATORS) for _ in range(rng.randint(1, 6))) + rng.choice(["x", ")", "", "{"])


def f_string(rng):
    quote = rng.choice(["'", '"', "'''", '"""'])
    return rng.choice(["f", "F", "rf"]) + quote + joined(rng, FIELDS, 5) + rng.choice([quote, quote, ""]) + rng.choice(["", ")", ", x"])


def string(rng):
    quote = rng.choice(["'", '"', "'''", '"""'])
    start = rng.choice(["", "x == ", "(", "f(", "x\n", "b", "r"])
    return start + quote + joined(rng, LETTERS, 5) + rng.choice([quote, quote, ""]) + rng.choice(["", ")", ".join(x)", "\n'y'"])


def lines(rng):
    return "\n".join(rng.choice(["", "    ", "  ", "\t", "    \t", "\x0c"]) + rng.choice(LINES) for _ in range(rng.randint(2, 6)))


def block(rng, depth=0):
    indent = "    " * depth
    if depth < 3 and rng.random() < 0.7:
        return f"{indent}{rng.choice(COMPOUND).format(*names(rng))}\n{block(rng, depth + 1)}"
    return "\n".join(indent + rng.choice(SIMPLE).format(*names(rng)) for _ in range(rng.randint(1, 3)))


def mutated(rng, text):
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice(["", "x", ")", "*", ",", "'", " ", "\n"]) + text[at + rng.randint(0, 2) :]
    return text


def canonical(items=()):
    """A set, or the sorted list of its texts."""
    items = set(items)
    return sorted(items) if items and all(isinstance(item, str) for item in items) else items


def row(number, kind, prediction, target):
    cleaned = reference.clean(prediction, target)
    parts = reference.components(*cleaned)
    if parts is not None:
        parts = {name.removesuffix("_score"): value for name, value in parts.items()}
    short = reference.short_cut(*cleaned)
    return {
        "id": f"h{number:03}", "kind": kind, "prediction": prediction, "target": target,
        "pred_clean": cleaned[0], "ref_clean": cleaned[1],
        "exact_match": reference.exact_match(*cleaned), "edit_similarity": reference.edit_similarity(*cleaned),
        "code_bleu": parts["codebleu"] if short is None else short, "code_bleu_fallback": reference.token_bleu(*cleaned),
        "codebleu_components": parts,
    }  # fmt: skip


def main():
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    dataflow_match.set = DFG.set = canonical
    rng = random.Random(6492)
    with open(FOLDER / "hard.jsonl", "w", encoding="utf-8") as out:
        for number in range(ROWS):
            kind = rng.choice([operation, f_string, string, lines, block, block])
            target = kind(rng)
            # A line feed in the target keeps all lines of the prediction (S6).
            prediction, target = mutated(rng, target), target + "\n"
            out.write(json.dumps(row(number, kind.__name__, prediction, target)) + "\n")


main()
