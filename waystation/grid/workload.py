"""What each cell of a suite's grid takes: examples, steps, operations, bytes on disk.

Everything is read from the parameters and the tasks' files, nothing from the data. Rows are those
that a download has counted. Without a download they are those of the generated world, or those that
the task's file expects. Lengths are mean characters over the characters of a token. Early stopping
may end a training before its last step; scores of development rows under way are not counted.
Generated texts are shorter than the real ones of the tasks' files. Disk is what the outputs and the
scratch folder hold at the end, without the Hub's own cache of data sets.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import sqrt
from pathlib import Path

from waystation import task_types, tasks
from waystation.grid import flops, planning, recipes
from waystation.grid.budget import budget_of, shares, steps_mixed_in
from waystation.grid.cells import all_cells
from waystation.grid.names import TEXT
from waystation.grid.recipe_names import parse
from waystation.languages import ENGLISH
from waystation.params.models import FetchedModel
from waystation.params.schema import FineTuning, Settings
from waystation.task_types import TaskType
from waystation.tasks import Task
from waystation.text_files import in_form, read_json

BYTES = 4  # of a weight
FETCHED = 3  # copies of a fetched model: in the Hub's cache, the scratch folder and the outputs
DOWNLOADED = 2  # copies of examples: in the scratch folder and the outputs
# Different pieces in n tokens of English rows: this times the root of n. Nine tasks had 12 to 28 of
# XLM-R's pieces, at 7,500 to 381,000 tokens.
PIECES = 20
SIDES = 3  # of a pair that `align` encodes: both, and the foreign one with the pretrained encoder

Phases = tuple[recipes.Training, ...]


@dataclass(frozen=True)
class Work:
    """What one cell takes."""

    verb: str
    model: str
    cell: str
    examples: int = 0
    steps: int = 0
    flops: float = 0.0
    disk_bytes: float = 0.0


@dataclass(eq=False)
class Workload:
    """All work of a suite; `unknown` names the (task, split) whose rows nobody has counted."""

    settings: Settings
    counts: Path  # folder of the statistics that downloads have written, metrics/<suite>/data
    characters_per_token: float
    unknown: set[tuple[str, str]] = field(default_factory=set)

    def all(self) -> list[Work]:
        work = list(self.pretraining())
        trained: set[tuple[str, Phases]] = set()  # that an earlier recipe leaves for a later one
        for model, recipe in all_cells(self.settings):
            work.append(self.intermediate(model, recipe, trained))
            work.append(self.alignment(model, recipe))
            for group, targets in self.settings.groups_of(recipe).items():
                work.append(self.targets(model, recipe, group, targets))
                work.append(self.evaluation(model, recipe, group, targets))
        return [*work, self.data()]

    def pretraining(self) -> Iterator[Work]:
        """Models from scratch are trained, the others downloaded."""
        chosen = self.settings.pretrain
        for name, entry in self.settings.models.items():
            size = BYTES * self.parameters(name)
            if chosen is None or name not in self.settings.origins.scratch:
                yield Work("fetch", name, name, disk_bytes=FETCHED * size)
                continue
            seen = chosen.steps * chosen.batch_size
            tokens = min(chosen.max_tokens, self.tokens(TEXT))
            head = 2 * chosen.mask_rate * entry.hidden * (entry.hidden + self.vocabulary(name))
            each = flops.forward(entry, tokens, tokens) + tokens * head
            yield Work(
                "pretrain", name, name, seen, chosen.steps, flops.TRAINING * seen * each, size
            )

    def intermediate(self, model: str, recipe: str, trained: set[tuple[str, Phases]]) -> Work:
        """The phases that no earlier recipe of the model has left behind, and the encoder.

        The scratch folder keeps the encoder of every phase.
        """
        phases = tuple(recipes.phases(recipe, self.settings))
        merged = bool(parse(recipe).method)
        seen, steps, operations, left = 0, 0, 0.0, len(trained)
        for number, phase in enumerate(phases, 1):
            done = (phase,) if merged else phases[:number]
            if (model, done) not in trained:
                trained.add((model, done))
                for count, batch, each in self.phase(model, recipe, phase):
                    seen, steps = seen + count * batch, steps + count
                    operations += flops.TRAINING * count * batch * each
        size = BYTES * self.parameters(model) * (1 + len(trained) - left)
        return Work("intermediate", model, f"{model}-{recipe}", seen, steps, operations, size)

    def phase(
        self, model: str, recipe: str, phase: recipes.Training
    ) -> Iterator[tuple[int, int, float]]:
        """(steps, batch size, operations of an example's forward pass) of each task of a phase."""
        chosen = {task: self.settings.intermediate.tasks[task] for task in phase.tasks}
        sizes = {task: self.features([(task, ENGLISH)], own) for task, own in chosen.items()}
        if TEXT in sizes:  # of all languages
            sizes[TEXT] *= len(self.languages(TEXT, "train"))
        if phase.steps is not None and phase.cap is not None:
            weights = shares(sizes, phase.cap)
            whole = sum(weights.values()) or 1
            steps = {task: round(phase.steps * weights[task] / whole) for task in sizes}
        else:
            steps = {task: budget_of(chosen[task], size).steps for task, size in sizes.items()}
        for task, count in steps.items():
            yield count, chosen[task].batch_size, self.forward(model, task, chosen[task])
        if phase.mixed == "mlm":
            mixed = planning.masked_settings(recipe, self.settings)
            tokens = min(mixed.max_tokens, self.tokens(TEXT))
            each = flops.forward(self.settings.models[model], tokens, tokens)
            yield steps_mixed_in(sum(steps.values()), mixed.share), mixed.batch_size, each

    def targets(self, model: str, recipe: str, group: str, targets: tuple[str, ...]) -> Work:
        """All seeds of all targets of a group, and the checkpoints that stay."""
        seen, steps, operations, stored = 0, 0, 0.0, 0.0
        for name in self.with_those_before(targets):
            chosen = self.settings.target.tasks[name]
            size = self.features(planning.rows_of(name, self.settings), chosen)
            stored += self.stored(model, chosen.task or name, size) if name in targets else 0
            count = budget_of(chosen, size).steps
            seen, steps = seen + count * chosen.batch_size, steps + count
            each = self.forward(model, chosen.task or name, chosen)
            operations += flops.TRAINING * count * chosen.batch_size * each
        seeds = len(self.settings.seeds)
        stay = seeds * self.settings.target.checkpoints
        disk, cell = stay * BYTES * stored, f"{group}-{model}-{recipe}"
        return Work("target", model, cell, seeds * seen, seeds * steps, seeds * operations, disk)

    def stored(self, model: str, task: str, size: int) -> float:
        """Weights of a fine-tuned model on disk: of the words only the rows that were trained."""
        words, width = self.vocabulary(model), self.settings.models[model].hidden
        rows = PIECES * sqrt(size * self.tokens(task))
        return self.parameters(model) - (width * (words - rows) if 2 * rows <= words else 0)

    def with_those_before(self, targets: tuple[str, ...]) -> Iterator[str]:
        for name in targets:
            yield from filter(None, [self.settings.target.tasks[name].after])
            yield name

    def evaluation(self, model: str, recipe: str, group: str, targets: tuple[str, ...]) -> Work:
        """Test rows with two checkpoints, chosen and oracle, development rows with all.

        Where one checkpoint is kept there is nothing to choose.
        """
        seen, operations = 0, 0.0
        stay = self.settings.target.checkpoints
        passes = {"test": 1} if stay == 1 else {"test": 2, "validation": stay}
        for name in targets:
            chosen = self.settings.target.tasks[name]
            for task in tasks.served([chosen.owner(name)], self.settings.tasks):
                further = {"test": kind_of(task).further_test_passes}
                for split, once in passes.items():
                    read = (once + further.get(split, 0)) * self.rows_of_all(task, split)
                    seen += read
                    operations += read * self.forward(model, task, chosen)
        seeds, cell = len(self.settings.seeds), f"{group}-{model}-{recipe}"
        return Work("evaluate", model, cell, seeds * seen, 0, seeds * operations)

    def alignment(self, model: str, recipe: str) -> Work:
        """Both sides of every pair, the foreign one with the pretrained encoder too."""
        seen, operations, shape = 0, 0.0, self.settings.models[model]
        for task in self.settings.align.tasks:
            tokens = self.tokens(task) / 2
            for split in kind_of(task).aligned_splits:
                sentences = SIDES * self.rows_of_all(task, split)
                seen += sentences
                operations += sentences * flops.forward(shape, tokens, tokens)
        return Work("align", model, f"{model}-{recipe}", seen, 0, operations)

    def data(self) -> Work:
        """The examples on disk."""
        disk, count = 0.0, 0
        for task in self.settings.tasks:
            for split in tasks.load(task).splits:
                rows = self.rows_of_all(task, split)
                count += rows
                disk += rows * self.tokens(task) * self.characters_per_token
        return Work("download", "", "", count, 0, 0.0, DOWNLOADED * disk)

    def languages(self, task: str, split: str) -> tuple[str, ...]:
        """The languages in which a task has a split, as far as its file says."""
        data, own = tasks.load(task), self.settings.tasks[task].languages
        if split not in data.splits:
            return ()
        codes = own or tasks.covered(data, self.settings.languages)
        return tuple(c for c in codes if any(has(m, split, c) for m in tasks.members_with(data, c)))

    def rows_of_all(self, task: str, split: str) -> int:
        """Examples of one task and split in all its languages."""
        return sum(self.rows(task, split, code) for code in self.languages(task, split))

    def rows(self, task: str, split: str, language: str) -> int:
        """Examples of one task, split and language."""
        counted = self.counted(task)
        limit = getattr(self.settings.tasks[task], split)
        if counted:
            return counted.get(split, {}).get(language, {}).get("rows", 0)
        known = self.expected(task, split, language)
        if known is None:
            self.unknown.add((task, split))
            return limit or 0
        return known if limit is None else min(known, limit)

    def expected(self, task: str, split: str, language: str) -> int | None:
        """Rows of the generated world, or those that the task's file expects."""
        if self.settings.world:
            if task == TEXT:
                return self.settings.world.documents
            return self.settings.world.rows.get(task.removesuffix(tasks.TRANSLATED), {}).get(split)
        data = tasks.load(task)
        for member in (data, *tasks.members_with(data, language)):
            own = tasks.expected(member.language_rows, split, language)
            if own is not None:
                held_out = own // member.held_out
                return {"train": own - held_out, "validation": held_out}.get(split, own)
            for counts in (member.kept_rows, member.rows):
                rows = tasks.expected(counts, split, language)
                if rows is not None:
                    return rows // len(member.languages) if shared(member) else rows
        return None

    @cache  # noqa: B019  one instance a run
    def counted(self, task: str) -> dict | None:
        file = self.counts / f"{task}.json"
        if not file.is_file():
            return None
        with in_form(file):
            return read_json(file)["splits"]

    def tokens(self, task: str) -> float:
        """Mean tokens of an example, all of its sequences together."""
        return tasks.load(task).characters / self.characters_per_token

    def features(self, rows: Iterable[tuple[str, str]], chosen: FineTuning) -> int:
        """Training features of (task, language) rows, of each language at most `train_examples`."""
        size = 0
        for task, language in rows:
            count = self.rows(task, "train", language)
            if chosen.train_examples is not None:
                count = min(count, chosen.train_examples)
            tokens = self.tokens(task)
            size += count * kind_of(task).features(tokens, chosen.max_tokens, chosen.stride)
        return size

    def forward(self, model: str, task: str, chosen: FineTuning) -> float:
        """Operations of a forward pass over one example."""
        tokens = kind_of(task).tokens_read(self.tokens(task), chosen.max_tokens)
        return flops.forward(self.settings.models[model], tokens, tokens)

    def vocabulary(self, model: str) -> int:
        entry = self.settings.models[model]
        if isinstance(entry, FetchedModel):
            return entry.vocabulary
        return self.settings.tokenizer.vocab_size or 0

    def parameters(self, model: str) -> int:
        entry = self.settings.models[model]
        return flops.parameters(entry, self.vocabulary(model), entry.positions)


def kind_of(task: str) -> TaskType:
    return task_types.load(tasks.load(task).type)


def has(task: Task, split: str, language: str) -> bool:
    """Whether a task has rows of a split in a language, as far as its file says."""
    rows = task.rows.get(split)
    return not isinstance(rows, Mapping) or language in rows


def shared(task: Task) -> bool:
    """Whether one configuration holds the rows of several languages, whose numbers nobody knows."""
    if task.kept_rows or len(task.languages) == 1:
        return False
    return len({task.config(language) for language in task.languages}) == 1
