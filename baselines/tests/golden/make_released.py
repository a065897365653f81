"""Makes checkpoints in the layout of the released ones, with `torch.save`, and what the networks make of a vector.

    python make_released.py         (needs torch, safetensors; written with 2.11, 0.8)

Writes, beside itself, released/static.pt, evo.pt, first.pt (M136, M138, M137) with the networks of
make_hypernetworks.py at small widths, and the plain tensors of static.pt and evo.pt as safetensors of the same names.
"""

import argparse
import shutil
from pathlib import Path

import torch
from make_hypernetworks import CONTEXT, RANK, WIDTHS, Head, State, fill
from safetensors.torch import save_file

HERE = Path(__file__).parent / "released"


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir()
    hidden = 4
    config = dict(
        input_dim=CONTEXT, hidden_dim=hidden, rank=RANK, types=sorted(WIDTHS), type_dims=WIDTHS, num_tasks=1, task_dim=64
    )
    head = fill(Head(CONTEXT, hidden))
    args = argparse.Namespace(lr=1e-4, epochs=3, alpha=4, output=Path("runs"))
    torch.save(
        {"state_dict": head.state_dict(), "config": config, "type_dims": WIDTHS, "args": {"alpha": 4, "seed": 3407}},
        HERE / "static.pt",
    )
    save_file({key: value.contiguous() for key, value in head.state_dict().items()}, HERE / "static.safetensors")
    torch.save(
        {"hypernet_state_dict": head.bfloat16().state_dict(), "hypernet_config": config, "module_specs": [args]},
        HERE / "first.pt",
    )
    state, on_state = fill(State(CONTEXT, 6)), fill(Head(6, hidden))
    torch.save(
        {
            "gru_state": state.state_dict(), "head_state": on_state.state_dict(),
            "head_config": config | {"input_dim": 6},
            "gru_config": {"diff_input_dim": CONTEXT, "repo_state_dim": CONTEXT, "hidden_dim": 6},
            "type_dims": WIDTHS, "args": vars(args) | {"output": None}, "per_step_input": "diff", "note": args,
        },
        HERE / "evo.pt",
    )
    flat = {f"gru_state.{key}": value for key, value in state.state_dict().items()}
    flat |= {f"head_state.{key}": value for key, value in on_state.state_dict().items()}
    save_file({key: value.contiguous() for key, value in flat.items()}, HERE / "evo.safetensors")


main()
