#!/usr/bin/env python3
"""A tiny random Qwen2 model behind a real OpenAI-compatible server, for the checks that `make interop` runs.

    served.py make MODEL                    writes the model, with a byte-level tokenizer
    served.py serve MODEL PORT              serves it with `transformers serve`
    served.py compare MODEL TASKS FILE N    compares completions of N tokens with greedy decoding of the model itself;
                                            TASKS holds task and prefix, FILE predictions, both JSON lines

Needs torch and transformers[serving], in the versions of scripts/interop.sh.
"""

import json
import os
import sys
from pathlib import Path

END = "<|end|>"


def make(folder):
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={byte: i for i, byte in enumerate(alphabet)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token=END, pad_token=END, clean_up_tokenization_spaces=False
    )
    fast.chat_template = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=len(fast),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=65536,
        eos_token_id=fast.eos_token_id,
        pad_token_id=fast.pad_token_id,
        bos_token_id=None,
        tie_word_embeddings=True,
        initializer_range=0.2,
    )
    Qwen2ForCausalLM(config).save_pretrained(folder)
    fast.save_pretrained(folder)


def serve(folder, port):
    program = Path(sys.executable).with_name("transformers")
    os.environ["HF_HUB_OFFLINE"] = "1"
    options = ["--host", "127.0.0.1", "--port", port, "--device", "cpu", "--dtype", "float32"]
    os.execv(program, [str(program), "serve", folder, *options])


def compare(folder, tasks, predictions, new_tokens):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    prefixes = {}
    for line in Path(tasks).read_text(encoding="utf-8").splitlines():
        task = json.loads(line)
        prefixes[task["task"]] = task["prefix"]
    rows = [json.loads(line) for line in Path(predictions).read_text(encoding="utf-8").splitlines()[1:]]
    equal = 0
    for row in rows:
        ids = tokenizer(prefixes[row["task"]], return_tensors="pt").input_ids
        with torch.no_grad():
            out = model.generate(ids, max_new_tokens=int(new_tokens), do_sample=False)[0, ids.shape[1] :]
        text = tokenizer.decode(out, skip_special_tokens=True)
        same = row["completion"] == text and row["prompt_tokens"] == ids.shape[1] and row["new_tokens"] == len(out)
        equal += same
        if not same:
            print(f"task {row['task']}: {row['completion']!r} is not {text!r}", file=sys.stderr)
    print(f"{equal} of {len(rows)} completions are those of the model itself")
    sys.exit(equal != len(rows))


if __name__ == "__main__":
    {"make": make, "serve": serve, "compare": compare}[sys.argv[1]](*sys.argv[2:])
