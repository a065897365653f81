"""Makes golden LoRA adapters with the library PEFT, and what it computes with them.

    python make_adapters.py         (needs torch, transformers, peft, safetensors; written with 2.11, 5.23, 0.18)

Writes, beside itself, adapters/<case>/ with
  adapter_config.json, adapter_model.safetensors   the adapter, as PEFT saves it, for the checkpoint qwen2/<model>
  golden.safetensors                               logits [T, V] of a prompt, f32; the gradient of the loss by every factor
  golden.json                                      model, prompt, target, loss and gradient norm
and for the first case also
  training.json                                    twenty steps of AdamW on four examples: loss and norm of each
"""

import json
import math
import shutil
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import Qwen2ForCausalLM

HERE = Path(__file__).parent
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
CASES = {
    "all-modules": dict(model="tied-kv1", r=4, lora_alpha=8, target_modules=ALL),
    "two-modules-rslora": dict(
        model="untied-kv2-sharded", r=3, lora_alpha=5, target_modules=["q_proj", "down_proj"], use_rslora=True
    ),
}
STEPS, WARM, PEAK, CLIP = 20, 3, 2e-2, 1.0


def load(name):
    folder = HERE / "qwen2" / name
    return Qwen2ForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()


def loss_of(model, prefix, target):
    """Cross-entropy summed over the target alone."""
    ids = torch.tensor([prefix + target])
    logits = model(input_ids=ids).logits[0, len(prefix) - 1 : -1].float()
    return torch.nn.functional.cross_entropy(logits, torch.tensor(target), reduction="sum")


def build(case, seed):
    spec = dict(case)
    torch.manual_seed(seed)
    model = get_peft_model(load(spec.pop("model")), LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.0, **spec))
    return model.eval()


def randomise(model):
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.normal_(0, 0.15)


def train(model, examples):
    """Twenty steps over the same four examples: summed loss over the tokens of the step, clipped, cosine schedule."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=1.0, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
    rows, tokens = [], sum(len(target) for _, target in examples)
    for step in range(STEPS):
        if step < WARM:
            rate = PEAK * step / WARM
        else:
            rate = PEAK * 0.5 * (1 + math.cos(math.pi * (step - WARM) / (STEPS - WARM)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        total = sum(loss_of(model, prefix, target) for prefix, target in examples) / tokens
        total.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters, CLIP)
        optimizer.step()
        rows.append({"loss": total.item(), "norm": norm.item()})
    return rows


def factor(name):
    """The name under which PEFT saves a factor."""
    return name.replace(".default", "")


def main():
    shutil.rmtree(HERE / "adapters", ignore_errors=True)
    for seed, (name, case) in enumerate(CASES.items()):
        folder = HERE / "adapters" / name
        model = build(case, seed)
        vocabulary = model.config.vocab_size
        draw = lambda count: torch.randint(1, vocabulary, (count,)).tolist()
        if seed == 0:
            examples = [(draw(length), draw(3 + length % 4)) for length in (9, 17, 5, 12)]
            start = {factor(key): value.detach().clone() for key, value in model.named_parameters() if "lora_" in key}
            folder.mkdir(parents=True)
            save_file(start, folder / "start.safetensors")
            steps = train(model, examples)
            record = {"examples": examples, "peak": PEAK, "warmup": WARM, "clip": CLIP, "steps": steps}
            (folder / "training.json").write_text(json.dumps(record) + "\n")
        randomise(model)
        model.save_pretrained(folder)
        (folder / "README.md").unlink(missing_ok=True)
        path = folder / "adapter_config.json"
        config = json.loads(path.read_text()) | {"base_model_name_or_path": case["model"]}
        config["target_modules"] = sorted(config["target_modules"])
        path.write_text(json.dumps(config, indent=2) + "\n")
        prefix, target = draw(23), draw(6)
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([prefix])).logits[0].float()
        model.zero_grad()
        loss = loss_of(model, prefix, target)
        loss.backward()
        golden = {"logits": logits.contiguous()}
        for key, parameter in model.named_parameters():
            if parameter.grad is not None:
                golden["gradient." + factor(key)] = parameter.grad.contiguous()
        save_file(golden, folder / "golden.safetensors")
        record = {"model": case["model"], "prefix": prefix, "target": target, "loss": loss.item()}
        (folder / "golden.json").write_text(json.dumps(record) + "\n")


main()
