"""Say what a suite's run takes, before anything is downloaded or trained.

Stages, examples, steps, floating-point operations, hours and disk, by verb and model. Operations
count real tokens in the layers' products and attention (waystation/grid/flops.py). Hours are
operations over a rate: by default the one at which this machine trains a layer of the suite's
largest model, with --gpu a share of that card's peak. Timed work (`benchmark`), tokenisation and
the start of processes are not in it.

  python -m waystation plan                             the pocket suite, this machine
  python -m waystation plan --params suites/xtreme/params.yaml --gpu h200
"""

import argparse
import dataclasses
import math
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from waystation.files import write_json
from waystation.frame.suite_check import read_suite
from waystation.grid import flops
from waystation.grid.workload import Work, Workload
from waystation.params.schema import Settings
from waystation.params.yaml_files import read_yaml
from waystation.report.text import table

# Dense bf16 peak in TFLOP/s, from the makers' data sheets.
GPUS = {"h200": 989, "h100": 989, "a100": 312}
# Of XLM-R large on pairs of sentences, three stages at once on an H100; questions with their
# contexts reach twice that (docs/log/2026-11-26-on-a-card.md).
UTILISATION = 0.075
CHARACTERS_PER_TOKEN = 4.0  # English, in XLM-R's pieces; unspaced scripts have about half of it
GIB = 2**30


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--params", type=Path, default=Path("params.yaml"), help="a suite's (default: %(default)s)")
    add("--gpu", choices=sorted(GPUS), help="a card, instead of this machine's measured rate")
    add(
        "--utilisation",
        type=_share,
        default=UTILISATION,
        help="share of the card's peak that training reaches (default: %(default)s)",
    )
    add(
        "--characters-per-token",
        type=_positive,
        default=CHARACTERS_PER_TOKEN,
        help="of English in the model's pieces (default: %(default)s)",
    )
    add("--json", type=Path, help="write the plan here too")


def main(options: argparse.Namespace) -> None:
    suite = read_suite(options.params)
    planned = plan(suite, options)
    if options.json:
        write_json(options.json, planned)
    print(printed(suite, planned))


def _share(text: str) -> float:
    return _number(text, 1.0)


def _positive(text: str) -> float:
    return _number(text, 1000.0)


def _number(text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= most:
        raise argparse.ArgumentTypeError(f"{text!r}: a number above 0, at most {most:g}, is needed")
    return value


def plan(chosen: Settings, options: argparse.Namespace) -> dict:
    """The work by verb and model, the rate, and what is not known."""
    counts = Path("metrics", chosen.suite, "data")
    load = Workload(chosen, counts, options.characters_per_token)
    work = load.all()
    if options.gpu:
        rate = GPUS[options.gpu] * 1e12 * options.utilisation
        named = f"{options.gpu}, {100 * options.utilisation:.3g}% of {GPUS[options.gpu]} TFLOP/s"
    else:
        rate, named = measured_rate(chosen)
    return {
        "suite": chosen.suite,
        "stages": stage_counts(chosen, Path("dvc.yaml")),
        "work": [summed(cells, rate) for cells in by_verb_and_model(work)],
        "rate": {"of": named, "flops_per_sec": rate},
        "unknown_rows": sorted(f"{task}/{split}" for task, split in load.unknown),
        "characters_per_token": options.characters_per_token,
    }


def stage_counts(chosen: Settings, graph: Path) -> dict[str, int]:
    """{verb: number of its stages}: the product of the lists that its matrix walks."""
    counts: dict[str, int] = {}
    for name, stage in read_yaml(graph)["stages"].items():
        lists = [chosen.at(walked.strip("${}")) for walked in stage.get("matrix", {}).values()]
        verb = name.removesuffix("_extra")
        counts[verb] = counts.get(verb, 0) + math.prod(map(len, lists))
    return counts


def by_verb_and_model(work: list[Work]) -> Iterable[list[Work]]:
    parts: dict[tuple[str, str], list[Work]] = {}
    for one in work:
        parts.setdefault((one.model, one.verb), []).append(one)
    return parts.values()


def summed(work: list[Work], rate: float) -> dict:
    operations = sum(one.flops for one in work)
    return {
        "model": work[0].model,
        "verb": work[0].verb,
        "cells": len(work),
        "examples": sum(one.examples for one in work),
        "steps": sum(one.steps for one in work),
        "flops": operations,
        "hours": operations / rate / 3600,
        "disk_bytes": round(sum(one.disk_bytes for one in work)),
    }


def measured_rate(chosen: Settings, seconds: float = 3.0) -> tuple[float, str]:
    """Operations per second at which this machine trains a layer as wide as the largest model's.

    And what was measured: the suite's device, or the processor where there is no card.
    """
    import torch

    from waystation.encoder import device
    from waystation.encoder.encoder import Encoder, EncoderConfig
    from waystation.encoder.features import Packed

    if not torch.cuda.is_available():
        chosen = dataclasses.replace(chosen, device="cpu", precision="float32")
    device.use(chosen)
    named = device.card(chosen).get("card", "this machine's processor")
    largest = max(chosen.models.values(), key=flops.matrix_weights)
    length = min(128, largest.positions - 2)
    sizes = largest.hidden, 1, largest.heads, largest.intermediate, largest.positions
    encoder = device.place(Encoder(EncoderConfig(8, *sizes)), chosen)
    packed = Packed([[0] * length] * 8).to(encoder.device)
    layer = dataclasses.replace(largest, layers=1)
    operations = flops.TRAINING * flops.forward(layer, packed.tokens, length)
    times: list[float] = []
    began = time.perf_counter()
    while len(times) < 4 or time.perf_counter() - began < seconds:
        start = time.perf_counter()
        encoder(packed).sum().backward()
        device.wait(chosen)
        times.append(time.perf_counter() - start)
    return operations / median(times[1:]), f"{named}, measured with one stage at a time"


def printed(chosen: Settings, planned: dict) -> str:
    """The plan as text."""
    columns = ["cells", "examples", "steps", "TFLOP", "hours", "GiB"]
    models: dict[str, list] = {}
    for row in planned["work"]:
        texts = [f"{row[key]:,}" for key in ("cells", "examples", "steps")]
        texts += [f"{row['flops'] / 1e12:,.1f}", hours(row["hours"])]
        texts += [f"{row['disk_bytes'] / GIB:,.2f}"]
        models.setdefault(row["model"], []).append((row["verb"], texts))
    total = {key: sum(row[key] for row in planned["work"]) for key in ("flops", "hours")}
    disk = sum(row["disk_bytes"] for row in planned["work"])
    stages = ", ".join(f"{verb} {count}" for verb, count in planned["stages"].items() if count)
    lines = [
        f"{planned['suite']}: {sum(planned['stages'].values())} stages ({stages})",
        "",
        *table("", columns, models),
        "",
        f"together: {total['flops'] / 1e15:,.2f} PFLOP, {hours(total['hours'])} hours at "
        f"{planned['rate']['flops_per_sec'] / 1e12:,.3g} TFLOP/s ({planned['rate']['of']}), "
        f"{disk / GIB:,.1f} GiB on disk without the Hub's cache (twice that where DVC cannot link)",
        f"lengths: those of real rows in characters, {planned['characters_per_token']:g} a token",
    ]
    if planned["unknown_rows"]:
        lines.append(
            "rows unknown, taken as none or the limit: " + ", ".join(planned["unknown_rows"])
        )
    return "\n".join(lines)


def hours(value: float) -> str:
    return f"{value:,.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.01 else f"{value:.4f}"
