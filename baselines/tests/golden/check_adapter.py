"""Loads an exported adapter with the library PEFT and compares logits and greedy text.

    python check_adapter.py MODEL ADAPTER INPUT

MODEL is a checkpoint folder, ADAPTER an adapter folder, INPUT a JSON file with `prompts` (lists of ids), `logits` (of the
last position of each prompt) and `greedy` (continuations). Exits with 1 if a logit differs by more than 1e-4 or a
continuation differs; the greatest difference is printed either way.
"""

import json
import sys

import torch
from peft import PeftModel
from transformers import Qwen2ForCausalLM

model, adapter, path = sys.argv[1:]
base = Qwen2ForCausalLM.from_pretrained(model, dtype=torch.float32, attn_implementation="eager").eval()
adapted = PeftModel.from_pretrained(base, adapter).eval()
record = json.load(open(path))
worst, different = 0.0, 0
with torch.no_grad():
    for prompt, logits, greedy in zip(record["prompts"], record["logits"], record["greedy"]):
        ids = torch.tensor([prompt])
        found = adapted(input_ids=ids).logits[0, -1].float()
        worst = max(worst, (found - torch.tensor(logits)).abs().max().item())
        for expected in greedy:
            found = adapted(input_ids=ids).logits[0, -1].argmax().item()
            different += found != expected
            ids = torch.cat([ids, torch.tensor([[expected]])], 1)
print(f"greatest difference {worst:.3e}, different tokens {different}")
sys.exit(int(worst > 1e-4 or different > 0))
