"""What CPython and the rules of the profile `paper` make of cases.toml; prints paper.jsonl. Needs Python 3.12."""

import json
import pathlib
import sys
import tomllib
import warnings

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "golden"))

from make_walk import File  # noqa: E402


def listing(source):
    file = File(source)
    if file.tree is None:
        return "invalid\n"
    rows, skipped = file.pairs()
    out = ""
    for kind, _, _, _, function, klass, tier, multiline, prefix, target in rows:
        place = f"{klass}.{function}" if klass else function
        out += f"{kind} {tier}{' multiline' if multiline else ''} {place}\n{prefix}⟦{target}⟧\n"
    return out + "".join(f"{reason} {count}\n" for reason, count in sorted(skipped.items()))


warnings.simplefilter("ignore")
for case in tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8"))["case"]:
    print(json.dumps({"id": case["id"], "listing": listing(case["source"])}, ensure_ascii=False))
