"""Continues prompts with a folder that `pretrain` wrote, by the reference implementation.

    python check_pretrained.py FOLDER NEW_TOKENS < prompts.json     (needs torch and transformers)

Reads a JSON list of texts; writes a JSON list of {"prompt": ids, "ids": ids, "text": text, "loss": nats}: the encoded
prompt, its greedy continuation without the end-of-sequence token, that as text, and the mean loss of the prompt's tokens.
"""

import json
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def main(folder, new_tokens):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    eos = tokenizer.eos_token_id
    assert eos == model.config.eos_token_id == model.generation_config.eos_token_id
    banned = [i for i in tokenizer.all_special_ids + list(tokenizer.get_added_vocab().values()) if i != eos]
    results = []
    for text in json.load(sys.stdin):
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert ids == tokenizer(text)["input_ids"], "nothing is added"
        with torch.no_grad():
            tensor = torch.tensor([ids])
            out = model.generate(
                tensor, attention_mask=torch.ones_like(tensor), do_sample=False, max_new_tokens=new_tokens,
                suppress_tokens=banned,
            )[0, len(ids):].tolist()
            loss = model(tensor, labels=tensor).loss.item()
        out = out[: out.index(eos)] if eos in out else out
        results.append({"prompt": ids, "ids": out, "text": tokenizer.decode(out, skip_special_tokens=True), "loss": loss})
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
