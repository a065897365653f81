"""Makes the golden Qwen3 checkpoints and what the reference implementation computes with them.

    python make_qwen3.py            (needs torch, transformers, tokenizers, safetensors; written with 2.11, 5.24, 0.23, 0.8)

Writes, beside itself, qwen3/<model>/ with
  config.json, model.safetensors   the checkpoint: with the prefix `model.` and f32, or without it and bf16
  tokenizer.json, tokenizer_config.json
                                   a byte-level BPE whose post-processor appends <|endoftext|> (M12)
  golden.safetensors               hidden.<row>: states after the final norm [T, D] of each row of ids, one at a time;
                                   logits.<row>: [T, V]; window.<layout>.<text>: [windows, D], mean-pooled (M10-M12)
  golden.json                      rows of ids, texts, layouts, and the ids of every window after it was tokenized again
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM, Qwen3Model

from encode_windows import windows_of

HERE = Path(__file__).parent / "qwen3"
END = "<|endoftext|>"
LAYOUTS = {"small": (24, 6, 3), "tiny": (8, 2, 2), "long": (200, 20, 4)}
TEXTS = [
    "",
    "x",
    "def area(width, height):\n    return width * height\n",
    "class Größe:\n    \"\"\"漢字 and \U0001f600\U0001f601 emoji, é combining e\u0301\"\"\"\n    naïve = '\u00a0'\n" * 3,
    "import os\n\n\n" + "\n".join(f"def f_{i}(a, b=None):\n    if a is b:\n        return {i}\n" for i in range(24)),
    "text with <|endoftext|> inside, and <|im_start|> too\n" * 2,
    "+    assert x == 1\r\n-\tassert x == 2\r\n@@ -1,3 +1,4 @@\n",
]
MODELS = {
    "prefixed": dict(hidden_size=32, intermediate_size=48, num_attention_heads=4, num_key_value_heads=2, head_dim=16,
                     tie_word_embeddings=True, dtype=torch.float32, rope_theta=1_000_000.0),
    "bare": dict(hidden_size=24, intermediate_size=40, num_attention_heads=2, num_key_value_heads=2, head_dim=16,
                 tie_word_embeddings=False, dtype=torch.bfloat16, rope_theta=10_000.0),
}


def tokenizer(folder):
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=384, special_tokens=[END, "<|im_start|>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    inner.train_from_iterator(TEXTS, trainer)
    append = processors.TemplateProcessing(single=f"$A {END}", pair=f"$A {END} $B {END}",
                                           special_tokens=[(END, inner.token_to_id(END))])
    inner.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), append])
    fast = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=END, pad_token=END, padding_side="left")
    fast.save_pretrained(folder)
    return fast


def build(spec, seed, vocabulary):
    torch.manual_seed(seed)
    sizes = {key: value for key, value in spec.items() if key not in ("rope_theta", "dtype")}
    config = Qwen3Config(
        **sizes, vocab_size=vocabulary, num_hidden_layers=2, max_position_embeddings=512, max_window_layers=2,
        eos_token_id=0, bos_token_id=0, rope_parameters={"rope_type": "default", "rope_theta": spec["rope_theta"]},
    )
    model = Qwen3ForCausalLM._from_config(config, attn_implementation="eager").float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("norm.weight"):
                parameter.copy_(1 + 0.2 * torch.randn_like(parameter))
            else:
                parameter.normal_(0, 0.25 if "embed" in name or "lm_head" in name else 0.2)
            parameter.copy_(parameter.to(spec["dtype"]).float())
    return model


def main():
    torch.set_num_threads(1)
    shutil.rmtree(HERE, ignore_errors=True)
    for seed, (name, spec) in enumerate(MODELS.items()):
        folder = HERE / name
        folder.mkdir(parents=True)
        fast = tokenizer(folder)
        whole = build(spec, seed, len(fast))
        stored = whole.model if name == "bare" else whole
        stored.to(spec["dtype"]).save_pretrained(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)
        model = AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
        assert isinstance(model, Qwen3Model)
        fast = AutoTokenizer.from_pretrained(folder)
        generator = torch.Generator().manual_seed(seed)
        rows = [torch.randint(1, len(fast), (n,), generator=generator).tolist() for n in (33, 1, 12)]
        tensors = {}
        with torch.no_grad():
            for index, row in enumerate(rows):
                tensors[f"hidden.{index}"] = model(torch.tensor([row])).last_hidden_state[0].contiguous()
            if name == "prefixed":
                head = Qwen3ForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
                tensors["logits.0"] = head(torch.tensor([rows[0]])).logits[0].contiguous()
            layouts = {}
            for layout, (length, overlap, least) in LAYOUTS.items():
                texts = []
                for index, text in enumerate(TEXTS):
                    ids, vectors = windows_of(model, fast, text, length, overlap, least, rows=3)
                    texts.append(ids)
                    if ids:
                        tensors[f"window.{layout}.{index}"] = vectors
                layouts[layout] = {"length": length, "overlap": overlap, "least": least, "windows": texts}
        save_file(tensors, folder / "golden.safetensors")
        content = {"rows": rows, "texts": TEXTS, "layouts": layouts}
        (folder / "golden.json").write_text(json.dumps(content) + "\n")
    for path in HERE.rglob("*.safetensors"):
        path.chmod(0o644)


if __name__ == "__main__":
    main()
