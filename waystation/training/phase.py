"""One phase of intermediate training: tasks with new heads on one encoder."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from waystation.base.errors import UserError
from waystation.base.progress import progress
from waystation.data import examples
from waystation.data.examples import Description, with_labels_of
from waystation.encoder import device
from waystation.encoder.checkpoint import read_encoder, write_encoder
from waystation.encoder.encoder import MaskedLanguageHead
from waystation.encoder.features import Lengths
from waystation.encoder.tokenizer import read_tokenizer
from waystation.evaluation.development import commonest_label, development_entry
from waystation.evaluation.rows import Predictor, Reader, Rows, main_score, read_rows, score_rows
from waystation.files import whole, write_json
from waystation.grid.budget import Budget, budget_of, shares, steps_mixed_in
from waystation.grid.names import TEXT
from waystation.grid.plans import Phase
from waystation.languages import ENGLISH
from waystation.metrics import Points
from waystation.params.schema import FineTuning, MaskedLanguageModelling, Stopping
from waystation.task_model import TaskModel
from waystation.training import loop
from waystation.training.batches import Shuffled, mixture, training_rows
from waystation.training.stopping import Watch
from waystation.training.workplace import Workplace

REPORT = "phase.json"
HEADS = "heads"  # folder of what `training.retained` reads
WEIGHTS, POINTS = "heads.safetensors", "points.json"  # in that folder
BEST = "best.safetensors"


def train_phase(
    workplace: Workplace,
    phase: Phase,
    seed: int,
    stopping: Stopping | None,
    start: Path,
    out: Path,
) -> None:
    """One phase: its tasks with new heads on the encoder in `start`."""
    encoder, head = read_encoder(start)
    tasks = {task: examples.read_description(workplace.tasks / task) for task in phase.rows}
    model = TaskModel(encoder, tasks, seed)
    model.initialize_heads(torch.Generator().manual_seed(seed))
    if TEXT in tasks:  # goes on with the pretrained head
        model.heads[TEXT].load_state_dict(pretrained_head(head, workplace).state_dict())
    device.place(model, workplace.machine)
    tokenizer = read_tokenizer(workplace.tokenizer)
    lessons = read_lessons(workplace, phase, model, tasks, tokenizer, seed)
    order = order_of_tasks(phase, lessons, seed)
    budget = replace(budget_of_first(phase, lessons), steps=len(order))
    # Masked language modelling has no score to stop by.
    rule = stopping if set(tasks) != {TEXT} else None
    turns = running_index(order)
    watch = Watch(out / "scores.json", budget.steps, 1, rule)
    scored = English(workplace, phase, model, tasks, tokenizer)
    trained = loop.train(
        model,
        model.loss,
        lambda step: (order[step], lessons[order[step]].batches.batch(turns[step])),
        budget,
        f"intermediate {workplace.title} {'+'.join(tasks)}",
        workplace.scratch / out.name,
        seed,
        {s: partial(keep, model, scored, watch, rule, s) for s in watch.places} if rule else None,
    )
    if rule:
        model.load_state_dict(load_file(out / BEST))
    if TEXT in tasks:
        head = cast(MaskedLanguageHead, model.heads[TEXT])
    write_encoder(out, model.encoder, head)
    points = list(scored.points(None))
    write_heads(out / HEADS, model, {task: own for task, _, own in points})
    report = {"tasks": list(tasks), "steps": trained.steps}
    report |= lesson_report(points, lessons, order[: trained.steps])
    report |= {"chosen_step": watch.best[0]} if rule else {}
    write_json(out / REPORT, report | {"curve": trained.curve})
    for name in (BEST, watch.file.name):
        (out / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class Lesson:
    """A task's batches, and `size`: the number of features that its epochs count.

    Of a task English counts alone: translated rows that are mixed in make no longer training.
    `commonest` is the most frequent label of its English rows, if it has labels.
    """

    batches: Shuffled
    size: int
    commonest: int | None


def read_lessons(
    workplace: Workplace,
    phase: Phase,
    model: TaskModel,
    tasks: dict[str, Description],
    tokenizer: Tokenizer,
    seed: int,
) -> dict[str, Lesson]:
    """The training rows of every head, as features."""
    folder, lessons = workplace.tasks, {}
    what = f"intermediate {workplace.title} reads"
    for task, pairs in progress(phase.rows.items(), len(phase.rows), what, "tasks"):
        settings, drawn = phase.settings[task], f"{seed}/{task}"
        count = getattr(settings, "train_examples", None)  # all of the raw text that is mixed in
        parts, labels = [], []
        for name, language in pairs:
            rows = training_rows(folder, name, language, count, drawn)
            own = examples.read_description(folder / name)
            rows = with_labels_of(rows, own, tasks[task])
            labels.append(commonest_label(rows))
            parts.append(model.kinds[task].make_features(rows, tokenizer, cast(Lengths, settings)))
        features = [feature for part in parts for feature in part]
        size = len(features) if task == TEXT else len(parts[0])
        batches = Shuffled(features, settings.batch_size, drawn)
        lessons[task] = Lesson(batches, size, labels[0])
    return lessons


def keep(model: TaskModel, scored: "English", watch: Watch, stopping: Stopping, step: int) -> bool:
    """Score the model, save it if it is the best so far; True ends the training."""
    model.eval()
    scores = scored(stopping.examples)
    if watch.note(step, sum(scores.values()) / len(scores)):
        with whole(watch.file.with_name(BEST)) as beside:
            save_file(model.state_dict(), beside)
    model.train()
    return watch.ended


def pretrained_head(head: MaskedLanguageHead | None, workplace: Workplace) -> MaskedLanguageHead:
    if head is None:
        raise UserError(
            f"model {workplace.title!r} has no masked-language-modelling head in its checkpoint: "
            f"a recipe with masked language modelling cannot go on with it"
        )
    return head


def budget_of_first(phase: Phase, lessons: dict[str, Lesson]) -> Budget:
    """The budget of the phase's first task, by whose settings all of its tasks are trained."""
    first = phase.tasks[0]
    return budget_of(cast(FineTuning, phase.settings[first]), lessons[first].size)


def order_of_tasks(phase: Phase, lessons: dict[str, Lesson], seed: int) -> list[str]:
    """Which task each step trains."""
    if phase.steps is not None and phase.cap is not None:
        weights = shares({task: lessons[task].size for task in phase.tasks}, phase.cap)
        order = mixture(weights, f"{seed}/mixture", phase.steps)
    else:
        order = [phase.tasks[0]] * budget_of_first(phase, lessons).steps
    if phase.mixed == "mlm":
        share = cast(MaskedLanguageModelling, phase.settings[TEXT]).share
        order += [TEXT] * steps_mixed_in(len(order), share)
        random.Random(f"{seed}/mlm").shuffle(order)
    return order


@dataclass
class English:
    """The English development rows of a phase's tasks, to be scored with its model."""

    workplace: Workplace
    phase: Phase
    model: TaskModel
    tasks: dict[str, Description]
    tokenizer: Tokenizer

    def __call__(self, limit: int | None) -> dict[str, float]:
        """Main score of each task in percent, on its first `limit` rows or all of them."""
        return {task: main_score(rows.task, points) for task, rows, points in self.points(limit)}

    def points(self, limit: int | None) -> Iterator[tuple[str, Rows, list[Points]]]:
        """Each task's first `limit` rows, or all of them, and the points of these."""
        for task, description in self.tasks.items():
            if task != TEXT:
                settings = cast(FineTuning, self.phase.settings[task])
                reader = Reader(self.workplace.tasks, self.tokenizer, settings)
                rows = read_rows(reader, description, "validation", ENGLISH, limit=limit)
                _, points = score_rows(rows, Predictor(self.model, task, self.workplace.inference))
                yield task, rows, points


def write_heads(folder: Path, model: TaskModel, points: dict[str, list[Points]]) -> None:
    """Write the heads of the tasks with a score, and their points on the development rows."""
    folder.mkdir(exist_ok=True)
    kept = {f"{task}.": model.heads[task].state_dict() for task in points}
    tensors = {at + name: value for at, own in kept.items() for name, value in own.items()}
    save_file({name: value.cpu().contiguous() for name, value in tensors.items()}, folder / WEIGHTS)
    write_json(folder / POINTS, points)


def lesson_report(
    points: list[tuple[str, Rows, list[Points]]], lessons: dict[str, Lesson], order: list[str]
) -> dict[str, dict]:
    """Of each task its size, its steps, and the score on all English development rows with the
    levels beside it."""
    entries = {
        task: development_entry(rows, own, lessons[task].commonest) for task, rows, own in points
    }
    return {
        "examples": {task: lesson.size for task, lesson in lessons.items()},
        "task_steps": {task: order.count(task) for task in lessons},
        "english": {task: entry[entry["main_score"]] for task, entry in entries.items()},
        "development": entries,
    }


def running_index(order: list[str]) -> list[int]:
    """For each step, how many earlier steps trained the same task."""
    seen: dict[str, int] = {}
    places = []
    for task in order:
        places.append(seen.get(task, 0))
        seen[task] = places[-1] + 1
    return places
