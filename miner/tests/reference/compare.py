"""Compares an export of the Rust miner with what reference.py wrote. Needs pyarrow for Parquet files.

    python compare.py REFERENCE EXPORT... [--flat static|anchor|evolution] [--show N]

REFERENCE is the output folder of one repository, or a folder of such. EXPORT is a file or a folder of .parquet and
.jsonl files, told apart by their columns: commit rows (R109), pair rows (R110), anchor pairs (R129), and the flat
layout, which says by itself not which track it holds. One line a repository and table: rows of the reference, rows of
the export, rows in both, as multisets; then the first rows that only one of the two has. Ends with status 1 if any
row differs. Commits whose diff git could not make are compared without it.
"""

import argparse
import hashlib
import json
import os
import sys
from collections import Counter

from rules import mask

# By what a table is known, and the column that names the repository.
COMMITS = {"repo_id", "commit_index", "commit_sha", "production_code_diff", "n_new_assertions"}
PAIRS = {"repo_id", "commit_sha", "test_file", "lineno", "assertion_type", "prefix", "target"}
ANCHOR = {"repo_id", "commit_sha", "test_file", "assertion_type", "prefix", "target", "qna_source"}
FLAT = {"repo", "commit", "file", "line", "kind", "prefix", "target", "selected"}
KINDS = {"commits": COMMITS, "anchor": ANCHOR, "pairs": PAIRS, "flat": FLAT}


def sha256(text):
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def offset(time):
    """Git writes UTC as Z since version 2.45 and as an offset before."""
    return time.removesuffix("Z") + "+00:00" if time.endswith("Z") else time


def lines(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8", errors="surrogateescape") as rows:
        for row in rows:
            yield json.loads(row)


class Table:
    """One file of an export, read again for each repository and never as a whole."""

    def __init__(self, path):
        self.path = path
        if path.endswith(".parquet"):
            import pyarrow.parquet

            self.columns = set(pyarrow.parquet.read_schema(path).names)
        else:
            with open(path, encoding="utf-8") as rows:
                self.columns = set(json.loads(rows.readline() or "{}"))
        self.kind = next((kind for kind, needed in KINDS.items() if needed <= self.columns), None)

    def rows(self, repository, wanted):
        key = "repo" if self.kind == "flat" else "repo_id"
        if self.path.endswith(".parquet"):
            import pyarrow.dataset

            chosen = pyarrow.dataset.field(key) == repository
            for batch in pyarrow.dataset.dataset(self.path).to_batches(columns=sorted(wanted), filter=chosen):
                yield from batch.to_pylist()
        else:
            with open(self.path, encoding="utf-8") as rows:
                yield from (row for row in map(json.loads, rows) if row[key] == repository)


class Comparison:
    """Two lists of keys, from the reference and from the export."""

    def __init__(self, repository, title, expected, found):
        self.repository, self.title = repository, title
        self.expected, self.found = list(expected), list(found)
        self.both = (Counter(self.expected) & Counter(self.found)).total()

    def report(self, show):
        order = "same order" if self.expected == self.found else "order differs"
        if self.both < max(len(self.expected), len(self.found)):
            order = f"{100 * self.both / max(len(self.expected), len(self.found)):.3f} %"
        print(f"{self.repository}\t{self.title}\t{len(self.expected)}\t{len(self.found)}\t{self.both}\t{order}")
        for side, mine, other in (
            ("reference", self.expected, self.found),
            ("export", self.found, self.expected),
        ):
            rest = Counter(mine) - Counter(other)
            for row in [row for row in dict.fromkeys(mine) if rest[row]][:show]:
                print(f"  only in {side}: {row}")
        for what, count in self.near().items():
            print(f"  the same but for the {what}: {count}")

    def near(self):
        """For pairs, whose keys end in prefix and target: left-over rows of both sides that agree in all else."""
        if self.title in ("commits", "times and splits", "diffs"):
            return {}
        left, right = Counter(self.expected) - Counter(self.found), Counter(self.found) - Counter(self.expected)
        without = {"prefix": lambda key: key[:-2] + key[-1:], "target": lambda key: key[:-1]}
        return {
            what: (Counter(map(cut, left.elements())) & Counter(map(cut, right.elements()))).total()
            for what, cut in without.items()
            if left and right
        }


def static_keys(folder, name, selected):
    for row in lines(folder, name):
        if not selected or row["rank"] is not None:
            yield row["path"], row["line"], row["type"], sha256(row["prefix"]), row["target"]


def flat_keys(rows, selected):
    for row in rows:
        if not selected or row["selected"]:
            yield row["file"], row["line"], row["kind"], sha256(row["prefix"]), row["target"]


def reference_pairs(folder, shas):
    for row in lines(folder, "pairs.jsonl"):
        key = row["path"], row["line"], row["type"], row["prefix_sha256"], row["target"]
        yield (shas[row["commit_index"]][:12],) + key


def compare_flat(repository, folder, rows, track, shas):
    rows = list(rows)
    if track == "evolution":
        keys = ((row["commit"][:12],) + key for row, key in zip(rows, flat_keys(rows, False)))
        yield Comparison(repository, "pairs", reference_pairs(folder, shas), keys)
        return
    for selected, title in ((False, "all"), (True, "selected")):
        expected = static_keys(folder, track + ".jsonl", selected)
        yield Comparison(repository, f"{track} {title}", sorted(expected), sorted(flat_keys(rows, selected)))


def compare_commits(repository, folder, rows):
    rows, expected = sorted(rows, key=lambda row: row["commit_index"]), list(lines(folder, "commits.jsonl"))
    keys = [(row["index"], row["sha"], row["n_new"]) for row in expected]
    found = [(row["commit_index"], row["commit_sha"], row["n_new_assertions"]) for row in rows]
    yield Comparison(repository, "commits", keys, found)
    keys = [(row["index"], offset(row["time"]), row["in_repo_split"]) for row in expected]
    found = [(row["commit_index"], offset(row["commit_timestamp"]), row["in_repo_split"]) for row in rows]
    yield Comparison(repository, "times and splits", keys, found)
    failed = {row["sha"] for row in expected if row["diff_failed"]}
    keys = [(row["sha"][:12], row["diff_sha256"]) for row in expected if row["sha"] not in failed]
    found = [
        (row["commit_sha"][:12], sha256(mask(row["production_code_diff"])))
        for row in rows
        if row["commit_sha"] not in failed
    ]
    yield Comparison(repository, "diffs", keys, found)


def compare_pairs(repository, folder, rows, shas):
    names = "test_file", "lineno", "assertion_type"
    found = [
        (row["commit_sha"][:12], *(row[name] for name in names), sha256(row["prefix"]), row["target"]) for row in rows
    ]
    yield Comparison(repository, "pairs", reference_pairs(folder, shas), found)


def compare_anchor(repository, folder, rows):
    """R129 has no lines; its rows stand in the order of selection."""
    chosen = sorted((row for row in lines(folder, "anchor.jsonl") if row["rank"] is not None), key=lambda r: r["rank"])
    expected = [(row["path"], row["type"], sha256(row["prefix"]), row["target"]) for row in chosen]
    found = [(row["test_file"], row["assertion_type"], sha256(row["prefix"]), row["target"]) for row in rows]
    yield Comparison(repository, "anchor selected", expected, found)


def comparisons(folder, tables, track):
    with open(os.path.join(folder, "meta.json"), encoding="utf-8") as meta:
        repository = json.load(meta)["repo"]
    shas = [row["sha"] for row in lines(folder, "commits.jsonl")]

    def rows(kind):
        wanted = KINDS[kind] | ({"commit_timestamp", "in_repo_split"} if kind == "commits" else set())
        for table in tables:
            if table.kind == kind:
                yield from table.rows(repository, wanted)

    present = {table.kind for table in tables}
    if "flat" in present:
        yield from compare_flat(repository, folder, rows("flat"), track, shas)
    if "commits" in present:
        yield from compare_commits(repository, folder, rows("commits"))
    if "pairs" in present:
        yield from compare_pairs(repository, folder, rows("pairs"), shas)
    if "anchor" in present:
        yield from compare_anchor(repository, folder, rows("anchor"))


def tables_of(path):
    if os.path.isfile(path):
        return [Table(path)]
    found = []
    for folder, folders, names in os.walk(path):
        folders.sort()
        found += [Table(os.path.join(folder, n)) for n in sorted(names) if n.endswith((".parquet", ".jsonl"))]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference")
    parser.add_argument("exports", nargs="+")
    parser.add_argument("--flat", choices=("static", "anchor", "evolution"), default="static")
    parser.add_argument("--show", type=int, default=3, help="rows printed of either side (default 3)")
    arguments = parser.parse_args()
    tables = [table for path in arguments.exports for table in tables_of(path)]
    for table in tables:
        if table.kind is None:
            print(f"left out, no known layout: {table.path}", file=sys.stderr)
    folders = [arguments.reference]
    if not os.path.exists(os.path.join(arguments.reference, "meta.json")):
        names = sorted(os.listdir(arguments.reference))
        folders = [os.path.join(arguments.reference, name) for name in names]
        folders = [folder for folder in folders if os.path.exists(os.path.join(folder, "meta.json"))]
    print("repository\ttable\treference\texport\tboth\tverdict")
    totals, differs = {}, False
    for folder in folders:
        for comparison in comparisons(folder, tables, arguments.flat):
            comparison.report(arguments.show)
            total = totals.setdefault(comparison.title, [0, 0, 0])
            for at, count in enumerate((len(comparison.expected), len(comparison.found), comparison.both)):
                total[at] += count
            differs |= comparison.both < max(len(comparison.expected), len(comparison.found))
    for title, total in totals.items():
        print("all", title, *total, f"{100 * total[2] / max(*total, 1):.4f} %", sep="\t")
    return differs


if __name__ == "__main__":
    sys.exit(main())
