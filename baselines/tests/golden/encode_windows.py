"""Mean-pooled window vectors by the reference implementation, as M10 to M14 say.

    python encode_windows.py FOLDER LENGTH OVERLAP LEAST < texts.json     (needs torch and transformers)

Reads a JSON list of texts; writes a JSON list, an item a text: the list of the vectors of its windows.
"""

import json
import sys

import torch
from transformers import AutoModel, AutoTokenizer


def windows(count, length, overlap, least):
    """Starts and ends of the windows over `count` ids (M14)."""
    found, start = [], 0
    while True:
        end = min(start + length, count)
        if end - start >= least:
            found.append((start, end))
        if end >= count:
            return found
        start += length - overlap


def windows_of(model, tokenizer, text, length, overlap, least, rows=8):
    """The ids of each window once it is tokenized again, without padding, and its vector: [windows, D]."""
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    cut = [ids[start:end] for start, end in windows(len(ids), length, overlap, least)]
    # Special tokens skipped (R136).
    again = [tokenizer.decode(window, skip_special_tokens=True) for window in cut]
    lists, vectors = [], []
    for at in range(0, len(again), rows):
        batch = tokenizer(again[at : at + rows], return_tensors="pt", padding=True, truncation=True, max_length=length)
        mask = batch["attention_mask"]
        with torch.no_grad():
            hidden = model(**batch).last_hidden_state
        # The mean over what is not padding, in the kind of the hidden states (M11).
        wide = mask.unsqueeze(-1).to(hidden.dtype)
        vectors.append((hidden * wide).sum(1) / wide.sum(1))
        lists += [[i for i, m in zip(*row) if m] for row in zip(batch["input_ids"].tolist(), mask.tolist())]
    return lists, torch.cat(vectors) if vectors else torch.empty(0)


def main(folder, length, overlap, least):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    texts = json.load(sys.stdin)
    json.dump([windows_of(model, tokenizer, text, length, overlap, least)[1].tolist() for text in texts], sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
