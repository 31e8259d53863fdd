"""Make the encoder of one recipe: intermediate training on English tasks, or none.

Only the encoder passes on; every phase has new heads. A recipe without phases is the pretrained
encoder itself (`none`) or the same model with random weights (`random`). A finished phase is kept
in the scratch folder: a longer sequence goes on from it. With `stopping` the encoder that passes on
is the one with the best mean of its tasks' English development scores.
"""

import dataclasses
import random
import shutil
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from stages import compute, examples, kept, stopping, training
from stages.batching import Shuffled, mixture
from stages.cell import SOURCE_LANGUAGE, TEXT, read_plan
from stages.command import Run, read_json, stage, write_json
from stages.encoder import (
    MaskedLanguageHead,
    initialize,
    new_encoder,
    read_encoder,
    write_encoder,
)
from stages.errors import UserError
from stages.examples import training_rows, with_labels_of
from stages.model import TaskModel, read_tokenizer
from stages.predictions import Rows
from stages.progress import progress
from stages.stopping import Watch

REPORT = "phase.json"
BEST = "best.safetensors"
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
        compute.use(run.settings)
        plan = read_plan(run)
        told = train_phases(run, plan) if plan["phases"] else untrained(run, plan["recipe"])
        for name in TOKENIZER_FILES:
            shutil.copy(run.inputs["pretrained"] / name, run.outputs["out"])
        write_json(run.outputs["metrics"], told | {"made_from": run.made_from()})
        scores = [f"{task} {s:.1f}" for p in told["phases"] for task, s in p["english"].items()]
        steps = sum(phase["steps"] for phase in told["phases"])
        untold = f"{steps:,} steps of masked language modelling" if steps else "no training"
        run.made = "English development scores " + ", ".join(scores) if scores else untold


def untrained(run: Run, recipe: str) -> dict:
    """The pretrained encoder itself, or the same shape with random weights."""
    encoder, head = read_encoder(run.inputs["pretrained"])
    if recipe == "random":
        generator = torch.Generator().manual_seed(run.settings.models[run.options.model].seed + 1)
        encoder = new_encoder(encoder.config, generator)
        if head is not None:
            initialize(head, encoder.config.initializer_range, generator)
    write_encoder(run.outputs["out"], encoder, head)
    return {"recipe": recipe, "phases": []}


def train_phases(run: Run, plan: dict) -> dict:
    """Train phase after phase; return what each did."""
    start, told = run.inputs["pretrained"], []
    for number, phase in enumerate(plan["phases"]):
        make = partial(train_phase, run, plan, phase, start)
        start = kept.part("phases", made_from(run, plan, number), make)
        told.append(read_json(start / REPORT))
    kept.copy(start, run.outputs["out"])
    (run.outputs["out"] / REPORT).unlink()
    return {"recipe": plan["recipe"], "phases": told}


def made_from(run: Run, plan: dict, number: int) -> dict:
    """Everything that the encoder after a phase is made from."""
    phases = plan["phases"][: number + 1]
    tasks = {task for phase in phases for pairs in phase["rows"].values() for task, _ in pairs}
    described = [examples.read_description(run.inputs["tasks"] / task) for task in sorted(tasks)]
    return {
        "phases": phases,
        "seed": plan["seed"],
        "stopping": plan["stopping"],
        "files": {f: d for f, d in plan["files"].items() if f.partition("/")[0] in tasks},
        "pretrained": run.checksums[str(run.inputs["pretrained"])],
        "code": kept.code_of(run.inputs["code"].read_text().splitlines(), described),
        **run.settings.arithmetic,
        "evaluate": dataclasses.asdict(run.settings.evaluate),
    }


def train_phase(run: Run, plan: dict, phase: dict, start: Path, out: Path) -> None:
    """One phase: its tasks with new heads on the encoder in `start`."""
    encoder, head = read_encoder(start)
    tokenizer, folder = read_tokenizer(run.inputs["pretrained"]), run.inputs["tasks"]
    described = {task: examples.read_description(folder / task) for task in phase["rows"]}
    model = TaskModel(encoder, described, plan["seed"])
    model.initialize_heads(torch.Generator().manual_seed(plan["seed"]))
    if TEXT in described:  # goes on with the pretrained head
        model.heads[TEXT].load_state_dict(pretrained_head(head, run).state_dict())
    compute.place(model, run.settings)
    chosen = {task: SimpleNamespace(**values) for task, values in phase["settings"].items()}
    batches, sizes = {}, {}
    what = f"intermediate {run.options.model} reads"
    for task, pairs in progress(phase["rows"].items(), len(phase["rows"]), what, "tasks"):
        seed, count = f"{plan['seed']}/{task}", getattr(chosen[task], "train_examples", None)
        rows = [
            with_labels_of(
                training_rows(folder, name, language, count, seed),
                examples.read_description(folder / name),
                described[task],
            )
            for name, language in pairs
        ]
        parts = [model.types[task].make_features(part, tokenizer, chosen[task]) for part in rows]
        features = [feature for part in parts for feature in part]
        # Of a task English counts alone: translated rows that are mixed in make no longer training.
        sizes[task] = len(features) if task == TEXT else len(parts[0])
        batches[task] = Shuffled(features, chosen[task].batch_size, seed)
    order = order_of_tasks(phase, chosen, sizes, plan["seed"])
    first = phase["tasks"][0]
    budget = dataclasses.replace(training.budget(chosen[first], sizes[first]), steps=len(order))
    # Masked language modelling has no score to stop by.
    rule = stopping.from_plan(plan) if set(described) != {TEXT} else None
    places = running_index(order)
    watch = Watch(out / "scores.json", budget.steps, 1, rule)
    scored = English(run, model, described, tokenizer, chosen)
    trained = training.train(
        model,
        model.loss,
        lambda step: (order[step], batches[order[step]].batch(places[step])),
        budget,
        f"intermediate {run.options.model} {'+'.join(described)}",
        run.scratch / out.name,
        plan["seed"],
        {s: partial(keep, model, scored, watch, s) for s in watch.places} if rule else None,
    )
    if rule:
        model.load_state_dict(load_file(out / BEST))
    write_encoder(out, model.encoder, model.heads[TEXT] if TEXT in described else head)
    report = {"tasks": list(described), "steps": trained.steps, "examples": sizes}
    report |= {"english": scored(None)}
    report |= {"chosen_step": watch.best[0]} if rule else {}
    write_json(out / REPORT, report | {"curve": trained.curve})
    for name in (BEST, watch.file.name):
        (out / name).unlink(missing_ok=True)


def keep(model: TaskModel, scored: "English", watch: Watch, step: int) -> bool:
    """Score a model, have the best so far on disk; is the training to end?"""
    model.eval()
    scores = scored(watch.stopping.examples)
    if watch.note(step, sum(scores.values()) / len(scores)):
        beside = watch.file.with_name(f".{BEST}.partial")
        save_file(model.state_dict(), beside)
        beside.replace(watch.file.with_name(BEST))
    model.train()
    return watch.ended


def pretrained_head(head: MaskedLanguageHead | None, run: Run) -> MaskedLanguageHead:
    if head is None:
        raise UserError(
            f"model {run.options.model!r} has no masked-language-modelling head in its checkpoint: "
            f"recipe {run.options.recipe!r} cannot go on with it"
        )
    return head


def order_of_tasks(phase: dict, chosen: dict, sizes: dict[str, int], seed: int) -> list[str]:
    """Which task each step trains."""
    first = phase["tasks"][0]
    if phase["steps"] is not None:
        weights = {task: min(sizes[task], phase["cap"]) for task in phase["tasks"]}
        order = mixture(weights, f"{seed}/mixture", phase["steps"])
    else:
        order = [first] * training.budget(chosen[first], sizes[first]).steps
    if phase["mixed"] == "mlm":
        share = chosen[TEXT].share
        order += [TEXT] * round(len(order) * share / (1 - share))
        random.Random(f"{seed}/mlm").shuffle(order)
    return order


@dataclasses.dataclass
class English:
    """The English development rows of a phase's tasks, to be scored with its model."""

    run: Run
    model: TaskModel
    described: dict[str, examples.Description]
    tokenizer: Tokenizer
    chosen: dict[str, SimpleNamespace]

    def __call__(self, limit: int | None) -> dict[str, float]:
        """Main score of each task in percent, on its first `limit` rows or all of them."""
        scores = {}
        for task, description in self.described.items():
            if task != TEXT:
                rows = self.rows(task, description, limit)
                _, points = rows.score(self.model, task, self.run.settings.evaluate)
                scores[task] = rows.main_score(points)
        return scores

    def rows(self, task: str, description: examples.Description, limit: int | None) -> Rows:
        where = self.run.inputs["tasks"], description, "validation", SOURCE_LANGUAGE
        return Rows(*where, self.tokenizer, self.chosen[task], limit=limit)


def running_index(order: list[str]) -> list[int]:
    """For each step, how many earlier steps trained the same task."""
    seen: dict[str, int] = {}
    places = []
    for task in order:
        places.append(seen.get(task, 0))
        seen[task] = places[-1] + 1
    return places


if __name__ == "__main__":
    main()
