"""Loads an exported adapter with the library PEFT and lets it write: the text must be that of `repopeft predict`.

    python check_text.py MODEL ADAPTER TASKS

TASKS is a JSON file with `max_input_tokens`, `max_new_tokens`, `banned` (texts of tokens that are never written) and `tasks`, each
with `prefix` and `completion`. Exits with 1 if a completion differs; how many there are and how many differ from the base
model's is printed.
"""

import json
import sys

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

model, adapter, path = sys.argv[1:]
record = json.load(open(path))
tokenizer = AutoTokenizer.from_pretrained(model)
base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32, attn_implementation="eager").eval()
vocabulary = tokenizer.get_vocab()
banned = [vocabulary[text] for text in record["banned"] if text in vocabulary]


def written(network, prefix):
    ids = tokenizer(prefix, add_special_tokens=False).input_ids[-record["max_input_tokens"]:]
    with torch.no_grad():
        made = network.generate(
            torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long), do_sample=False,
            max_new_tokens=record["max_new_tokens"], suppress_tokens=banned or None, pad_token_id=tokenizer.eos_token_id,
        )
    return tokenizer.decode(made[0, len(ids):], skip_special_tokens=True)


alone = [written(base, task["prefix"]) for task in record["tasks"]]
adapted = PeftModel.from_pretrained(base, adapter).eval()
found = [written(adapted, task["prefix"]) for task in record["tasks"]]
expected = [task["completion"] for task in record["tasks"]]
different = sum(one != other for one, other in zip(found, expected))
heeded = sum(one != other for one, other in zip(found, alone))
print(f"{len(expected)} tasks, {different} with another text, {heeded} other than the base model's")
for one, other in zip(found, expected):
    if one != other:
        print(repr(one), repr(other), sep="\n")
        break
sys.exit(int(different > 0))
