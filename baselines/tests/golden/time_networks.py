"""Times a step of a network that makes adapters in plain PyTorch, on the CPU: for comparison with ours on the same examples.

    python time_networks.py static|evo MODEL GROUPS.json THREADS

GROUPS.json is a list of groups, each a list of [prefix ids, target ids]: the tasks of a repository (static) or of a commit
(evo). As the trainers of the paper do, a row is a batch of its own and has logits everywhere. The static head (M57-M61) makes
the adapter anew for every task; evo (M76-M81) keeps the graph of the whole window, one adapter a commit. Vectors are random,
sizes published (2,048 numbers in, hidden 1,024, rank 16, a state of 2,048). One step of AdamW. Prints seconds of processor
time.
"""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F
from transformers import AutoModelForCausalLM

MODULES = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
CONTEXT, HIDDEN, STATE, RANK, SCALE = 2048, 1024, 2048, 16, 2.0


class Adapted(nn.Module):
    """A frozen map and the pair of factors that stands beside it at the moment."""

    def __init__(self, base):
        super().__init__()
        self.base, self.pair = base, None

    def forward(self, x):
        a, b = self.pair
        return self.base(x) + F.linear(F.linear(x, a), b) * SCALE


class Head(nn.Module):
    def __init__(self, widths, context):
        super().__init__()
        self.widths = widths
        self.trunk = nn.Sequential(nn.Linear(context, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN), nn.GELU())
        self.a = nn.ModuleDict({name: nn.Linear(HIDDEN, RANK * i) for name, (i, _) in widths.items()})
        self.b = nn.ModuleDict({name: nn.Linear(HIDDEN, RANK * o) for name, (_, o) in widths.items()})
        self.scale = nn.ParameterDict({name: nn.Parameter(torch.full((2,), -3.5)) for name in widths})

    def forward(self, context):
        hidden = F.normalize(self.trunk(context), dim=-1) * math.sqrt(HIDDEN)
        for name, (i, o) in self.widths.items():
            scale = torch.clamp(torch.exp(self.scale[name]), 1e-5, 0.3)
            a = torch.tanh(self.a[name](hidden)).reshape(RANK, i) * scale[0]
            yield name, (a, torch.tanh(self.b[name](hidden)).reshape(o, RANK) * scale[1])


def adapt(model):
    model.requires_grad_(False)
    places = {name: [] for name in MODULES}
    for layer in model.model.layers:
        for part in (layer.self_attn, layer.mlp):
            for name in MODULES:
                if hasattr(part, name):
                    adapted = Adapted(getattr(part, name))
                    setattr(part, name, adapted)
                    places[name].append(adapted)
    return places


def main():
    kind, folder, groups, threads = sys.argv[1], sys.argv[2], json.load(open(sys.argv[3])), int(sys.argv[4])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).train()
    places = adapt(model)
    widths = {name: (p[0].base.in_features, p[0].base.out_features) for name, p in places.items()}
    head = Head(widths, STATE if kind == "evo" else CONTEXT)
    cell = nn.GRUCell(CONTEXT, STATE) if kind == "evo" else None
    trained = [*head.parameters(), *(cell.parameters() if cell else [])]
    optimizer = torch.optim.AdamW(trained, lr=1e-4)

    def put(context):
        for name, pair in head(context):
            for place in places[name]:
                place.pair = pair

    def loss(prefix, target):
        ids = torch.tensor([prefix + target])
        labels = torch.tensor([[-100] * len(prefix) + target])
        return model(input_ids=ids, labels=labels, use_cache=False).loss

    def step(groups):
        count = sum(map(len, groups))
        if kind == "static":
            for vector, group in zip(torch.randn(len(groups), CONTEXT), groups):
                for task in group:
                    put(vector)
                    (loss(*task) / count).backward()
        else:
            state, total = torch.zeros(1, STATE), 0.0
            for vector, group in zip(torch.randn(len(groups), 1, CONTEXT), groups):
                state = cell(vector, state)
                put(F.layer_norm(state[0], (STATE,)))
                for task in group:
                    total = total + loss(*task) / count
            total.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()

    step([groups[0][:1]])
    begun = time.process_time()
    step(groups)
    print(time.process_time() - begun)


if __name__ == "__main__":
    main()
