"""Fine-tune one encoder on the targets of one group, once per seed.

The rows are English, unless a target names more languages. Keeps `checkpoints` models of each run;
English development data choose among them, and end a run early where `stopping` says so. A target
that comes `after` another one (COPA after Social IQa) goes on with that one's chosen model and
head. A finished seed of a target is kept in the scratch folder: one more seed or target costs just
that.
"""

import dataclasses
import os
import shutil
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import torch

from stages import compute, examples, kept, stopping, training
from stages.batching import Shuffled
from stages.cell import SOURCE_LANGUAGE, read_plan
from stages.command import Run, read_json, stage, write_json
from stages.encoder import read_encoder
from stages.errors import UserError
from stages.examples import training_rows
from stages.model import TaskModel, read_model, read_tokenizer
from stages.predictions import Rows
from stages.stopping import Watch


def main() -> None:
    with stage(
        __doc__,
        options=["group", "model", "recipe"],
        inputs=["code", "plan", "encoder"],
        planned=["tasks"],
        outputs=["out"],
        params=["threads", "device", "precision", "seeds", "evaluate"],
    ) as run:
        compute.use(run.settings)
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
    tasks = {task for part in (target, target["after"]) if part for task, _ in part["rows"]}
    described = [examples.read_description(run.inputs["tasks"] / task) for task in sorted(tasks)]
    return {
        "target": target,
        "seed": seed,
        "checkpoints": plan["checkpoints"],
        "stopping": plan["stopping"],
        "files": {f: d for f, d in plan["files"].items() if f.partition("/")[0] in tasks},
        "encoder": run.checksums[str(run.inputs["encoder"])],
        "code": kept.code_of(run.inputs["code"].read_text().splitlines(), described),
        **run.settings.arithmetic,
        "evaluate": dataclasses.asdict(run.settings.evaluate),
    }


def fine_tune(run: Run, plan: dict, name: str, seed: int, out: Path) -> None:
    """One run: the target that comes before, if any, then this one on the model that it chose."""
    target, task = plan["targets"][name], described(run, plan["targets"][name])
    encoder, _ = read_encoder(run.inputs["encoder"])
    model = TaskModel(encoder, {task.name: task})
    model.initialize_heads(torch.Generator().manual_seed(seed))
    compute.place(model, run.settings)
    if target["after"]:
        first = described(run, target["after"])
        if (first.type, first.labels) != (task.type, task.labels):
            raise UserError(
                f"target {name!r} comes after task {first.name!r}: both need the same type and "
                f"labels, got {first.type} and {task.type}"
            )
        before = out / "before"
        if not (
            before / "english.json"
        ).is_file():  # it is there where an interrupted run got so far
            train_one(run, plan, target["after"], model, task.name, f"{name}-before", seed, before)
        chosen = read_json(before / "english.json")["chosen"]
        model = compute.place(read_model(before / chosen, task), run.settings)
    train_one(run, plan, target, model, task.name, name, seed, out)
    shutil.rmtree(out / "before", ignore_errors=True)


def described(run: Run, target: dict) -> examples.Description:
    return examples.read_description(run.inputs["tasks"] / target["task"])


def train_one(
    run: Run, plan: dict, target: dict, model: TaskModel, head: str, name: str, seed: int, out: Path
) -> None:
    """Train `model` with one head, keep its best checkpoints by English development rows."""
    folder, task = run.inputs["tasks"], described(run, target)
    tokenizer, settings = (
        read_tokenizer(run.inputs["encoder"]),
        SimpleNamespace(**target["settings"]),
    )
    rows = [
        row
        for pair in target["rows"]
        for row in training_rows(folder, *pair, settings.train_examples, f"{seed}/{task.name}")
    ]
    features = model.types[head].make_features(rows, tokenizer, settings)
    batches = Shuffled(features, settings.batch_size, f"{seed}/{task.name}")
    budget, rule = training.budget(settings, len(features)), stopping.from_plan(plan)
    limit = rule.examples if rule else None
    english = Rows(folder, task, "validation", SOURCE_LANGUAGE, tokenizer, settings, limit=limit)
    watch = Watch(out / "scores.json", budget.steps, plan["checkpoints"], rule)
    trained = training.train(
        model,
        model.loss,
        lambda step: (head, batches.batch(step)),
        budget,
        f"target {name} {run.options.model} {run.options.recipe}",
        run.scratch / f"{name}-{seed}",
        seed,
        {step: partial(keep, run, model, head, english, watch, step) for step in watch.places},
    )
    told = {"chosen": str(watch.best[0]), "steps": trained.steps, "examples": len(rows)}
    told |= {"checkpoints": {str(step): watch.scores[step] for step in sorted(watch.best)}}
    write_json(out / "english.json", told | {"curve": trained.curve})
    watch.file.unlink()


def keep(run: Run, model: TaskModel, head: str, english: Rows, watch: Watch, step: int) -> bool:
    """Score a checkpoint, have those that are the best so far on disk; is the training to end?"""
    model.eval()
    _, points = english.score(model, head, run.settings.evaluate)
    if watch.note(step, english.main_score(points)):
        write_model(model, head, english.task.labels, watch.file.parent / str(step))
    for place in watch.places:
        if place not in watch.best:
            shutil.rmtree(watch.file.parent / str(place), ignore_errors=True)
    model.train()
    return watch.ended


def write_model(model: TaskModel, head: str, labels: tuple[str, ...], folder: Path) -> None:
    """Write a checkpoint beside its place and rename it."""
    beside = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(beside, ignore_errors=True)
    model.write(beside, head, labels)
    shutil.rmtree(folder, ignore_errors=True)
    beside.rename(folder)


def link(source: str, destination: str) -> None:
    """A hard link where the file system can, else a copy; nothing edits a model in place."""
    try:
        os.link(source, destination)
    except OSError:
        shutil.copy2(source, destination)


if __name__ == "__main__":
    main()
