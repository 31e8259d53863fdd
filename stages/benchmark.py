"""Measure the inference of all models and recipes of a group, in one process, interleaved.

A machine's speed drifts, so every round passes over all models and recipes in another order: a
difference between recipes is a difference between neighbours in time. Timed is the way from
features (already tokenised) to predictions: one example at a time for the latency, batches for the
throughput; before them come calls of both sizes that are not timed. Models are those of the first
seed, at the chosen checkpoint.
"""

import os
import platform

from waystation.encoder import device
from waystation.evaluation.timing import Places, load_cells, measure
from waystation.files import write_json
from waystation.frame.plan_file import read_plan
from waystation.frame.stage import stage
from waystation.grid.cells import all_cells
from waystation.grid.plans import EvaluationGroupPlan


def main() -> None:
    with stage(
        __doc__,
        options=["group"],
        inputs=["code", "plan", "encoders", "models"],
        planned=["tasks"],
        outputs=["out"],
        params=[
            "threads",
            "device",
            "precision",
            "seeds",
            "benchmark",
            "evaluate",
            "models",
            "recipes",
            "extra",
        ],
    ) as run:
        device.use(run.settings)
        plan = read_plan(run, EvaluationGroupPlan)
        places = Places(run.inputs["tasks"], run.inputs["encoders"], run.inputs["models"])
        grid, seed = all_cells(run.settings), run.settings.seeds[0]
        loaded = load_cells(plan.targets, grid, places, run.settings, seed)
        settings, longest = run.settings.benchmark, run.settings.evaluate.max_answer_tokens
        measured = measure(loaded, settings, longest, f"benchmark {run.options.group}")
        write_json(
            run.outputs["out"],
            {
                "group": run.options.group,
                "timed": "features to predictions",
                "batch_size": settings.batch_size,
                "warmup_calls": settings.warmup,
                "rounds": settings.rounds,
                "machine": {
                    "processor": platform.machine(),
                    "cores": os.cpu_count(),
                    **device.card(run.settings),
                },
                "made_from": run.made_from(),
                "cells": measured,
            },
        )
        run.made = f"{len(measured)} cells, interleaved over {settings.rounds} rounds"


if __name__ == "__main__":
    main()
