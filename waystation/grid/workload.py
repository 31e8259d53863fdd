"""What each cell of a suite's grid takes: examples, steps, operations, bytes on disk.

Everything is read from the parameters and the tasks' files, nothing from the data: rows are those
that a download has counted where there was one, else those of the generated world, else those that
the task's file expects. Lengths are mean characters over the characters of a token. Early stopping
may end a training before its last step; scores of development rows on the way to it are not
counted. Generated texts are shorter than the real ones that the tasks' files tell of. Disk is what
the outputs and the scratch folder hold at the end, without the Hub's own cache of data sets.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from waystation import task_types, tasks
from waystation.files import read_json
from waystation.grid import flops, names, recipes
from waystation.grid.budget import budget_of
from waystation.grid.cells import all_cells
from waystation.languages import ENGLISH
from waystation.params.schema import FineTuning, Settings
from waystation.task_types import TaskType
from waystation.tasks import Task

BYTES = 4  # of a weight
FETCHED = 3  # copies of a fetched model: in the Hub's cache, the scratch folder and the outputs
DOWNLOADED = 2  # copies of examples: in the scratch folder and the outputs
SOURCE = ENGLISH


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
        found = list(self.pretraining())
        trained: set[str] = set()  # phases that an earlier recipe leaves for a later one
        for model, recipe in all_cells(self.settings):
            found.append(self.intermediate(model, recipe, trained))
            found.append(self.alignment(model, recipe))
            for group, targets in self.settings.target.groups.items():
                found.append(self.targets(model, recipe, group, targets))
                found.append(self.evaluation(model, recipe, group, targets))
        return [*found, self.data()]

    def pretraining(self) -> Iterator[Work]:
        """Models from scratch are trained, the others downloaded."""
        chosen = self.settings.pretrain
        for name, entry in self.settings.models.items():
            size = BYTES * self.parameters(name)
            if name not in self.settings.origins.scratch:
                yield Work("fetch", name, name, disk_bytes=FETCHED * size)
                continue
            seen = chosen.steps * chosen.batch_size
            tokens = min(chosen.max_tokens, self.tokens(names.TEXT))
            head = 2 * chosen.mask_rate * entry.hidden * (entry.hidden + self.vocabulary(name))
            each = flops.forward(entry, tokens, tokens) + tokens * head
            yield Work(
                "pretrain", name, name, seen, chosen.steps, flops.TRAINING * seen * each, size
            )

    def intermediate(self, model: str, recipe: str, trained: set[str]) -> Work:
        """The phases that no earlier recipe of the model has left behind, and the encoder.

        The scratch folder keeps the encoder of every phase.
        """
        phases, seen, steps, operations = recipes.phases(recipe, self.settings), 0, 0, 0.0
        kept = len(trained)
        for number, phase in enumerate(phases):
            key = f"{model} {phases[: number + 1]}"
            if key not in trained:
                trained.add(key)
                for count, batch, each in self.phase(model, phase):
                    seen, steps = seen + count * batch, steps + count
                    operations += flops.TRAINING * count * batch * each
        size = BYTES * self.parameters(model) * (1 + len(trained) - kept)
        return Work("intermediate", model, f"{model}-{recipe}", seen, steps, operations, size)

    def phase(self, model: str, phase: recipes.Training) -> Iterator[tuple[int, int, float]]:
        """(steps, batch size, operations of an example's forward pass) of each task of a phase."""
        chosen = {t: self.settings.intermediate.tasks[t] for t in phase.tasks}
        sizes = {t: self.features(t, SOURCE, chosen[t]) for t in phase.tasks}
        if names.TEXT in sizes:  # of all languages
            sizes[names.TEXT] *= len(self.languages(names.TEXT, "train"))
        if phase.steps is not None:
            weights = {t: min(sizes[t], phase.cap) for t in phase.tasks}
            whole = sum(weights.values()) or 1
            steps = {t: round(phase.steps * weights[t] / whole) for t in phase.tasks}
        else:
            steps = {t: budget_of(chosen[t], sizes[t]).steps for t in phase.tasks}
        for task, count in steps.items():
            yield count, chosen[task].batch_size, self.forward(model, task, chosen[task])
        if phase.mixed == "mlm":
            mixed, shape = self.settings.intermediate.mlm, self.settings.models[model]
            count = round(sum(steps.values()) * mixed.share / (1 - mixed.share))
            tokens = min(mixed.max_tokens, self.tokens(names.TEXT))
            yield count, mixed.batch_size, flops.forward(shape, tokens, tokens)

    def targets(self, model: str, recipe: str, group: str, targets: tuple[str, ...]) -> Work:
        """All seeds of all targets of a group, and the checkpoints that stay."""
        seen, steps, operations = 0, 0, 0.0
        for name in self.with_those_before(targets):
            chosen = self.settings.target.tasks[name]
            task = chosen.task or name
            size = sum(self.features(task, code, chosen) for code in chosen.languages or (SOURCE,))
            count = budget_of(chosen, size).steps
            seen, steps = seen + count * chosen.batch_size, steps + count
            each = self.forward(model, task, chosen)
            operations += flops.TRAINING * count * chosen.batch_size * each
        seeds = len(self.settings.seeds)
        kept = len(targets) * seeds * self.settings.target.checkpoints
        disk, cell = kept * BYTES * self.parameters(model), f"{group}-{model}-{recipe}"
        return Work("target", model, cell, seeds * seen, seeds * steps, seeds * operations, disk)

    def with_those_before(self, targets: tuple[str, ...]) -> Iterator[str]:
        for name in targets:
            yield from filter(None, [self.settings.target.tasks[name].after])
            yield name

    def evaluation(self, model: str, recipe: str, group: str, targets: tuple[str, ...]) -> Work:
        """Test rows with two checkpoints, chosen and oracle, development rows with all.

        Where one checkpoint is kept there is nothing to choose. Of retrieval from a pool the test
        rows pass through the chosen one a second time, for the score over unshared tokens.
        """
        seen, operations = 0, 0.0
        kept = self.settings.target.checkpoints
        passes = {"test": 1} if kept == 1 else {"test": 2, "validation": kept}
        for name in targets:
            chosen = self.settings.target.tasks[name]
            for task in self.served(chosen.owner(name)):
                again = {"test": kind_of(task).further_test_passes}
                for split, once in passes.items():
                    times = once + again.get(split, 0)
                    rows = sum(self.rows(task, split, c) for c in self.languages(task, split))
                    seen += times * rows
                    operations += times * rows * self.forward(model, task, chosen)
        seeds, cell = len(self.settings.seeds), f"{group}-{model}-{recipe}"
        return Work("evaluate", model, cell, seeds * seen, 0, seeds * operations)

    def alignment(self, model: str, recipe: str) -> Work:
        """Both sides of every pair, the foreign one with the pretrained encoder too."""
        seen, operations, shape = 0, 0.0, self.settings.models[model]
        for task in self.settings.align.tasks:
            tokens = self.tokens(task) / 2
            for split in kind_of(task).aligned_splits:
                sentences = 3 * sum(self.rows(task, split, c) for c in self.languages(task, split))
                seen += sentences
                operations += sentences * flops.forward(shape, tokens, tokens)
        return Work("align", model, f"{model}-{recipe}", seen, 0, operations)

    def data(self) -> Work:
        """The examples on disk."""
        disk, count = 0.0, 0
        for task in self.settings.tasks:
            for split in tasks.load(task).splits:
                rows = sum(self.rows(task, split, c) for c in self.languages(task, split))
                count += rows
                disk += rows * self.tokens(task) * self.characters_per_token
        return Work("download", "", "", count, 0, 0.0, DOWNLOADED * disk)

    def served(self, trained: str) -> list[str]:
        return [t for t in self.settings.tasks if trained == tasks.load(t).trained_on]

    def languages(self, task: str, split: str) -> tuple[str, ...]:
        """The languages in which a task has a split, as far as its file says."""
        data, own = tasks.load(task), self.settings.tasks[task].languages
        if split not in data.splits:
            return ()
        codes = own or tasks.covered(data, self.settings.languages)
        return tuple(c for c in codes if any(has(m, split, c) for m in tasks.members_with(data, c)))

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
            if task == names.TEXT:
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
        return read_json(file)["splits"] if file.is_file() else None

    def tokens(self, task: str) -> float:
        """Mean tokens of an example, all of its sequences together."""
        return tasks.load(task).characters / self.characters_per_token

    def features(self, task: str, language: str, chosen: FineTuning) -> int:
        """Training features: examples, or windows on those that are longer than `max_tokens`."""
        translated = f"{task}_translated"
        other = language != SOURCE and translated in self.settings.tasks
        count = self.rows(translated if other else task, "train", language)
        if chosen.train_examples is not None:
            count = min(count, chosen.train_examples)
        each = kind_of(task).features(self.tokens(task), chosen.max_tokens, chosen.stride)
        return count * each

    def forward(self, model: str, task: str, chosen: FineTuning) -> float:
        """Operations of a forward pass over one example."""
        tokens = kind_of(task).tokens_read(self.tokens(task), chosen.max_tokens)
        return flops.forward(self.settings.models[model], tokens, tokens)

    def vocabulary(self, model: str) -> int:
        entry = self.settings.models[model]
        return getattr(entry, "vocabulary", self.settings.tokenizer.vocab_size)

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
