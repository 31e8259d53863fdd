"""Mining translations from two pools: ours beside faiss' flat index with a loop for the margins.

Both find the same pairs of the same vectors, end to end: neighbours both ways, ratio margins, pairs
one to one. The other way is that of LASER and XTREME's `third_party/utils_retrieve.py`: one flat
index for each side, then margins sentence by sentence. Vectors are drawn; every fourth has a
partner. Rounds take turns in fresh processes. Memory is the peak beyond the loaded pools.

  python -m benchmarks.retrieval 1000 10000 50000 --dimensions 384 1024
  python -m benchmarks.retrieval 400000x500000 --dimensions 768 --only ours --rounds 1

faiss: pip install -r benchmarks/requirements.txt
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from benchmarks.paired import ratios, summary
from waystation.alignment.mining import Candidate, candidates, one_to_one
from waystation.alignment.nearest import nearest

NEIGHBOURS = 4
SHARE = 4  # one vector of so many has a partner
BLOCK = 50_000  # vectors that are drawn at once


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="+", help="vectors a side, or NxM")
    parser.add_argument("--dimensions", type=int, nargs="+", default=[384])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", choices=[*WAYS], help="measure one of the two alone")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        torch.set_num_threads(options.threads)
        print(json.dumps(measured(options.one[0], Path(options.one[1]))))
        return
    ways = [options.only] if options.only else [*WAYS]
    for size in options.sizes:
        n, _, m = size.partition("x")
        for dimensions in options.dimensions:
            with tempfile.TemporaryDirectory() as folder:
                draw(Path(folder), int(n), int(m or n), dimensions)
                rounds = {way: [] for way in ways}
                for _ in range(options.rounds):
                    for way in ways:
                        rounds[way].append(asked(way, folder, options.threads))
            print(json.dumps({"size": size, "dimensions": dimensions} | told(rounds)), flush=True)


def draw(folder: Path, n: int, m: int, dimensions: int) -> None:
    """Two files of vectors (n, d) and (m, d), of whose first some are near their partners."""
    generator = np.random.default_rng(0)
    partners = generator.standard_normal((min(n, m) // SHARE, dimensions), dtype=np.float32)
    for name, rows in (("x", n), ("y", m)):
        pool = np.lib.format.open_memmap(
            folder / f"{name}.npy", "w+", np.float32, (rows, dimensions)
        )
        for start in range(0, rows, BLOCK):
            part = pool[start : start + BLOCK]
            part[:] = generator.standard_normal(part.shape, dtype=np.float32)
            known = partners[start : start + BLOCK]
            part[: len(known)] = known + 0.7 * part[: len(known)]


def asked(way: str, folder: str, threads: int) -> dict:
    command = [sys.executable, "-m", "benchmarks.retrieval", "0", "--one", way, folder]
    env = os.environ | {"OMP_NUM_THREADS": str(threads)}
    done = subprocess.run(
        [*command, "--threads", str(threads)], check=True, capture_output=True, text=True, env=env
    )
    return json.loads(done.stdout)


def measured(way: str, folder: Path) -> dict:
    """Seconds, the peak of memory beyond the pools, and a checksum of the pairs."""
    x, y = (np.load(folder / f"{name}.npy") for name in "xy")
    before = resident_mib()
    ended = threading.Event()
    peaks = [before]
    watcher = threading.Thread(target=watch, args=(ended, peaks))
    watcher.start()
    began, processor = time.perf_counter(), time.process_time()
    found = WAYS[way](x, y)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    ended.set()
    watcher.join()
    pairs = sorted(candidate.pair for candidate in found)
    return {
        "seconds": seconds,
        "processor_seconds": processor,
        "peak_mib": max(peaks) - before,
        "pairs": len(pairs),
        "right": sum(i == j for i, j in pairs),
        "sha256": hashlib.sha256(json.dumps(pairs).encode()).hexdigest(),
    }


def watch(ended: threading.Event, peaks: list[float]) -> None:
    while not ended.wait(0.02):
        peaks.append(resident_mib())


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def ours(x: np.ndarray, y: np.ndarray) -> list[Candidate]:
    return candidates(nearest(torch.from_numpy(x), torch.from_numpy(y), NEIGHBOURS))


def with_faiss(x: np.ndarray, y: np.ndarray) -> list[Candidate]:
    """Neighbours by faiss, margins in a loop, as in LASER's `mine_bitexts.py`."""
    import faiss

    faiss.normalize_L2(x)
    faiss.normalize_L2(y)
    (there, there_places), (back, back_places) = (
        searched(faiss, pool, asking) for pool, asking in ((y, x), (x, y))
    )
    means, back_means = there.mean(1), back.mean(1)
    best_there = in_loop(there, there_places, means, back_means)
    best_back = in_loop(back, back_places, back_means, means)
    return one_to_one(
        torch.cat([torch.arange(len(x)), torch.tensor([place for place, _ in best_back])]),
        torch.cat([torch.tensor([place for place, _ in best_there]), torch.arange(len(y))]),
        torch.tensor([score for _, score in [*best_there, *best_back]]),
    )


def searched(faiss, pool: np.ndarray, asking: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    index = faiss.IndexFlatIP(pool.shape[1])
    index.add(pool)
    return index.search(asking, NEIGHBOURS)


def in_loop(
    values: np.ndarray, places: np.ndarray, own: np.ndarray, others: np.ndarray
) -> list[tuple[int, float]]:
    """(place, margin) of every row's neighbour of the highest margin."""
    best = []
    for row in range(len(values)):
        margins = [
            values[row, rank] / ((own[row] + others[places[row, rank]]) / 2)
            for rank in range(values.shape[1])
        ]
        rank = int(np.argmax(margins))
        best.append((int(places[row, rank]), float(margins[rank])))
    return best


def told(rounds: dict[str, list[dict]]) -> dict:
    """Summaries of each way, and the ratio of the times of neighbours in time."""
    found: dict = {
        way: {
            "seconds": summary([run["seconds"] for run in runs]),
            "processor_seconds": summary([run["processor_seconds"] for run in runs]),
            "peak_mib": summary([run["peak_mib"] for run in runs]),
            "pairs": runs[0]["pairs"],
            "right": runs[0]["right"],
        }
        for way, runs in rounds.items()
    }
    if len(rounds) == 2:
        (theirs, mine) = (rounds[way] for way in ("faiss", "ours"))
        for key in ("seconds", "processor_seconds"):
            found[f"faiss_over_ours_{key}"] = summary(
                ratios([run[key] for run in theirs], [run[key] for run in mine])
            )
        found["same_pairs"] = len({run["sha256"] for runs in rounds.values() for run in runs}) == 1
    return found


WAYS: dict[str, Callable[[np.ndarray, np.ndarray], list[Candidate]]] = {
    "ours": ours,
    "faiss": with_faiss,
}


if __name__ == "__main__":
    main()
