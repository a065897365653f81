"""Makes `similarity.jsonl`: ratios of Python's difflib for texts too long to store, so each row says how to make them.

A text of `length` characters from `seed` over `size` characters: state = seed; for each character state = (state *
1103515245 + 12345) mod 2^31, character = first + (state >> 16) mod size, first = U+0061 if size < 26, else U+0100.
With `copied` > 0 the first half of that many characters of `b` is put in front of `a`, the second half behind.

usage: python3 similarity.py
"""

import difflib
import json
from pathlib import Path


def text(seed, length, size):
    state, out = seed, []
    first = 0x61 if size < 26 else 0x100
    for _ in range(length):
        state = (state * 1103515245 + 12345) % 2**31
        out.append(chr(first + (state >> 16) % size))
    return "".join(out)


def row(size, seeds, lengths, copied):
    b = text(seeds[1], lengths[1], size)
    a = text(seeds[0], lengths[0], size)
    half = copied // 2
    a = b[:half] + a + b[half:copied]
    ratio = difflib.SequenceMatcher(None, a, b).ratio()
    return {"size": size, "seeds": seeds, "lengths": lengths, "copied": copied, "ratio": ratio}


def main():
    lengths = [(1, 1), (7, 5), (60, 60), (150, 199), (199, 199), (150, 200), (200, 200), (500, 199), (300, 400)]
    rows = [
        row(size, [3 * size + copied, 7 * size + 1], list(pair), copied)
        for size in (1, 2, 5, 30, 150, 3000)
        for pair in lengths
        for copied in (0, 40)
    ]
    rows += [row(size, [1, 2], [5000, 5000], copied) for size in (60, 150, 3000) for copied in (0, 1000)]
    out = "".join(json.dumps(item) + "\n" for item in rows)
    (Path(__file__).parent / "similarity.jsonl").write_text(out, encoding="utf-8")


main()
