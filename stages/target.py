"""Fine-tune one encoder on the targets of one group, once per seed.

The rows are English, unless a target names more languages. Keeps `checkpoints` models of each run,
evenly spaced; English development data choose among them. A finished seed of a target is kept in
the scratch folder: one more seed or target costs just that.
"""

import dataclasses
import os
import shutil
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import torch

from stages import examples, kept, training
from stages.batching import Shuffled
from stages.command import Run, read_json, stage, write_json
from stages.encoder import read_encoder
from stages.examples import training_rows
from stages.model import TaskModel, read_tokenizer, set_threads
from stages.predictions import Rows
from stages.recipes import SOURCE_LANGUAGE, read_plan


def main() -> None:
    with stage(
        __doc__,
        options=["group", "model", "recipe"],
        inputs=["code", "plan", "encoder"],
        planned=["tasks"],
        outputs=["out"],
        params=["threads", "seeds", "evaluate"],
    ) as run:
        set_threads(run.settings.threads)
        plan = read_plan(run)
        told = []
        for name in plan["targets"]:
            scores = [train_seed(run, plan, name, seed) for seed in run.settings.seeds]
            told.append(f"{name} {sum(scores) / len(scores):.1f}")
        run.made = f"English development scores {', '.join(told)} %, n = {len(scores)} seeds"


def train_seed(run: Run, plan: dict, name: str, seed: int) -> float:
    """Have one seed of one target in the output; its English score at the chosen checkpoint."""
    make = partial(fine_tune, run, plan, name, seed)
    done = kept.part("targets", made_from(run, plan, name, seed), make)
    kept.copy(done, run.outputs["out"] / name / str(seed), link)
    english = read_json(done / "english.json")
    return english["checkpoints"][english["chosen"]]


def made_from(run: Run, plan: dict, name: str, seed: int) -> dict:
    """Everything that one seed of a target is made from."""
    target = plan["targets"][name]
    tasks = {task for task, _ in target["rows"]}
    described = [examples.read_description(run.inputs["tasks"] / task) for task in sorted(tasks)]
    return {
        "target": target,
        "seed": seed,
        "checkpoints": plan["checkpoints"],
        "files": {f: d for f, d in plan["files"].items() if f.partition("/")[0] in tasks},
        "encoder": run.checksums[str(run.inputs["encoder"])],
        "code": kept.code_of(run.inputs["code"].read_text().splitlines(), described),
        "threads": run.settings.threads,
        "evaluate": dataclasses.asdict(run.settings.evaluate),
    }


def fine_tune(run: Run, plan: dict, name: str, seed: int, out: Path) -> None:
    """One run: train, keep checkpoints, score each on English development rows."""
    target, folder = plan["targets"][name], run.inputs["tasks"]
    settings, head = SimpleNamespace(**target["settings"]), target["task"]
    task = examples.read_description(folder / head)
    tokenizer = read_tokenizer(run.inputs["encoder"])
    encoder, _ = read_encoder(run.inputs["encoder"])
    model = TaskModel(encoder, {head: task})
    model.initialize_heads(torch.Generator().manual_seed(seed))
    rows = [
        row
        for pair in target["rows"]
        for row in training_rows(folder, *pair, settings.train_examples, f"{seed}/{head}")
    ]
    features = model.types[head].make_features(rows, tokenizer, settings)
    batches = Shuffled(features, settings.batch_size, f"{seed}/{head}")
    budget = training.budget(settings, len(features))
    english = Rows(folder, task, "validation", SOURCE_LANGUAGE, tokenizer, settings)

    def keep(step: int) -> None:
        model.eval()
        _, points = english.score(model, head, run.settings.evaluate)
        beside = out / f".{step}.partial"
        shutil.rmtree(beside, ignore_errors=True)
        model.write(beside, head, task.labels)
        write_json(beside / "english.json", english.main_score(points))
        shutil.rmtree(out / str(step), ignore_errors=True)
        beside.rename(out / str(step))
        model.train()

    steps = places(budget.steps, plan["checkpoints"])
    trained = training.train(
        model,
        model.loss,
        lambda step: (head, batches.batch(step)),
        budget,
        f"target {name} {run.options.model} {run.options.recipe}",
        run.scratch / f"{name}-{seed}",
        seed,
        {step: lambda step=step: keep(step) for step in steps},
    )
    scores = {str(step): read_json(out / str(step) / "english.json") for step in steps}
    chosen = max(scores, key=lambda step: (scores[step], -int(step)))
    write_json(
        out / "english.json",
        {"chosen": chosen, "checkpoints": scores, "examples": len(rows), "curve": trained.curve},
    )


def places(steps: int, count: int) -> list[int]:
    """`count` step numbers, evenly spaced, the last one included."""
    return sorted({round(steps * (i + 1) / count) for i in range(count)} - {0})


def link(source: str, destination: str) -> None:
    """A hard link where the file system can, else a copy; nothing edits a model in place."""
    try:
        os.link(source, destination)
    except OSError:
        shutil.copy2(source, destination)


if __name__ == "__main__":
    main()
