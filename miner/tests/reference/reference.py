"""Mines one repository by the rules of the profile `paper`, independently of the Rust miner. Needs Python 3.12 and git.

    python3.12 reference.py GITDIR --repo owner/name --out DIR [--rev REV] [--no-metadata] [--test-files FILE]
                            [--ood] [--no-attributes] [--texts]

Writes JSON lines to DIR: commits.jsonl (R109), pairs.jsonl (R110), static.jsonl (R35-R71), anchor.jsonl (R125, R127),
and meta.json: what was read, with which switches, and counts.
"""

import argparse
import gc
import hashlib
import json
import os
import sys
import time
import warnings
from collections import Counter

from evolution import Walk, full_prefix
from repository import EMPTY_TREE, Repository
from rules import evolution_test, in_repo_splits, mask, production_diff
from static import anchor_view, as_record, static_track

EVENTS = "added", "modified", "reemitted"  # R115


def sha256(text):
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def write_lines(folder, name, records):
    with open(os.path.join(folder, name), "w", encoding="utf-8", errors="surrogateescape") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


def pair_records(repository, index, kept, texts):
    """R110; with `texts` the prefix itself, rebuilt from the blob and checked against its hash."""
    source_of = {}
    for row in kept.rows:
        found = row.assertion
        record = {
            "commit_index": index,
            "path": row.path,
            "line": found.line,
            "col": found.column,
            "type": found.kind,
            "function": found.function,
            "event": row.event,
            "event_census": row.census,
            "prefix_sha256": found.prefix_hash,
            "prefix_length": found.prefix_length,
            "target": found.target,
        }
        if texts:
            if row.oid not in source_of:
                source_of[row.oid] = repository.blob(row.oid).decode("utf-8", "replace")
            record["prefix"] = full_prefix(source_of[row.oid], found.line, found.column, found.inline)
            assert sha256(record["prefix"]) == found.prefix_hash
        yield record


def walk(repository, sha, extra, out, texts):
    """Writes the pairs while walking; returns the kept commits with counts in place of their rows."""
    kept = []
    with open(os.path.join(out, "pairs.jsonl"), "w", encoding="utf-8", errors="surrogateescape") as lines:
        for index, commit in enumerate(Walk(repository, extra).commits(sha)):
            for record in pair_records(repository, index, commit, texts):
                lines.write(json.dumps(record, ensure_ascii=False) + "\n")
            kept.append((commit.sha, commit.time, len(commit.rows), Counter(row.event for row in commit.rows)))
    return kept


def commit_records(repository, kept, texts):
    """R105, R109, R113."""
    base = EMPTY_TREE
    for index, ((sha, when, count, events), split) in enumerate(zip(kept, in_repo_splits(len(kept)))):
        whole = repository.diff(base, sha)
        diff = production_diff(whole or "")
        record = {"index": index, "sha": sha, "time": when, "in_repo_split": split, "n_new": count}
        record |= {event: events[event] for event in EVENTS}
        record |= {"diff_sha256": sha256(mask(diff)), "diff_length": len(mask(diff))}
        record["diff_failed"] = whole is None  # R106, Q37: such a diff is empty; an incomplete clone makes many
        if texts:
            record["diff"] = diff
        yield record
        base = sha


def anchor_index(count, ood):
    """R125."""
    splits = in_repo_splits(count)
    if not splits:
        return None
    return 0 if ood else len(splits) - 1 - splits[::-1].index("train")


def main():
    arguments = parsed_arguments()
    began = time.monotonic()
    os.makedirs(arguments.out, exist_ok=True)
    repository = Repository(arguments.gitdir)
    sha = repository.resolve(arguments.rev)
    repository.stand_in(sha)
    if not arguments.no_attributes:
        repository.attributes_of(sha)

    rows, ranks, tests = static_track(repository, sha)
    write_lines(arguments.out, "static.jsonl", (as_record(row, ranks.get(at)) for at, row in enumerate(rows)))
    listed = [] if arguments.no_metadata else tests
    if arguments.test_files:
        with open(arguments.test_files, encoding="utf-8") as lines:
            listed = lines.read().splitlines()

    kept = walk(repository, sha, frozenset(listed), arguments.out, arguments.texts)
    write_lines(arguments.out, "commits.jsonl", commit_records(repository, kept, arguments.texts))

    at = anchor_index(len(kept), arguments.ood)
    anchored, anchor_ranks = anchor_view(repository, kept[at][0]) if at is not None else ([], {})
    records = (as_record(row, anchor_ranks.get(index)) for index, row in enumerate(anchored))
    write_lines(arguments.out, "anchor.jsonl", records)

    meta = {
        "repo": arguments.repo,
        "rev": sha,
        "git": repository.run("version").decode().strip(),
        "python": sys.version.split()[0],
        "metadata": bool(listed),
        "absent_blobs": repository.absent,
        "attributes": not arguments.no_attributes,
        "extra_test_files": sorted(path for path in listed if not evolution_test(path)),
        "static_pairs": len(rows),
        "static_selected": len(ranks),
        "kept_commits": len(kept),
        "rows": sum(count for _, _, count, _ in kept),
        "anchor_index": at,
        "anchor_sha": None if at is None else kept[at][0],
        "anchor_pairs": len(anchored),
        "anchor_selected": len(anchor_ranks),
        "seconds": round(time.monotonic() - began, 1),
    }
    with open(os.path.join(arguments.out, "meta.json"), "w", encoding="utf-8") as out:
        json.dump(meta, out, indent=1)
    print(arguments.repo, *(f"{name}={meta[name]}" for name in ("static_pairs", "kept_commits", "rows", "seconds")))
    repository.close()


def parsed_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gitdir")
    parser.add_argument("--repo", required=True, help="owner/name, recorded in meta.json")
    parser.add_argument("--out", required=True)
    parser.add_argument("--rev", default="HEAD")
    parser.add_argument("--no-metadata", action="store_true", help="no list of R41 (OOD); else it is made at REV")
    parser.add_argument("--test-files", help="take R41's list from this file, one path a line")
    parser.add_argument("--ood", action="store_true", help="the anchor is the first kept commit; implies --no-metadata")
    parser.add_argument("--no-attributes", action="store_true", help="ignore .gitattributes of REV in diffs")
    parser.add_argument("--texts", action="store_true", help="write whole prefixes and diffs beside their hashes")
    arguments = parser.parse_args()
    arguments.no_metadata |= arguments.ood
    return arguments


if __name__ == "__main__":
    if sys.version_info[:2] != (3, 12):
        sys.exit("needs Python 3.12, whose grammar the rules name (R8)")
    warnings.simplefilter("ignore")
    gc.disable()  # syntax trees have no cycles; looking for some takes half of the time
    main()
