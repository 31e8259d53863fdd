"""Compare what runs a fine-tuned model: ours without padding, Transformers, exported graphs.

Random weights of the shape of a model of --params with a classification head, and the same random
tokens for all; only lengths matter to the clock: pairs of sentences (mean 40 tokens, as XNLI has
them) or questions with contexts (mean 190, as MLQA). `transformers` is the baseline: eager, batches
of 16 in the order in which rows come, padded. All others get batches of 16 of rows sorted by
length; `unpadded` gets batches of 2,048 tokens. All compute in float32 but those named int8.

Contestants take turns in one process, a first round not counted. Ratios are of neighbours in time.
The share of the peak is operations on real tokens over the fastest matrix product of the same run.

  python -m benchmarks.inference --backends onnxruntime openvino onnxruntime-int8
  python -m benchmarks.inference --lengths questions --threads 2
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks.finetune_speed import LENGTHS, batch, config, count, product_speed
from benchmarks.paired import ratios, summary
from waystation.data.examples import Description
from waystation.encoder.encoder import Encoder, initialize
from waystation.encoder.features import Feature, inference_batches
from waystation.files import write_json
from waystation.grid import flops
from waystation.inference.backends import ENGINES, UNPADDED, Workbench, with_backend
from waystation.params.load import load_settings
from waystation.task_model import TaskModel

BASELINE = "transformers"
SORTED = f"{BASELINE}, sorted"
ROWS = 16  # in a padded batch
BATCH_TOKENS = 2048  # of ours: what fits the caches


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--params", type=Path, default=Path("suites/small/params.yaml"), help="(%(default)s)")
    add("--model", help="one of its models (default: the first)")
    add("--lengths", choices=sorted(LENGTHS), default="pairs", help="(default: %(default)s)")
    add("--rows", type=int, default=256, help="in a round (default: %(default)s)")
    add("--rounds", type=int, default=5, help="of each (default: %(default)s)")
    add("--threads", type=int, default=1, help="(default: %(default)s)")
    add("--backends", nargs="*", choices=[*ENGINES], default=[], help="beside the three")
    add("--json", type=Path, help="write the numbers here too")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    told = compare(options)
    for name, row in told["backends"].items():
        rate, ratio, share = (row[key] for key in ("tokens_per_sec", "over_baseline", "peak_share"))
        print(
            f"{name:22} {rate['median']:8,.0f} tokens/s   {ratio['median']:5.2f} times the baseline"
            f" ({ratio['min']:.2f} to {ratio['max']:.2f}, n = {ratio['n']})"
            f"   {100 * share:3.0f} % of the peak"
        )
    if options.json:
        write_json(options.json, told)


def compare(options: argparse.Namespace) -> dict:
    """{"backends": {name: tokens/s, ratio to the baseline, share of the peak}, ...}."""
    suite = load_settings(options.params)
    name = options.model or next(iter(suite.models))
    entry = suite.models[name]
    size = LENGTHS[options.lengths][2]
    rows = [
        feature
        for step in range(-(-options.rows // size))
        for feature in batch(options.lengths, step, entry.vocabulary)
    ][: options.rows]
    model = new_model(entry)
    with tempfile.TemporaryDirectory() as folder:
        plays = contestants(model, rows, options, Path(folder))
        seconds, products = measure(plays, options.rounds, entry)
    tokens, best = count([rows]), max(products)
    work = sum(flops.forward(entry, len(f.ids), len(f.ids)) for f in rows)
    return {
        "model": name,
        "lengths": options.lengths,
        "rows": len(rows),
        "threads": options.threads,
        "product_flops": products,
        "seconds": seconds,
        "backends": {
            name: {
                "tokens_per_sec": summary([tokens / second for second in spent]),
                "over_baseline": summary(ratios(seconds[BASELINE], spent)),
                "peak_share": work / min(spent) / (best * options.threads),
            }
            for name, spent in seconds.items()
        },
    }


def new_model(entry) -> TaskModel:
    task = Description("task", "classification", ("accuracy",), ("a", "b", "c"), None, None)
    model = TaskModel(Encoder(config(entry, 0.0)), {"task": task})
    initialize(model, 0.02, torch.Generator().manual_seed(0))
    return model.eval()


def contestants(
    model: TaskModel, rows: list[Feature], options: argparse.Namespace, folder: Path
) -> dict[str, Callable[[], None]]:
    """What each does in a round."""
    ordered = sorted(rows, key=lambda feature: len(feature.ids), reverse=True)
    arrived, alike = (
        [some[start : start + ROWS] for start in range(0, len(some), ROWS)]
        for some in (rows, ordered)
    )
    ours = [some for _, some in inference_batches(rows, BATCH_TOKENS)]
    bench = Workbench(folder, options.threads, alike)
    asked = {BASELINE: (BASELINE, arrived), SORTED: (BASELINE, alike), UNPADDED: (UNPADDED, ours)}
    asked |= {name: (name, alike) for name in options.backends}
    return {
        name: play(with_backend(model, "task", backend, bench), batches)
        for name, (backend, batches) in asked.items()
    }


def play(model: TaskModel, batches: list[list[Feature]]) -> Callable[[], None]:
    @torch.inference_mode()
    def once() -> None:
        for some in batches:
            model.logits("task", some)

    return once


def measure(
    plays: dict[str, Callable[[], None]], rounds: int, entry
) -> tuple[dict[str, list[float]], list[float]]:
    """Seconds of every counted round of each, and the product's operations a second."""
    seconds: dict[str, list[float]] = {name: [] for name in plays}
    products = []
    for number in range(rounds + 1):
        for name, once in plays.items():
            began = time.perf_counter()
            once()
            if number:
                seconds[name].append(time.perf_counter() - began)
        products.append(product_speed(entry))
    return seconds, products


if __name__ == "__main__":
    main()
