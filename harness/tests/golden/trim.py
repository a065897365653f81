"""Makes the golden files of this folder: the rows of the reference, and Python's own tokens.

usage: python3 trim.py FOLDER_WITH_REFERENCE_ROWS

`metrics.jsonl` and `bootstrap.jsonl` are the rows of the reference, complete. Seeds become strings, because they may
exceed 64 bits. `lexemes.jsonl` holds, for every short text of the reference that is a list of call arguments, Python's own tokens.
Needs Python 3.11: from 3.12 on, f-strings are no longer one token.
"""

import ast
import io
import json
import sys
import tokenize
import unicodedata
from pathlib import Path

DROPPED = {tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER, tokenize.COMMENT}
LONGEST = 120


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def write(name, items):
    text = "".join(json.dumps(item, ensure_ascii=True) + "\n" for item in items)
    (Path(__file__).parent / name).write_text(text, encoding="utf-8")


def tokens(text):
    """The tokens of `text` as the inside of a call; none if it is not a list of arguments."""
    source = "f(" + text + "\n)"
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    found = [token.string for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type not in DROPPED]
    return found[2:-1]


def main(reference):
    metrics = rows(reference / "metrics.jsonl")
    write("metrics.jsonl", metrics)
    write("bootstrap.jsonl", ({**row, "seed": str(row["seed"])} for row in rows(reference / "bootstrap.jsonl")))
    texts = {row[name] for row in metrics for name in ("prediction", "target")}
    # Python's tokenizer written in Python, unlike the one in C, parts names at combining marks.
    texts = {text for text in texts if unicodedata.normalize("NFC", text) == text}
    texts |= {text[:-1] for text in texts if text.endswith(")")}
    found = [{"text": text, "tokens": tokens(text)} for text in sorted(texts) if len(text) <= LONGEST]
    write("lexemes.jsonl", (row for row in found if row["tokens"]))


main(Path(sys.argv[1]))
