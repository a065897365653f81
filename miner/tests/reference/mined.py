"""Which commits known from the released tables stand in a mining folder of the Rust miner. Needs pyarrow.

    python mined.py MINING [--commits evolution_ir_test_known_commits.tsv]

Known are the commits of R154 and those of the table (R155). MINING must hold the state that the authors cloned:
`repopeft lock --cutoff 2026-03-02`, with the repositories as members, gives the list. Ends with status 1 if a commit
differs whose repository reaches that far; repositories that end before are named.
"""

import argparse
import os
import sys
from collections import Counter

import pyarrow.parquet as parquet

from known import agreeing, known_commits


def kept_commits(mining, name):
    """Id and number of rows of the kept commits, in order."""

    def column(table, names):
        path = os.path.join(mining, table, name.replace("/", "__") + ".parquet")
        return parquet.read_table(path, columns=names).to_pylist()

    rows = Counter(row["commit_index"] for row in column("emissions", ["commit_index"]))
    commits = sorted(column("commits", ["commit_index", "commit_sha"]), key=lambda row: row["commit_index"])
    return [(row["commit_sha"], rows[row["commit_index"]]) for row in commits]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mining")
    parser.add_argument("--commits")
    arguments = parser.parse_args()
    total = Counter()
    for name, known in sorted(known_commits(arguments.commits).items()):
        kept = kept_commits(arguments.mining, name)
        reached = [facts for facts in known if facts[0] < len(kept)]
        agree, first = agreeing(kept, reached)
        total += Counter(known=len(known), reached=len(reached), agree=agree, repositories=bool(reached))
        print(f"{name}: {agree} of {len(reached)}, {len(known) - len(reached)} beyond the clone", first or "")
    print(dict(total))
    return total["agree"] != total["reached"]


if __name__ == "__main__":
    sys.exit(main())
