"""Makes the golden Qwen2 checkpoints and what the reference implementation computes with them.

    python make_qwen2.py            (needs torch, transformers, safetensors; written with 2.11, 5.23, 0.8)

Writes, beside itself, qwen2/<model>/ with
  config.json, *.safetensors   the checkpoint: tied or not, 1, 2 or 4 key heads, whole or sharded, f32 or bf16
  golden.safetensors           logits [T, V] in f32 of the first prompt, from f32 and from bf16 arithmetic
  golden.json                  prompts of unequal length and their greedy continuations, batched and padded on the left
and for the first model also
  training.json                losses, gradient norms and final parameters of a few steps of AdamW
"""

import json
import math
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import Qwen2Config, Qwen2ForCausalLM

HERE = Path(__file__).parent / "qwen2"
NEW_TOKENS = 24

MODELS = {
    "tied-kv1": dict(
        hidden_size=48, intermediate_size=96, num_attention_heads=4, num_key_value_heads=1, vocab_size=256,
        tie_word_embeddings=True, rope_theta=10_000.0, dtype=torch.float32, form=5,
    ),
    "untied-kv2-sharded": dict(
        hidden_size=64, intermediate_size=128, num_attention_heads=4, num_key_value_heads=2, vocab_size=512,
        tie_word_embeddings=False, rope_theta=1_000_000.0, dtype=torch.bfloat16, form=4,
    ),
    "tied-kv4": dict(
        hidden_size=64, intermediate_size=128, num_attention_heads=4, num_key_value_heads=4, vocab_size=512,
        tie_word_embeddings=True, rope_theta=500_000.0, dtype=torch.bfloat16, form=5,
    ),
}


def build(spec, seed):
    """A random model whose attention and norms are far from their initial values."""
    torch.manual_seed(seed)
    sizes = {key: value for key, value in spec.items() if key not in ("rope_theta", "dtype", "form")}
    config = Qwen2Config(
        **sizes, num_hidden_layers=2, max_position_embeddings=512, max_window_layers=2, eos_token_id=0,
        bos_token_id=0, rope_parameters={"rope_type": "default", "rope_theta": spec["rope_theta"]},
    )
    model = Qwen2ForCausalLM._from_config(config, attn_implementation="eager").float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("norm.weight"):
                parameter.copy_(1 + 0.2 * torch.randn_like(parameter))
            elif name.endswith("bias"):
                parameter.normal_(0, 0.3)
            else:
                parameter.normal_(0, 0.25 if "embed" in name or "lm_head" in name else 0.2)
            parameter.copy_(parameter.to(spec["dtype"]).float())
    return model


def store(model, spec, folder):
    folder.mkdir(parents=True)
    shard = {"max_shard_size": "100KB"} if folder.name.endswith("sharded") else {}
    model.to(spec["dtype"]).save_pretrained(folder, **shard)
    (folder / "generation_config.json").unlink(missing_ok=True)
    if spec["form"] == 4:
        path = folder / "config.json"
        config = json.loads(path.read_text())
        config["rope_theta"] = config.pop("rope_parameters")["rope_theta"]
        config["torch_dtype"] = config.pop("dtype")
        config["sliding_window"] = 4096
        config["transformers_version"] = "4.45.1"
        del config["layer_types"], config["pad_token_id"]
        path.write_text(json.dumps(config, indent=2) + "\n")


def generate(model, prompts, eos, banned):
    """Greedy continuation of a left-padded batch, with explicit masks; `banned` ids are never chosen."""
    longest = max(map(len, prompts))
    pad = 1
    ids = torch.tensor([[pad] * (longest - len(p)) + p for p in prompts])
    mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in prompts])
    out = model.generate(
        ids, attention_mask=mask, do_sample=False, max_new_tokens=NEW_TOKENS, eos_token_id=eos, pad_token_id=pad,
        suppress_tokens=banned or None, use_cache=True,
    )[:, longest:].tolist()
    stopped = [{"ids": row[: row.index(eos)], "stop": "eos"} if eos in row else None for row in out]
    return [stop or {"ids": row, "stop": "length"} for stop, row in zip(stopped, out)]


def stop_and_ban(continuations):
    """The id that would stop most continuations, and those that the banned run must avoid."""
    rows = [row["ids"] for row in continuations]
    eos = max(range(1, 512), key=lambda token: (sum(token in row for row in rows), -token))
    return eos, sorted({row[2] for row in rows} - {eos})


def read(folder, dtype):
    """The stored model; reading it anew keeps the rotary frequencies in f32, which a conversion would round."""
    return Qwen2ForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()


def golden(spec, folder, seed):
    model = read(folder, torch.float32)
    generator = torch.Generator().manual_seed(seed)
    lengths = [40, 3, 17, 1, 29, 17]
    prompts = [torch.randint(1, spec["vocab_size"], (n,), generator=generator).tolist() for n in lengths]
    # The stop id inside a prompt is a token like any other.
    prompts[2][5] = 0
    first = torch.tensor([prompts[0]])
    with torch.no_grad():
        tensors = {"logits.f32": model(first).logits[0].contiguous()}
        tensors["logits.bf16"] = read(folder, torch.bfloat16)(first).logits[0].float().contiguous()
        plain = generate(model, prompts, -1, [])
        eos, banned = stop_and_ban(plain)
        greedy = {
            "plain": plain,
            "stopped": generate(model, prompts, eos, []),
            "banned": generate(model, prompts, eos, banned),
        }
    save_file(tensors, folder / "golden.safetensors")
    content = {"prompts": prompts, "new_tokens": NEW_TOKENS, "eos": eos, "ban": banned, **greedy}
    (folder / "golden.json").write_text(json.dumps(content) + "\n")


def training(spec, folder, seed):
    """AdamW on the sum of the loss over supervised tokens, divided by their number over both micro-batches."""
    steps, peak, warmup, clip, decay = 8, 5e-3, 3, 0.5, 0.1
    generator = torch.Generator().manual_seed(seed)
    batches = []
    for _ in range(steps):
        micro = []
        for rows in (2, 3):
            prefix = torch.randint(2, 9, (rows,), generator=generator).tolist()
            target = torch.randint(1, 7, (rows,), generator=generator).tolist()
            draw = lambda n: torch.randint(1, spec["vocab_size"], (n,), generator=generator).tolist()
            micro.append([{"prefix": draw(p), "target": draw(t)} for p, t in zip(prefix, target)])
        batches.append(micro)
    model = read(folder, torch.float32).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=peak, betas=(0.9, 0.999), eps=1e-8, weight_decay=decay)
    losses, norms, rates = [], [], []
    for step, micro in enumerate(batches):
        progress = (step - warmup) / (steps - warmup)
        rate = peak * step / warmup if step < warmup else peak * 0.5 * (1 + math.cos(math.pi * progress))
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        tokens = sum(len(row["target"]) for rows in micro for row in rows)
        total = 0.0
        for rows in micro:
            longest = max(len(row["prefix"]) + len(row["target"]) for row in rows)
            ids, mask, labels = [], [], []
            for row in rows:
                text = row["prefix"] + row["target"]
                left = longest - len(text)
                ids.append([0] * left + text)
                mask.append([0] * left + [1] * len(text))
                labels.append([-100] * (left + len(row["prefix"])) + row["target"])
            logits = model(torch.tensor(ids), attention_mask=torch.tensor(mask)).logits[:, :-1]
            flat = logits.reshape(-1, logits.shape[-1])
            nll = torch.nn.functional.cross_entropy(flat, torch.tensor(labels)[:, 1:].reshape(-1), reduction="sum")
            total += nll.item()
            (nll / tokens).backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        losses.append(total / tokens)
        norms.append(norm.item())
        rates.append(rate)
    final = {name: {"sum": p.double().sum().item(), "norm": p.double().norm().item()}
             for name, p in sorted(model.named_parameters())}
    options = {"steps": steps, "peak": peak, "warmup": warmup, "clip": clip, "weight_decay": decay}
    content = {**options, "batches": batches, "losses": losses, "norms": norms, "rates": rates, "final": final}
    (folder / "training.json").write_text(json.dumps(content) + "\n")


def main():
    torch.set_num_threads(1)
    shutil.rmtree(HERE, ignore_errors=True)
    for seed, (name, spec) in enumerate(MODELS.items()):
        store(build(spec, seed), spec, HERE / name)
        golden(spec, HERE / name, seed)
        if seed == 0:
            training(spec, HERE / name, seed)
    for path in HERE.rglob("*.safetensors"):
        path.chmod(0o644)


if __name__ == "__main__":
    main()
