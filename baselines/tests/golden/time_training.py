"""Times a step of LoRA training in PyTorch with PEFT, eager, on the CPU: for comparison with ours on the same examples.

    python time_training.py MODEL EXAMPLES.json THREADS ROWS

EXAMPLES.json is a list of [prefix ids, target ids]. Micro-batches of ROWS examples in the given order, padded on the left,
all logits, as the trainers of the paper do; one step of AdamW over all of them. Prints seconds of processor time.
"""

import json
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def batch(rows):
    longest = max(len(prefix) + len(target) for prefix, target in rows)
    ids, mask, labels = [], [], []
    for prefix, target in rows:
        left = longest - len(prefix) - len(target)
        ids.append([0] * left + prefix + target)
        mask.append([0] * left + [1] * (longest - left))
        labels.append([-100] * (left + len(prefix)) + target)
    return {"input_ids": torch.tensor(ids), "attention_mask": torch.tensor(mask), "labels": torch.tensor(labels)}


def main():
    folder, examples, threads, rows = sys.argv[1], json.load(open(sys.argv[2])), int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(threads)
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    lora = LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=32, lora_dropout=0.0, target_modules=MODULES)
    model = get_peft_model(base, lora).train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-4)
    # Warm up on the first example.
    model(**batch(examples[:1])).loss.backward()
    optimizer.zero_grad()
    batches = [batch(examples[at : at + rows]) for at in range(0, len(examples), rows)]
    begun = time.process_time()
    for inputs in batches:
        (model(**inputs).loss / len(batches)).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    print(time.process_time() - begun)


if __name__ == "__main__":
    main()
