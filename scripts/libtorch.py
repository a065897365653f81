#!/usr/bin/env python3
"""Puts libtorch 2.11.0 into .libtorch/torch, from the wheels on PyPI.

Run by `make setup`; needs nothing but Python 3 with pip. The CPU half is the
default. `--cuda yes` adds the CUDA half (about 4 GB unpacked); `auto` does so
when the machine has an NVIDIA driver. A finished folder is left alone.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

TORCH = "2.11.0"
# libtorch_cpu.so of the CUDA 13 build links these two even where no GPU is present.
CPU_NEEDS = ["nvidia-cuda-runtime==13.0.96", "nvidia-cuda-cupti==13.0.85"]
# The torch wheel names these only through the extras of an empty package, cuda-toolkit 13.0.2.
CUDA_TOOLKIT = [
    "nvidia-cublas==13.1.0.3",
    "nvidia-cuda-nvrtc==13.0.88",
    "nvidia-cufft==12.0.0.61",
    "nvidia-cufile==1.15.1.6",
    "nvidia-curand==10.4.0.35",
    "nvidia-cusolver==12.0.4.66",
    "nvidia-cusparse==12.6.3.3",
    "nvidia-nvjitlink==13.0.88",
    "nvidia-nvtx==13.0.85",
]
CUDA_ONLY = re.compile(r"(cuda|nvshmem|nvrtc|caffe2_nvrtc|c10_cuda)")
# Tools of the profiler that nothing here loads.
PROFILER_ONLY = {"libnvperf_host.so", "libnvperf_target.so", "libcheckpoint.so", "libpcsamplingutil.so"}
# A wheel for one Python serves all: only its libraries and headers are used.
TAGS = ["--python-version", "3.12", "--implementation", "cp"]
# pip matches each name exactly, so every one up to that of the torch wheel is listed.
PLATFORMS = [f"manylinux_2_{n}_x86_64" for n in range(28, 4, -1)] + ["manylinux2014_x86_64", "manylinux1_x86_64"]


def download(requirements, folder):
    """Wheels of `requirements`, exactly these, without their dependencies."""
    tags = TAGS + [word for name in PLATFORMS for word in ("--platform", name)]
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "-d", str(folder)]
    if subprocess.run(command + tags + requirements).returncode != 0:
        sys.exit(f"libtorch: pip could not download {', '.join(requirements)}; is the package index reachable?")
    return sorted(folder.glob("*.whl"))


def torch_requirements(wheel):
    """The NVIDIA packages that the torch wheel names, pinned as it pins them."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        lines = archive.read(name).decode().splitlines()
    found = []
    for line in lines:
        match = re.match(r"Requires-Dist: (nvidia-[A-Za-z0-9_\-]*==[^;\s]+)", line)
        if match:
            found.append(match.group(1))
    return found


def unpack(wheel, target, cuda):
    """The libraries and headers of one wheel, laid out as torch-sys expects them."""
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if entry.is_dir():
                continue
            name = entry.filename
            base = name.rsplit("/", 1)[-1]
            if name.startswith("torch/include/"):
                place = target / name[len("torch/"):]
            elif re.match(r"torch/lib/[^/]+\.so[.0-9]*$", name):
                if not cuda and (CUDA_ONLY.search(base) or base in ("libtorch.so", "libtorch_python.so")):
                    continue
                place = target / "lib" / base
            elif re.match(r"nvidia/.+/lib/[^/]+\.so[.0-9]*$", name):
                if base in PROFILER_ONLY:
                    continue
                place = target / "lib" / base
            else:
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, open(place, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)


def has_driver():
    """Whether an NVIDIA driver answers on this machine."""
    try:
        return subprocess.run(["nvidia-smi", "-L"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main():
    if os.environ.get("LIBTORCH"):
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuda", choices=["auto", "yes", "no"], default="auto")
    parser.add_argument("--into", type=Path, default=Path(__file__).resolve().parent.parent / ".libtorch")
    options = parser.parse_args()
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        sys.exit("libtorch: only Linux on x86-64 is set up by this script; elsewhere unpack libtorch "
                 f"{TORCH} yourself and point LIBTORCH at it, or build with --no-default-features")
    cuda = options.cuda == "yes" or (options.cuda == "auto" and has_driver())
    final = options.into / "torch"
    stamp = final / "build-version"
    flavour = final / "flavour"
    wanted = "cuda" if cuda else "cpu"
    if stamp.exists() and flavour.exists() and stamp.read_text().strip() == TORCH:
        if flavour.read_text().strip() in (wanted, "cuda"):
            return
    options.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.into) as scratch:
        wheels = Path(scratch) / "wheels"
        wheels.mkdir()
        print(f"libtorch {TORCH} ({wanted}): downloading", file=sys.stderr)
        needs = list(CPU_NEEDS)
        torch_wheel = download([f"torch=={TORCH}"], wheels)[0]
        if cuda:
            named = {r.split("==")[0] for r in needs}
            needs += CUDA_TOOLKIT
            named |= {r.split("==")[0] for r in CUDA_TOOLKIT}
            needs += [r for r in torch_requirements(torch_wheel) if r.split("==")[0] not in named]
        download(needs, wheels)
        half = Path(scratch) / "torch"
        for wheel in sorted(wheels.glob("*.whl")):
            unpack(wheel, half, cuda)
            wheel.unlink()
        if not cuda:
            os.symlink("libtorch_cpu.so", half / "lib" / "libtorch.so")
        (half / "flavour").write_text(wanted + "\n")
        (half / "build-version").write_text(TORCH + "\n")
        shutil.rmtree(final, ignore_errors=True)
        half.rename(final)
    print(f"libtorch {TORCH} ({wanted}): ready in {final}", file=sys.stderr)


if __name__ == "__main__":
    main()
