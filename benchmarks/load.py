"""What a model's folder costs a service before the first answer: disk, memory, time to load.

Each measurement is a fresh process that loads tokenizer and model with Transformers and answers one
text; folders take turns, so that a slow moment of the machine meets all of them. The files lie in
the operating system's cache: a first read from a disk takes longer. Memory is the peak beyond that
of the imports.

  python -m waystation export --model MODEL --encoder ENCODER --out whole
  python -m benchmarks.load whole data/small-full/trimmed/one data/small-full/trimmed/four
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.paired import ratios, summary

MIB = 2**20


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, help="the first is what others are over")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(options.folders[0])))
        return
    found: dict[Path, list[dict]] = {folder: [] for folder in options.folders}
    for _ in range(options.rounds):
        for folder, own in found.items():
            own.append(in_fresh_process(folder))
    first = found[options.folders[0]]
    for folder, own in found.items():
        seconds = [[entry["load_sec"] for entry in one] for one in (own, first)]
        told = {
            "folder": folder.name,
            "disk_mib": round(sum(f.stat().st_size for f in folder.iterdir()) / MIB, 1),
            "load_sec": summary(seconds[0]),
            "load_over_first": summary(ratios(*seconds)),
            "memory_mib": summary([entry["memory_mib"] for entry in own]),
        }
        print(json.dumps(told), flush=True)


def in_fresh_process(folder: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.load", "--one", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def measured(folder: Path) -> dict[str, float]:
    """Load, answer one text, and say how long it took and how much memory it needed."""
    import torch
    import transformers
    from transformers import AutoConfig, AutoTokenizer

    torch.set_num_threads(1)
    kind = getattr(transformers, AutoConfig.from_pretrained(folder).architectures[0])
    before, started = peak_mib(), time.perf_counter()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = kind.from_pretrained(folder).eval()
    with torch.inference_mode():
        model(**tokenizer("Die Bahn kommt heute nicht.", return_tensors="pt"))
    seconds = time.perf_counter() - started
    return {"load_sec": round(seconds, 3), "memory_mib": round(peak_mib() - before, 1)}


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux


if __name__ == "__main__":
    main()
