"""Rules on paths, texts and counts: R2, R36, R41, R42, R107, R113."""

import re

EXCLUDED = set(".git __pycache__ .venv venv env node_modules dist build .tox .mypy_cache TEST_HYPERNET".split())
DOCUMENTED = {".py", ".md", ".rst"}
HEAD = re.compile(r"^diff --git a/(.+?) b/(.+)$")
INDEX = re.compile(r"^index [0-9a-f]+\.\.[0-9a-f]+", re.MULTILINE)


def collapse(text):
    """R2."""
    return " ".join(text.split())


def suffix(path):
    """R7."""
    name = path.rsplit("/", 1)[-1]
    dot = name.rfind(".")
    return name[dot:] if 0 < dot < len(name) - 1 else ""


def path_rule(path):
    """R36."""
    return any("test" in part.lower() for part in path.split("/"))


def excluded(path):
    return not EXCLUDED.isdisjoint(path.split("/"))


def evolution_test(path):
    """R41, without the paths of the metadata file."""
    return suffix(path).lower() == ".py" and not excluded(path) and path_rule(path)


def evolution_production(path):
    """R42."""
    return suffix(path).lower() in DOCUMENTED and not excluded(path) and not path_rule(path)


def production_diff(text):
    """R107."""
    kept = []
    for chunk in re.split(r"(?m)^(?=diff --git )", text):
        head = HEAD.match(chunk.split("\n", 1)[0])
        if head and evolution_production(head.group(2)):
            kept.append(chunk)
    return "".join(kept)


def mask(diff):
    """R106: the length of abbreviated ids depends on the clone, so they are taken out before comparing."""
    return INDEX.sub("index", diff)


def in_repo_splits(count):
    """R113: one label a kept commit."""
    if count < 3:
        return ["train"] * count
    train = max(1, 8 * count // 10)
    val = max(1, count // 10)
    while count - train - val < 1:
        if val > 1:
            val -= 1
        else:
            train -= 1
    return ["train"] * train + ["val"] * val + ["test"] * (count - train - val)
