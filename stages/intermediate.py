"""Make the encoder of one recipe: intermediate training on English tasks, or none.

Only the encoder passes on; every phase has new heads. A recipe without phases is the pretrained
encoder itself (`none`) or the same model with random weights (`random`). A finished phase is kept
in the scratch folder: a longer sequence goes on from it, and encoders are merged from there. With
`stopping` the encoder that passes on is the one with the best mean of its tasks' English
development scores. At the end earlier tasks are scored again: their own heads on the last encoder.
"""

import importlib
import shutil
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch

from waystation.data import examples
from waystation.encoder import device
from waystation.encoder.checkpoint import read_encoder, write_encoder
from waystation.encoder.encoder import initialize, new_encoder
from waystation.files import remove, write_json
from waystation.frame import finished_parts
from waystation.frame.plan_file import read_plan
from waystation.frame.stage import Run, stage
from waystation.grid.cells import arithmetic
from waystation.grid.plans import Phase, RecipePlan
from waystation.grid.recipe_names import parse
from waystation.text_files import read_json
from waystation.training.phase import HEADS, REPORT, train_phase
from waystation.training.retained import retained
from waystation.training.workplace import Workplace

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")


def main() -> None:
    with stage(
        __doc__,
        options=["model", "recipe"],
        inputs=["code", "plan", "pretrained"],
        planned=["tasks"],
        outputs=["out", "metrics"],
        params=["threads", "device", "precision", "evaluate", "models.{model}"],
    ) as run:
        device.use(run.settings)
        plan = read_plan(run, RecipePlan)
        done = trained(run, plan) if plan.phases else untrained(run, plan.recipe)
        for name in TOKENIZER_FILES:
            shutil.copy(run.inputs["pretrained"] / name, run.outputs["out"])
        made = {"recipe": plan.recipe, **done, "made_from": run.made_from()}
        write_json(run.outputs["metrics"], made)
        scores = [f"{task} {s:.1f}" for p in done["phases"] for task, s in p["english"].items()]
        steps = sum(report["steps"] for report in done["phases"])
        unscored = f"{steps:,} steps of masked language modelling" if steps else "no training"
        run.made = "English development scores " + ", ".join(scores) if scores else unscored


def untrained(run: Run, recipe: str) -> dict:
    """Write the pretrained encoder itself, or the same shape with random weights."""
    encoder, head = read_encoder(run.inputs["pretrained"])
    if recipe == "random":
        seed = run.settings.models[run.options.model].seed or 0
        generator = torch.Generator().manual_seed(seed + 1)
        encoder = new_encoder(encoder.config, generator)
        if head is not None:
            initialize(head, encoder.config.initializer_range, generator)
    write_encoder(run.outputs["out"], encoder, head)
    return {"phases": [], "retained": {}}


def trained(run: Run, plan: RecipePlan) -> dict:
    """Train all phases and write the encoder; what each phase did, and what is left of it."""
    merging, start = parse(plan.recipe).method, run.inputs["pretrained"]
    ended: list[Path] = []
    for number, phase in enumerate(plan.phases):
        before = () if merging else plan.phases[:number]
        make = partial(train_phase, workplace(run), phase, plan.seed, plan.stopping, start)
        ended.append(finished_parts.part("phases", made_from(run, plan, (*before, phase)), make))
        start = start if merging else ended[-1]
    out = run.outputs["out"]
    if merging:
        # By key: an edit of merging makes nothing again of the other recipes.
        importlib.import_module("waystation.training.merging").merge(merging, start, ended, out)
    else:
        finished_parts.copy(start, out)
        (out / REPORT).unlink()
        remove(out / HEADS)
    earlier = zip(plan.phases, ended, strict=True)
    left = [retained(workplace(run), *one, out) for one in earlier if one[1] != start]
    return {
        "phases": [read_json(folder / REPORT) for folder in ended],
        "retained": {task: entry for entries in left for task, entry in entries.items()},
    }


def workplace(run: Run) -> Workplace:
    return Workplace(
        run.options.model,
        run.inputs["tasks"],
        run.inputs["pretrained"],
        run.scratch,
        run.settings,
        run.settings.evaluate,
    )


def made_from(run: Run, plan: RecipePlan, phases: tuple[Phase, ...]) -> dict:
    """Everything that the encoder after some phases is made from."""
    names = {task for phase in phases for pairs in phase.rows.values() for task, _ in pairs}
    tasks = [examples.read_description(run.inputs["tasks"] / name) for name in sorted(names)]
    types, metrics = {task.type for task in tasks}, {m for task in tasks for m in task.metrics}
    return {
        "phases": [asdict(phase) for phase in phases],
        "seed": plan.seed,
        "stopping": asdict(plan.stopping) if plan.stopping else None,
        "files": {f: d for f, d in plan.files.items() if f.partition("/")[0] in names},
        "pretrained": run.checksums[str(run.inputs["pretrained"])],
        "code": finished_parts.code_of(run.inputs["code"], train_phase.__module__, types, metrics),
        **arithmetic(run.settings),
        "evaluate": asdict(run.settings.evaluate),
    }


if __name__ == "__main__":
    main()
