"""Times the metrics of the paper in Python, on the pairs of the golden rows: what `cargo bench` is compared with.

usage: python3.12 -m venv v && v/bin/pip install codebleu==0.7.0 tree-sitter==0.22.3 tree-sitter-python==0.21.0
       v/bin/python reference.py ../tests/golden/metrics.jsonl [PAIRS]

Cleaning (S5-S12), exact match (S13-S14), edit similarity by difflib (S17), token BLEU (S69-S71) and CodeBLEU by the
package, one pair after the other on one thread. Prints processor time, a pair, for each and for all. Values are checked
against the rows as they are made.
"""

import json
import logging
import math
import re
import sys
import time
from collections import Counter
from difflib import SequenceMatcher

MARKERS = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
LEXEMES = re.compile(
    r"""[A-Za-z_]\w*|0[xXoObB][\da-fA-F_]+|\d[\d_]*\.?\d*[eE]?[\d_]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\S"""
)


def clean(prediction, target):
    """Both texts after S5-S11."""
    for marker in MARKERS:
        prediction = prediction.replace(marker, "")
    prediction = prediction.strip()
    if "\n" not in target:
        prediction = prediction.split("\n")[0]
    prediction = prediction.split("#")[0].strip()
    reference = target.split("#")[0].strip()
    if reference:
        if "," not in reference:
            prediction = prediction.split(",")[0].strip()
        words = prediction.split()
        if len(reference.split()) == 1 and len(words) > 1:
            prediction = words[0]
    return prediction.strip(), reference


def normal_form(text):
    """S13."""
    return " ".join(text.strip().rstrip(":, \t").replace(", ", ",").replace(" ,", ",").split())


def exact_match(prediction, reference):
    """S14."""
    return normal_form(prediction) == normal_form(reference)


def edit_similarity(prediction, reference):
    """S17."""
    return SequenceMatcher(None, prediction, reference).ratio()


def short_cut(prediction, reference):
    """S27, if it applies."""
    if not prediction.strip() or not reference.strip():
        return 0.0
    return 1.0 if prediction.strip() == reference.strip() else None


def token_bleu(prediction, reference):
    """S69-S71."""
    short = short_cut(prediction, reference)
    if short is not None:
        return short
    found, wanted = LEXEMES.findall(prediction), LEXEMES.findall(reference)
    if not found or not wanted:
        return 0.0
    total = 0.0
    for n in range(1, 5):
        grams = [Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)) for tokens in (found, wanted)]
        shared = sum((grams[0] & grams[1]).values())
        total += math.log((shared + 1) / (max(len(found) - n + 1, 1) + 1)) / 4
    return min(1.0, len(found) / len(wanted)) * math.exp(total)


def components(prediction, reference):
    """What the package says of two texts; none if one is blank."""
    from codebleu import calc_codebleu

    if not prediction.strip() or not reference.strip():
        return None
    return calc_codebleu([reference], [prediction], lang="python")


def code_bleu(prediction, reference):
    """S24-S28."""
    short = short_cut(prediction, reference)
    return short if short is not None else components(prediction, reference)["codebleu"]


METRICS = {
    "exact_match": exact_match,
    "edit_similarity": edit_similarity,
    "code_bleu": code_bleu,
    "code_bleu_fallback": token_bleu,
}


def timed(spent, name, function, *arguments):
    """The value of a function, the time of which is added to `spent`."""
    start = time.process_time()
    value = function(*arguments)
    spent[name] += time.process_time() - start
    return value


def main():
    logging.disable(logging.CRITICAL)
    with open(sys.argv[1], encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    pairs = int(sys.argv[2]) if len(sys.argv) > 2 else len(rows)
    code_bleu("a", "b")
    spent = Counter()
    for at in range(pairs):
        row = rows[at % len(rows)]
        cleaned = timed(spent, "clean", clean, row["prediction"], row["target"])
        assert cleaned == (row["pred_clean"], row["ref_clean"]), row["id"]
        for name, metric in METRICS.items():
            value = timed(spent, name, metric, *cleaned)
            assert abs(value - row[name]) < 1e-12 or row["hash_sensitive"], (row["id"], name, value)
    for name, seconds in [*spent.items(), ("all", spent.total())]:
        print(f"{name:20} {seconds / pairs * 1e6:9.2f} us/pair")


if __name__ == "__main__":
    main()
