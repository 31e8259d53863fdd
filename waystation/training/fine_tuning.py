"""Fine-tune one encoder on one target."""

import os
import shutil
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from waystation.base.errors import UserError
from waystation.data import examples
from waystation.encoder import device
from waystation.encoder.checkpoint import read_encoder
from waystation.encoder.tokenizer import read_tokenizer
from waystation.evaluation import selection
from waystation.evaluation.rows import Predictor, Reader, Rows, main_score, read_rows, score_rows
from waystation.evaluation.selection import Selection
from waystation.files import whole
from waystation.grid.budget import budget_of
from waystation.grid.plans import TargetPlan
from waystation.languages import ENGLISH
from waystation.params.schema import Evaluate, Stopping
from waystation.task_model import TaskModel, read_model
from waystation.training import loop
from waystation.training.batches import Shuffled, training_rows
from waystation.training.stopping import Watch
from waystation.training.workplace import Workplace


@dataclass(frozen=True)
class Choice:
    """How many checkpoints of a run stay, and when it ends early."""

    checkpoints: int
    stopping: Stopping | None


def fine_tune(
    workplace: Workplace, target: TargetPlan, choice: Choice, encoder: Path, seed: int, out: Path
) -> None:
    """One run: the target that comes before, if any, then this one on the model that it chose."""
    task = examples.read_description(workplace.tasks / target.task)
    model = TaskModel(read_encoder(encoder)[0], {task.name: task})
    model.initialize_heads(torch.Generator().manual_seed(seed))
    device.place(model, workplace.machine)
    if target.after:
        first = examples.read_description(workplace.tasks / target.after.task)
        if (first.type, first.labels) != (task.type, task.labels):
            raise UserError(
                f"{workplace.title}: task {task.name!r} comes after task {first.name!r}: both need "
                f"the same type and labels, got {first.type} and {task.type}"
            )
        before = out / "before"
        if not (before / selection.FILE).is_file():  # there where an interrupted run got so far
            earlier = replace(
                workplace,
                title=f"{workplace.title}, before",
                scratch=workplace.scratch.with_name(f"{workplace.scratch.name}-before"),
            )
            train_one(earlier, target.after, choice, model, task.name, encoder, seed, before)
        chosen = selection.read(before).chosen
        model = device.place(read_model(before / chosen, task, encoder), workplace.machine)
    train_one(workplace, target, choice, model, task.name, encoder, seed, out)
    shutil.rmtree(out / "before", ignore_errors=True)


def train_one(
    workplace: Workplace,
    target: TargetPlan,
    choice: Choice,
    model: TaskModel,
    head: str,
    encoder: Path,
    seed: int,
    out: Path,
) -> None:
    """Train `model` with one head, keep its best checkpoints by English development rows.

    They are written beside `encoder`, with which the model began.
    """
    folder, settings, rule = workplace.tasks, target.settings, choice.stopping
    task, tokenizer = (
        examples.read_description(folder / target.task),
        read_tokenizer(workplace.tokenizer),
    )
    drawn = f"{seed}/{task.name}"
    rows = [
        row
        for name, language in target.rows
        for row in training_rows(folder, name, language, settings.train_examples, drawn)
    ]
    features = model.kinds[head].make_features(rows, tokenizer, settings)
    batches, budget = (
        Shuffled(features, settings.batch_size, drawn),
        budget_of(settings, len(features)),
    )
    limit = rule.examples if rule else None
    reader = Reader(folder, tokenizer, settings)
    english = read_rows(reader, task, "validation", ENGLISH, limit=limit)
    watch = Watch(out / "scores.json", budget.steps, choice.checkpoints, rule)
    scored = partial(keep, workplace.inference, model, head, encoder, english, watch)
    trained = loop.train(
        model,
        model.loss,
        lambda step: (head, batches.batch(step)),
        budget,
        workplace.title,
        workplace.scratch,
        seed,
        {step: partial(scored, step) for step in watch.places},
    )
    note = Selection(
        chosen=str(watch.best[0]),
        steps=trained.steps,
        examples=len(rows),
        checkpoints={str(step): watch.scores[step] for step in sorted(watch.best)},
        curve=tuple(trained.curve),
    )
    selection.write(out, note)
    watch.file.unlink()


def keep(
    inference: Evaluate,
    model: TaskModel,
    head: str,
    encoder: Path,
    english: Rows,
    watch: Watch,
    step: int,
) -> bool:
    """Score a checkpoint, have those that are the best so far on disk; True ends the training."""
    model.eval()
    _, points = score_rows(english, Predictor(model, head, inference))
    if watch.note(step, main_score(english.task, points)):
        with whole(watch.file.parent / str(step)) as beside:
            model.write(beside, head, english.task.labels, encoder)
    for scored in watch.places:
        if scored not in watch.best:
            shutil.rmtree(watch.file.parent / str(scored), ignore_errors=True)
    model.train()
    return watch.ended


def link(source: str, destination: str) -> None:
    """A hard link where the file system can, else a copy; nothing edits a model in place."""
    try:
        os.link(source, destination)
    except OSError:
        shutil.copy2(source, destination)
