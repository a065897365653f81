"""Which commits known from the released tables come out of the walk, with and without R41's list of test files.

    python3.12 known.py MIRRORS [--commits evolution_ir_test_known_commits.tsv] [--census]

MIRRORS holds clones named owner+name/repo or owner+name/repo/.git. Known are the commits of R154, and those of a table
repo_id, commit_index, commit_sha, n_eval_tasks (R155). A commit agrees if index, id and number of rows do; the list of
test files is made at the clone's head, which may be newer than the authors'. `--census` prints R102's table instead.
"""

import argparse
import csv
import gc
import os
import sys
import warnings
from collections import Counter

from evolution import Walk
from repository import Repository
from rules import evolution_test
from static import static_track

EVALUATED = 8  # R117
GOLDEN = {  # R154: index, start of the id, rows
    "0xricksanchez/like-dbg": [(0, "cea877b9", 39), (1, "a7059b6e", 19), (2, "2d92e3a3", 72), (10, "522c2453", 24)],
    "AlignmentResearch/tuned-lens": [(33, "c9921f5b", 74)],
    "AnonymouX47/term-image": [(119, "d95a6359", 278)],
    "Belyenochi/openclaw-edd": [(0, "d43ae6e5", 11), (1, "", 18), (2, "", 13), (3, "", 17)],
    "nolar/kopf": [(55, "d848601b", 137)],
    "agronholm/apscheduler": [(353, "e4b1db1d", 317)],
}
CENSUS = list(GOLDEN) + ["rubik/radon", "datmo/datmo", "magic-wormhole/magic-wormhole"]  # the table of R102
EVENTS = "reemitted", "modified", "added"


def opened(mirrors, name):
    folder = os.path.join(mirrors, name.replace("/", "+"), "repo")
    inner = os.path.join(folder, ".git")
    return Repository(inner if os.path.isdir(inner) else folder)


def known_commits(path):
    """By repository: index, start of the id and rows of R154, and of the table at path (R155) if one is given."""
    known = {name: list(facts) for name, facts in GOLDEN.items()}
    if path:
        with open(path, encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                facts = int(row["commit_index"]), row["commit_sha"], int(row["n_eval_tasks"])
                known.setdefault(row["repo_id"], []).append(facts)
    return known


def agreeing(kept, known):
    """How many of the known commits agree, and the first that does not with what stands at its index."""
    agree, first = 0, None
    for index, start, rows in known:
        found = kept[index] if index < len(kept) else ("", -1)
        count = min(found[1], EVALUATED) if rows <= EVALUATED else found[1]
        if found[0].startswith(start) and count == rows:
            agree += 1
        else:
            first = first or (index, start[:8], rows, found[0][:8], found[1])
    return agree, first


def judge(mirrors, name, known):
    repository = opened(mirrors, name)
    sha = repository.resolve("HEAD")
    repository.stand_in(sha)
    _, _, tests = static_track(repository, sha)
    extra = frozenset(path for path in tests if not evolution_test(path))
    extracted, answers = {}, []
    for listed in [frozenset(), extra] if extra else [frozenset()]:
        kept = [(commit.sha, len(commit.rows)) for commit in Walk(repository, listed, extracted).commits(sha)]
        answers.append((len(kept), *agreeing(kept, known)))
    repository.close()
    without, with_list = answers[0], answers[-1]
    cells = name, len(known), without[1], with_list[1], without[0], with_list[0], len(extra)
    print("| " + " | ".join(map(str, cells)) + " |", *(f"first off: {a[2]}" for a in answers if a[2]), flush=True)
    return Counter(known=len(known), without=without[1], with_list=with_list[1])


def census(mirrors, name):
    """A row of the table of R102."""
    repository = opened(mirrors, name)
    kept = [[row.census for row in commit.rows] for commit in Walk(repository).commits("HEAD")]
    repository.close()
    changed = sum(set(labels) != {"reemitted"} for labels in kept)
    rows = [label for labels in kept for label in labels]
    first = [label for labels in kept for label in labels[:EVALUATED]]
    cells = name, len(kept), changed, len(rows), shares(rows), f"{len(first)}: {shares(first)}"
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def shares(labels):
    counts = Counter(labels)
    return " / ".join(f"{100 * counts[event] / len(labels):.1f}" for event in EVENTS)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mirrors")
    parser.add_argument("--commits")
    parser.add_argument("--census", action="store_true")
    arguments = parser.parse_args()
    if arguments.census:
        for name in CENSUS:
            census(arguments.mirrors, name)
        return
    known = known_commits(arguments.commits)
    print("| Repository | Known | Agree without list | Agree with list | Kept without | Kept with | Listed files |")
    total = Counter()
    for name, facts in sorted(known.items()):
        total += judge(arguments.mirrors, name, facts)
    print(dict(total))


if __name__ == "__main__":
    if sys.version_info[:2] != (3, 12):
        sys.exit("needs Python 3.12, whose grammar the rules name (R8)")
    warnings.simplefilter("ignore")
    gc.disable()  # syntax trees have no cycles
    main()
