"""Compares decoding with `transformers.generate`: tasks a second, and the answers.

    python scripts/decode_speed.py model  TASKS.jsonl MODEL [--steps N]    a model of 41 million parameters
    python scripts/decode_speed.py decode TASKS.jsonl MODEL --repo OWNER/NAME --count N --out PROMPTS.jsonl
    cargo run --release -p baselines --example decode -- MODEL PROMPTS.jsonl

TASKS.jsonl is what `repopeft export` writes. `model` draws random weights and, with --steps, trains them on the last
tokens of prefixes, then targets, so that completions end and some are right. `decode` answers tasks as the authors'
evaluation does (M33, M39): greedily, in file order, in batches of 8 padded on the left; it writes prompts, targets and
answers, with which the example compares its own. Both use the threads that OMP_NUM_THREADS names. Processor time is
printed beside the time on the clock, because only the former means something on a busy machine.
"""

import argparse
import json
import pathlib
import random
import time

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

END = "<|endoftext|>"
BANNED = ["fim_prefix", "fim_suffix", "fim_middle", "fim_pad", "file_sep", "repo_name", "im_start", "im_end"]
BATCH_ROWS = 8


def tasks(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines]


def make_tokenizer(texts, folder):
    special = [END] + [f"<|{name}|>" for name in BANNED]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=32_000, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(texts, trainer)
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": END, "pad_token": END, "bos_token": None}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return tokenizer


def make_model(arguments):
    rows = tasks(arguments.tasks)
    # The last rows of each file hold the others: these are enough for a vocabulary.
    texts = sorted({row["prefix"][-20_000:] for row in rows[:: max(1, len(rows) // 2000)]})
    tokenizer = make_tokenizer(texts, arguments.model)
    end = tokenizer.token_to_id(END)
    torch.manual_seed(3407)
    config = transformers.Qwen2Config(
        vocab_size=32_000, hidden_size=512, intermediate_size=1536, num_hidden_layers=8, num_attention_heads=8,
        num_key_value_heads=2, max_position_embeddings=8192, tie_word_embeddings=True, eos_token_id=end,
        bos_token_id=end, pad_token_id=end, use_cache=True,
    )
    model = transformers.Qwen2ForCausalLM(config)
    draw, optimizer = random.Random(3407), torch.optim.AdamW(model.parameters(), lr=1e-3)
    for step in range(arguments.steps):
        chosen = draw.sample(rows, 16)
        pairs = [(tokenizer.encode(row["prefix"][-300:]).ids[-24:], tokenizer.encode(row["target"]).ids[:16] + [end]) for row in chosen]
        longest = max(len(a) + len(b) for a, b in pairs)
        fill = lambda ids, value: ids + [value] * (longest - len(ids))
        ids = torch.tensor([fill(a + b, end) for a, b in pairs])
        labels = torch.tensor([fill([-100] * len(a) + b, -100) for a, b in pairs])
        loss = model(input_ids=ids, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 25 == 0:
            print(f"step {step}, loss {loss.item():.3f}", flush=True)
    model.save_pretrained(arguments.model)


def decode(arguments):
    tokenizer = Tokenizer.from_file(str(arguments.model / "tokenizer.json"))
    model = transformers.Qwen2ForCausalLM.from_pretrained(arguments.model, dtype=torch.float32).eval()
    end = tokenizer.token_to_id(END)
    banned = [[tokenizer.token_to_id(f"<|{name}|>")] for name in BANNED]
    rows = [row for row in tasks(arguments.tasks) if row["repo"] == arguments.repo]
    rows = rows[arguments.skip :][: arguments.count]
    prompts = [tokenizer.encode(row["prefix"]).ids[-arguments.max_input :] for row in rows]
    answers = []
    clock, work = time.perf_counter(), time.process_time()
    for start in range(0, len(prompts) if arguments.generate else 0, BATCH_ROWS):
        batch = prompts[start : start + BATCH_ROWS]
        longest = max(map(len, batch))
        ids = torch.tensor([[end] * (longest - len(prompt)) + prompt for prompt in batch])
        mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in batch])
        with torch.no_grad():
            out = model.generate(
                ids, attention_mask=mask, do_sample=False, max_new_tokens=arguments.max_new, bad_words_ids=banned,
                eos_token_id=end, pad_token_id=end, use_cache=True,
            )
        for row in out[:, longest:].tolist():
            answers.append(row[: row.index(end)] if end in row else row)
    clock, work = time.perf_counter() - clock, time.process_time() - work
    with open(arguments.out, "w") as lines:
        for index, (row, prompt) in enumerate(zip(rows, prompts)):
            record = {"prompt": prompt, "target": tokenizer.encode(row["target"]).ids}
            if arguments.generate:
                record["answer"] = answers[index]
            lines.write(json.dumps(record) + "\n")
    tokens = sum(map(len, prompts))
    print(f"{len(prompts)} tasks, {tokens} tokens of prompts, {sum(map(len, answers))} new ones")
    if arguments.generate:
        count = len(prompts)
        print(f"transformers\t{clock:.1f} s\t{count / clock:.3f} tasks/s\t{work:.1f} s of work\t{count / work:.3f} tasks/s of work")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True)
    for name, run in (("model", make_model), ("decode", decode)):
        verb = verbs.add_parser(name)
        verb.set_defaults(run=run)
        verb.add_argument("tasks", type=pathlib.Path)
        verb.add_argument("model", type=pathlib.Path)
        if name == "model":
            verb.add_argument("--steps", type=int, default=0)
        else:
            verb.add_argument("--repo", required=True)
            verb.add_argument("--skip", type=int, default=0)
            verb.add_argument("--count", type=int, default=64)
            verb.add_argument("--max-input", type=int, default=4096)
            verb.add_argument("--max-new", type=int, default=64)
            verb.add_argument("--out", type=pathlib.Path, required=True)
            verb.add_argument("--no-generate", dest="generate", action="store_false")
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
