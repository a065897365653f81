"""Checks this implementation against the golden vectors of the rules (R152, R153); prints what differs, or the counts.

    python3.12 golden.py benchmark_extract.jsonl benchmark_rules.jsonl
"""

import collections
import hashlib
import json
import sys
import warnings

import rules
from evolution import Version, full_prefix
from static import SourceFile

FIELDS = "assertion_type prefix target lineno col_offset test_function".split()


def records(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def evolution_of(source):
    """The pairs in the golden file's fields; the prefix as text must also have the hash and length stated for it."""
    version, rows = Version(source), []
    for found in version.assertions() if version.tree else []:
        prefix = full_prefix(source, found.line, found.column, found.inline)
        stated = hashlib.sha256(prefix.encode()).hexdigest() == found.prefix_hash and len(prefix) == found.prefix_length
        rows.append([found.kind, prefix if stated else None, found.target, found.line, found.column, found.function])
    return rows


def extract_failures(path):
    for record in records(path):
        expected = [[pair[name] for name in FIELDS] for pair in record["evolution"]]
        if evolution_of(record["source"]) != expected:
            yield record["id"] + " evolution"
        file = SourceFile(record["source"])
        found = [[pair[index] for index in (0, 8, 9, 1, 2, 4)] for pair in file.pairs()[0]]
        if found != [[pair[name] for name in FIELDS] for pair in record["static"]]:
            yield record["id"] + " static"
        if file.is_test() != record["is_test_content"]:
            yield record["id"] + " content"


def rule_holds(record):
    """Whether the rule gives the expected values; None for kinds that this implementation has no part in."""
    if record["kind"] == "path":
        path = record["path"]
        found = rules.path_rule(path), rules.evolution_test(path), not rules.evolution_production(path)
        return found == (record["is_test_by_path"], record["is_evolution_test"], record["excluded_from_diff"])
    if record["kind"] == "chronological":
        labels = rules.in_repo_splits(record["n"])
        return all(labels.count(name) == record[name] for name in ("train", "val", "test"))
    if record["kind"] == "diff_filter":
        return rules.production_diff(record["raw"]) == record["filtered"]
    return None


def main(extract_path, rules_path):
    failures = list(extract_failures(extract_path))
    judged = collections.Counter()
    for record in records(rules_path):
        holds = rule_holds(record)
        if holds is not None:
            judged[record["kind"]] += 1
        if holds is False:
            failures.append(record["id"])
    print(f"{len(records(extract_path))} sources, {dict(judged)}; failures: {failures or 'none'}")
    return bool(failures)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(main(*sys.argv[1:]))
