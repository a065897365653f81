"""Makes golden outputs of the networks that make adapters: small PyTorch programs written from the rules.

    python make_hypernetworks.py    (needs torch, safetensors; written with 2.11, 0.8)

Parameters and inputs are waves of sines, so that the files hold outputs only (see `wave`). Writes, beside itself,
  hypernetworks/<network>.safetensors   what the network makes of two vectors: <row>.<layer>.<module>.a and .b, or states
  hypernetworks/gradients.json          for each network, of the loss sum(output * wave): norm and wave product of the
                                        gradient of every parameter
"""

import json
import math
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent / "hypernetworks"
ROWS, CONTEXT, RANK, LAYERS = 2, 12, 2, 2
# The checkpoint qwen2/tied-kv1: width 48, MLP 96, one key head of width 12.
WIDTHS = {
    "down_proj": (96, 48), "gate_proj": (48, 96), "k_proj": (48, 12), "o_proj": (48, 48), "q_proj": (48, 48),
    "up_proj": (48, 96), "v_proj": (48, 12),
}


def wave(shape, index):
    count = math.prod(shape)
    numbers = torch.sin(1.7 * torch.arange(count, dtype=torch.float64) + 0.9 * index + 0.3)
    return numbers.reshape(shape).float()


def fill(module):
    """Parameters in the order of their names; matrices by their inputs, norms about one, scales about -2."""
    with torch.no_grad():
        for index, (name, parameter) in enumerate(sorted(module.named_parameters())):
            values = wave(parameter.shape, index)
            if parameter.dim() >= 2:
                values = values / math.sqrt(parameter.shape[-1])
            elif "log_scale" in name:
                values = torch.tensor(-1.0) if name == "log_scale_A.k_proj" else -2 + 0.3 * values
            elif "norm" in name or name.endswith(("_proj.1.weight", "_proj.2.weight", "ing.1.weight", "coder.1.weight")):
                values = 1 + 0.1 * values if name.endswith("weight") else 0.1 * values
            else:
                values = 0.1 * values
            parameter.copy_(values)
    return module


class Head(nn.Module):
    """M57; with layers (M128), what tells each apart is added before the trunk's output is normalised."""

    def __init__(self, context=CONTEXT, hidden=8, layers=0):
        super().__init__()
        if layers:
            self.layer_embedding = nn.Sequential(nn.Embedding(layers, hidden))
        self.hidden = hidden
        self.trunk = nn.Sequential(nn.Linear(context, hidden), nn.GELU(), nn.Linear(hidden, hidden), nn.GELU())
        self.heads_A = nn.ModuleDict({t: nn.Linear(hidden, RANK * i) for t, (i, o) in WIDTHS.items()})
        self.heads_B = nn.ModuleDict({t: nn.Linear(hidden, RANK * o) for t, (i, o) in WIDTHS.items()})
        self.log_scale_A = nn.ParameterDict({t: nn.Parameter(torch.tensor(-3.5)) for t in WIDTHS})
        self.log_scale_B = nn.ParameterDict({t: nn.Parameter(torch.tensor(-3.5)) for t in WIDTHS})

    def forward(self, c):
        z = self.trunk(c)
        if not hasattr(self, "layer_embedding"):
            return self.pairs(z, 0)
        out = {}
        for layer in range(LAYERS):
            out |= self.pairs(z + self.layer_embedding(torch.tensor(layer)), layer)
        return out

    def pairs(self, z, layer):
        h = F.normalize(z, dim=-1, eps=1e-12) * math.sqrt(self.hidden)
        out = {}
        for t, (i, o) in WIDTHS.items():
            a = self.heads_A[t](h).reshape(-1, RANK, i)
            b = self.heads_B[t](h).reshape(-1, o, RANK)
            a = torch.tanh(a) * torch.clamp(torch.exp(self.log_scale_A[t]), 1e-5, 0.3)
            b = torch.tanh(b) * torch.clamp(torch.exp(self.log_scale_B[t]), 1e-5, 0.3)
            for row in range(len(z)):
                out[f"{row}.{layer}.{t}.a"], out[f"{row}.{layer}.{t}.b"] = a[row], b[row]
        return out


class State(nn.Module):
    """M76 and M77; the recurrent unit is the framework's."""

    def __init__(self, width=CONTEXT, hidden=10):
        super().__init__()
        self.diff_proj = nn.Sequential(nn.Linear(width, hidden), nn.LayerNorm(hidden))
        self.repo_init_proj = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.LayerNorm(hidden))
        self.gru = nn.GRU(hidden, hidden, batch_first=True)
        self.output_norm = nn.LayerNorm(hidden)

    def forward(self, c):
        state = self.repo_init_proj(c)
        out = {"initial": state}
        for step in range(3):
            x = self.diff_proj(torch.roll(c, step + 1, dims=1) * (step + 1))
            _, last = self.gru(x.unsqueeze(1), state.unsqueeze(0))
            state = last[0]
            out[f"state.{step}"], out[f"context.{step}"] = state, self.output_norm(state)
        return out


class Block(nn.Module):
    def __init__(self, norm, out=256):
        super().__init__()
        if norm:
            self.norm = nn.LayerNorm(256)
        self.up, self.down = nn.Linear(256, 1024), nn.Linear(1024, out)

    def forward(self, x):
        x = self.norm(x) if hasattr(self, "norm") else x
        return F.silu(self.down(F.silu(self.up(x))))


class Modulator(nn.Module):
    """M121, without the dropout of training; with one layer, all have its pairs (M128)."""

    def __init__(self, head_in=16, layers=LAYERS):
        super().__init__()
        self.layers = layers
        self.task_encoder = nn.Sequential(nn.Linear(CONTEXT, 128), nn.LayerNorm(128))
        self.layer_embedding = nn.Sequential(nn.Embedding(layers, 64), nn.LayerNorm(64))
        self.module_embedding = nn.Sequential(nn.Embedding(7, 64), nn.LayerNorm(64))
        self.mixer = Block(False)
        self.blocks = nn.ModuleList([Block(True), Block(True)])
        self.last = Block(True, head_in)
        self.heads = nn.ModuleDict({t: nn.Linear(head_in, RANK * (i + o)) for t, (i, o) in WIDTHS.items()})

    def forward(self, c):
        out = {}
        for row in range(len(c)):
            for layer in range(self.layers):
                for index, (t, (i, o)) in enumerate(WIDTHS.items()):
                    x = torch.cat([
                        self.task_encoder(c[row]), self.layer_embedding(torch.tensor(layer)),
                        self.module_embedding(torch.tensor(index)),
                    ])
                    x = self.mixer(x)
                    for block in self.blocks:
                        x = x + block(x)
                    flat = self.heads[t](self.last(x))
                    out[f"{row}.{layer}.{t}.a"] = flat[: RANK * i].reshape(RANK, i)
                    out[f"{row}.{layer}.{t}.b"] = flat[RANK * i :].reshape(RANK, o).T
        return out


class SharedBasis(nn.Module):
    """M131."""

    def __init__(self, hidden=6, bases=3):
        super().__init__()
        self.bases = bases
        self.trunk = nn.Linear(CONTEXT, hidden)
        self.block = nn.ModuleDict(
            {"norm": nn.LayerNorm(hidden), "up": nn.Linear(hidden, 4 * hidden), "down": nn.Linear(4 * hidden, hidden)}
        )
        self.coefficients = nn.Linear(hidden, LAYERS * 7 * bases * 2)
        self.basis_A = nn.ParameterDict({t: torch.empty(bases, RANK, i) for t, (i, o) in WIDTHS.items()})
        self.basis_B = nn.ParameterDict({t: torch.empty(bases, o, RANK) for t, (i, o) in WIDTHS.items()})

    def forward(self, c):
        x = F.gelu(self.trunk(c))
        x = x + self.block["down"](F.gelu(self.block["up"](self.block["norm"](x))))
        alpha = self.coefficients(x).reshape(len(c), LAYERS, 7, self.bases, 2)
        out = {}
        for row in range(len(c)):
            for layer in range(LAYERS):
                for index, t in enumerate(WIDTHS):
                    weights = alpha[row, layer, index]
                    out[f"{row}.{layer}.{t}.a"] = sum(weights[n, 0] * self.basis_A[t][n] for n in range(self.bases))
                    out[f"{row}.{layer}.{t}.b"] = sum(weights[n, 1] * self.basis_B[t][n] for n in range(self.bases))
        return out


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir()
    gradients = {}
    modules = {
        "head": Head(), "head_layers": Head(layers=LAYERS), "state": State(), "modulator": Modulator(),
        "modulator_shared": Modulator(layers=1), "shared_basis": SharedBasis(),
    }
    for name, module in modules.items():
        out = fill(module)(wave((ROWS, CONTEXT), 5))
        loss = sum((tensor * wave(tensor.shape, 2)).sum() for tensor in out.values())
        loss.backward()
        save_file({key: tensor.detach().contiguous() for key, tensor in out.items()}, HERE / f"{name}.safetensors")
        gradients[name] = {
            key: [parameter.grad.norm().item(), (parameter.grad * wave(parameter.shape, 3)).sum().item()]
            for key, parameter in sorted(module.named_parameters())
        }
    (HERE / "gradients.json").write_text(json.dumps(gradients, indent=1) + "\n")


if __name__ == "__main__":
    main()
