"""Computes by the rules what `repopeft adapt` exports, in an implementation of its own, and compares.

    python check_adapt.py NETWORK ADAPTER REPOSITORY COMMIT MATERIAL

NETWORK is a network.safetensors of static or evo that counts tests in, ADAPTER the folder that `adapt` wrote of it for
REPOSITORY at COMMIT. MATERIAL is a JSON file with what only the encoder can say: `blobs`, the vectors of the windows of each
Python file by the id of its blob, and for evo `kept`, the kept commits, with `diffs`, the vectors of the windows of the
production diff of each. Everything else is done here: which files a tree has (M19), pooling (M20, M21, M23), rounding to 16
bits, the recurrent network (M76, M77, M79), the head (M57), and the export to every layer (M55). Exits with 1 if a number
differs by more than 1e-6; the greatest difference is printed either way.
"""

import json
import subprocess
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file

NETWORK, ADAPTER, REPOSITORY, COMMIT, MATERIAL = sys.argv[1:]
PLACES = {"q_proj": "self_attn", "k_proj": "self_attn", "v_proj": "self_attn", "o_proj": "self_attn",
          "gate_proj": "mlp", "up_proj": "mlp", "down_proj": "mlp"}


def half(x):
    return x.astype(np.float32).astype(np.float16).astype(np.float64)


def tree_vector(commit, blobs, width):
    """M19-M21: every Python blob of 1 to 2,000,000 bytes, each path once; mean, maximum, length 1."""
    listed = subprocess.run(["git", "-C", REPOSITORY, "ls-tree", "-r", "-z", "-l", commit], capture_output=True, check=True)
    vectors = []
    for line in listed.stdout.split(b"\0")[:-1]:
        about, path = line.split(b"\t", 1)
        _, kind, blob, size = about.split()
        if kind == b"blob" and path.endswith(b".py") and 1 <= int(size) <= 2_000_000:
            windows = np.array(blobs[blob.decode()], dtype=np.float64).reshape(-1, width)
            vectors.append(half(windows.mean(0)) if len(windows) else np.zeros(width))
    if not vectors:
        return np.zeros(2 * width)
    vector = np.concatenate([np.mean(vectors, 0), np.max(vectors, 0)]).astype(np.float32).astype(np.float64)
    return half(vector / (np.linalg.norm(vector) + 1e-12))


def diff_vector(windows, width):
    """M23: maximum, then mean, of any length."""
    windows = np.array(windows, dtype=np.float64).reshape(-1, width)
    if not len(windows):
        return np.zeros(2 * width)
    return half(np.concatenate([windows.max(0), windows.mean(0)]))


def gelu(x):
    from math import erf

    return x * 0.5 * (1 + np.vectorize(erf)(x / np.sqrt(2)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def linear(x, weights, name):
    return weights[f"{name}.weight"] @ x + weights[f"{name}.bias"]


def layer_norm(x, weights, name):
    return (x - x.mean()) / np.sqrt(x.var() + 1e-5) * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def head(context, weights, hidden):
    z = gelu(linear(gelu(linear(context, weights, "trunk.0")), weights, "trunk.2"))
    h = np.sqrt(hidden) * z / max(np.linalg.norm(z), 1e-12)
    made = {}
    for module in PLACES:
        for factor in "AB":
            scale = np.clip(np.exp(weights[f"log_scale_{factor}.{module}"]), 1e-5, 0.3)
            made[module, factor] = np.tanh(linear(h, weights, f"heads_{factor}.{module}")) * scale
    return made


def walk(weights, material, width):
    state = layer_norm(gelu(linear(tree_vector(material["kept"][0], material["blobs"], width), weights, "repo_init_proj.0")),
                       weights, "repo_init_proj.2")
    for windows in material["diffs"]:
        x = layer_norm(linear(diff_vector(windows, width), weights, "diff_proj.0"), weights, "diff_proj.1")
        gates = weights["gru.weight_ih_l0"] @ x + weights["gru.bias_ih_l0"]
        carried = weights["gru.weight_hh_l0"] @ state + weights["gru.bias_hh_l0"]
        (r, z, n), (r_h, z_h, n_h) = np.split(gates, 3), np.split(carried, 3)
        r, z = sigmoid(r + r_h), sigmoid(z + z_h)
        n = np.tanh(n + r * n_h)
        state = (1 - z) * n + z * state
    return layer_norm(state, weights, "output_norm")


def main():
    with safe_open(NETWORK, "numpy") as file:
        about = json.loads(file.metadata()["repopeft"])
    weights = {name: tensor.astype(np.float64) for name, tensor in load_file(NETWORK).items()}
    material = json.load(open(MATERIAL))
    architecture, width = about["architecture"], about["reads"]["encoder"]["width"]
    options = architecture["head"]
    if architecture["kind"] == "evo":
        part = lambda prefix: {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
        context, weights = walk(part("gru_state."), material, width), part("head_state.")
    else:
        context = tree_vector(COMMIT, material["blobs"], width)
    made = head(context, weights, options["hidden"])
    config = json.load(open(f"{ADAPTER}/adapter_config.json"))
    shape = options["adapter"]
    assert (config["r"], config["lora_alpha"]) == (shape["rank"], shape["alpha"]), config
    found = load_file(f"{ADAPTER}/adapter_model.safetensors")
    assert len(found) == 14 * shape["layers"], len(found)
    worst = 0.0
    for layer in range(shape["layers"]):
        for (module, factor), numbers in made.items():
            name = f"base_model.model.model.layers.{layer}.{PLACES[module]}.{module}.lora_{factor}.weight"
            tensor = found[name]
            assert shape["rank"] == tensor.shape["AB".index(factor)], (name, tensor.shape)
            worst = max(worst, np.abs(tensor.astype(np.float64) - numbers.reshape(tensor.shape)).max())
    print(f"greatest difference {worst:.3e}")
    sys.exit(int(worst > 1e-6))


main()
