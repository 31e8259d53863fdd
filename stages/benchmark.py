"""Measure what answers cost, and whether recipes differ in it: texts in, predictions out.

Of every model and measured target the recipes take turns in mirrored blocks of fresh processes: a
single stream of queries (latency) and all rows at once (throughput), under MLPerf's load generator.
Each recipe is compared with the first one, in every task and language: a paired ratio with an
interval, and a verdict (faster, slower, equal within the margin, undecided); and in the mean over
languages. So is each further engine of `benchmark.backends`, which runs the first recipe, with its
score beside that of the first engine on the same rows. Comparisons end when all is decided, or
their time is over. Then queries to the first recipe arrive at random, at the highest rate that its
latency bears. All of it takes at most `benchmark.minutes` a group. Models are those of the first
seed, at the checkpoint that was chosen.
"""

import time

from waystation.data import examples
from waystation.files import write_json
from waystation.frame.plan_file import read_plan
from waystation.frame.stage import Run, stage
from waystation.grid.cells import all_cells
from waystation.grid.plans import EvaluationGroupPlan, EvaluationPlan
from waystation.inference import backends, machine
from waystation.inference.compare import Compared
from waystation.inference.fresh import Asked, Job


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
        plan, settings = read_plan(run, EvaluationGroupPlan), run.settings.benchmark
        targets = {name: plan.targets[name] for name in plan.targets if name in settings.tests}
        measured: dict[str, list[dict]] = {}
        for name in settings.backends if targets else ():
            backends.check(name, run.settings.device)
        before, energy = machine.load_of_others(), machine.Energy()
        asked = {
            (model, name): found
            for name in targets
            for model in run.settings.models
            if (found := jobs(run, model, name, targets[name]))
        }
        ends = time.monotonic() + 60 * settings.minutes
        for place, ((model, name), found) in enumerate(asked.items()):
            left = (ends - time.monotonic()) / (len(asked) - place)
            compared = Compared(model, name, found, run.scratch)
            for key, rows in compared.measured(settings.margin, left, settings.server).items():
                measured.setdefault(key, []).extend(rows)
        engines = [need for name in settings.backends for need in backends.NEEDS.get(name, ())]
        load = {"before": before, "after": machine.load_of_others()}
        measuring = {"load_of_others_percent": load, "watts": energy.watts()}
        write_json(
            run.outputs["out"],
            {
                "group": run.options.group,
                "timed": "texts to predictions",
                "margin": settings.margin,
                "machine": machine.described(run.settings, engines) | measuring,
                "made_from": run.made_from(),
                "cells": [],
                **measured,
            },
        )
        run.made = told(measured)


def jobs(run: Run, model: str, name: str, target: EvaluationPlan) -> dict[str, Job]:
    """What a run of each system does, the first recipe by the first engine first.

    Only recipes that the model has, fine-tuned on this target.
    """
    settings, suite = run.settings.benchmark, run.settings
    cells = [recipe for own, recipe in all_cells(suite) if own == model]
    there = [r for r in cells if name in suite.groups_of(r)[run.options.group]]
    found = [recipe for recipe in settings.recipes if recipe in there]
    first = [(recipe, settings.backends[0]) for recipe in found]
    others = [(found[0], backend) for backend in settings.backends[1:]] if found else []
    return {
        f"{recipe} {backend}": job(run, model, recipe, backend, name, target)
        for recipe, backend in first + others
    }


def job(run: Run, model: str, recipe: str, backend: str, name: str, target: EvaluationPlan) -> Job:
    settings, suite = run.settings.benchmark, run.settings
    tasks = run.inputs["tasks"]
    asked = [task for task in target.tasks if task in settings.tests[name]]
    sets = [(t, code) for t in asked for code in examples.languages(tasks / t, "test")]
    return Job(
        recipe=recipe,
        backend=backend,
        engines=run.scratch / model / recipe / name,
        tasks=tasks,
        encoder=run.inputs["encoders"] / model / recipe,
        model=run.inputs["models"] / model / recipe / name / str(suite.seeds[0]),
        target=target.task,
        sets=tuple(sets),
        lengths=target.settings,
        asked=Asked(settings.rows, settings.queries, settings.warmup, settings.scored),
        evaluate=suite.evaluate,
        file=suite.file,
        threads=suite.threads,
        device=suite.device,
        precision=suite.precision,
    )


def told(measured: dict[str, list[dict]]) -> str:
    """How many comparisons have which verdict."""
    said = [row["verdict"] for row in measured.get("comparisons", [])]
    counts = ", ".join(f"{said.count(word)} {word}" for word in dict.fromkeys(said))
    return f"{len(said)} comparisons: {counts}" if said else "nothing is measured in this group"


if __name__ == "__main__":
    main()
