"""Every knob of a suite, typed and frozen; the only reader of `params.yaml`.

A key that is unknown, missing or of the wrong type is an error that names the file, the key and
what is allowed there. A field with a default may be left out. The comments that explain each knob
to a person stand in `params.yaml` itself.
"""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import yaml

from stages.errors import UserError
from stages.typed import (
    Allowed,
    BelowOne,
    Count,
    NotNegative,
    Positive,
    Share,
    Some,
    Whole,
    build,
)


@dataclass(frozen=True)
class Source:
    prefix: str
    depends_on: str
    sampled: bool = False
    local: str | None = None


@dataclass(frozen=True)
class LanguageKnobs:
    order: str
    adjective: str
    adposition: str
    articles: bool
    plural: bool
    case: bool
    agreement: bool
    tense: str
    question: str
    auxiliary: bool
    script: str
    content_cognates: Share
    function_cognates: Share
    shared_names: Share
    shared_numbers: Share


@dataclass(frozen=True)
class World:
    seed: int
    topics: Count
    documents: Count
    dialogues: Share
    code_mix: Share
    rows: dict[str, dict[str, Count]]
    translated: tuple[str, ...]
    translation_noise: Share
    languages: dict[str, LanguageKnobs]


@dataclass(frozen=True)
class TaskLimits:
    languages: tuple[str, ...] | None = None
    train: Count | None = None
    validation: Count | None = None
    test: Count | None = None


@dataclass(frozen=True)
class TokenizerSettings:
    """The tokenizer that is trained for the models from scratch, if there are any."""

    kinds: tuple[str, ...]
    vocab_size: Count | None = None
    documents: Count | None = None


@dataclass(frozen=True)
class Model:
    """The shape of an encoder."""

    layers: Count
    hidden: Count
    heads: Count
    intermediate: Count
    positions: Count


@dataclass(frozen=True)
class ScratchModel(Model):
    """An XLM-R that is pretrained here."""

    initializer_range: Positive
    dropout: BelowOne
    seed: Whole


@dataclass(frozen=True)
class FetchedModel(Model):
    """A pretrained model of the Hub; `files` {name: SHA-256 or "unpinned"}.

    `seed` draws the weights of the recipe `random`.
    """

    repository: str
    revision: str
    license: str
    architecture: str
    vocabulary: Count
    files: dict[str, str]
    seed: Whole = 0


@dataclass(frozen=True)
class Origins:
    """Where the models come from."""

    scratch: tuple[str, ...]
    hub: tuple[str, ...]


@dataclass(frozen=True)
class Pretrain:
    steps: Count
    batch_size: Count
    max_tokens: Count
    mask_rate: Share
    learning_rate: Positive
    warmup: Share
    weight_decay: NotNegative
    beta2: BelowOne
    clip_norm: Positive
    language_exponent: NotNegative


@dataclass(frozen=True)
class FineTuning:
    """What one fine-tuning needs; `tasks` overrides single values of the section for a task."""

    learning_rate: Positive
    epochs: Positive
    batch_size: Count
    max_tokens: Count
    warmup: Share
    weight_decay: NotNegative
    beta2: BelowOne
    clip_norm: Positive
    train_examples: Count | None = None
    stride: Count = 64  # tokens from where a window on a long context begins to the next one


@dataclass(frozen=True)
class Multitask:
    tasks: Annotated[tuple[str, ...], Some]
    steps: Count
    cap: Count


@dataclass(frozen=True)
class MaskedLanguageModelling:
    """How a recipe `<task>+mlm` mixes masked language modelling into its steps."""

    share: BelowOne
    batch_size: Count
    max_tokens: Count


@dataclass(frozen=True)
class Stopping:
    """When a training ends before its last step: by its English development scores."""

    every: Count  # steps between two scores
    patience: Count  # scores in a row that are not better than the best
    examples: Count  # development examples of a score


@dataclass(frozen=True)
class Intermediate(FineTuning):
    seed: Whole = 0
    stopping: Stopping | None = None
    mlm: MaskedLanguageModelling | None = None
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class TargetTask(FineTuning):
    """One target: what its rows are, in which languages it is fine-tuned, and which other target
    is trained first, with the same head. `serves`: it is scored on the test rows that belong to
    another task's training rows, where its own are that task's in more languages or another form.
    """

    task: str | None = None
    serves: str | None = None
    languages: tuple[str, ...] = ("en",)
    after: str | None = None

    def owner(self, name: str) -> str:
        """The task whose tests the target of this name is scored on."""
        return self.serves or self.task or name


@dataclass(frozen=True)
class Target(FineTuning):
    checkpoints: Count = 1
    stopping: Stopping | None = None
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Extra:
    """Recipes that only some models have."""

    models: tuple[str, ...] = ()
    recipes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluate:
    batch_tokens: Count
    max_answer_tokens: Count


@dataclass(frozen=True)
class Align:
    """`mining_layers`: all, protocol, or a list of layers; `mining_unshared`: mine also by vectors
    over those tokens that do not occur on both sides."""

    tasks: tuple[str, ...]
    neighbours: Count
    batch_tokens: Count
    development_languages: tuple[str, ...]
    mining_layers: Any
    mining_unshared: bool = False


@dataclass(frozen=True)
class Benchmark:
    examples: Count
    batch_size: Count
    warmup: Whole
    rounds: Count


@dataclass(frozen=True)
class Reference:
    """Published scores, {task: {measure: percent}}: means over the languages that a benchmark
    (stages.xtreme) has of the task, or over all of the suite's, English included. With a benchmark
    also its averages, {overall or group of tasks: {score: percent}}."""

    model: str
    recipe: str
    source: str
    scores: dict[str, dict[str, float]]
    benchmark: str | None = None


@dataclass(frozen=True)
class Report:
    resamples: Count
    baseline: str
    reference: dict[str, Reference] = field(default_factory=dict)


def _one_of(*names: str) -> Allowed:
    return Allowed(", ".join(names), lambda value: value in names)


Device = Annotated[str, _one_of("cpu", "cuda")]
Precision = Annotated[str, _one_of("float32", "bfloat16")]


@dataclass(frozen=True)
class Settings:
    """All of `params.yaml`."""

    root: str
    file: str
    suite: str
    threads: Count
    device: Device
    precision: Precision
    source: Source
    languages: Annotated[tuple[str, ...], Some]
    generators: tuple[str, ...]
    tasks: dict[str, TaskLimits]
    tokenizer: TokenizerSettings
    origins: Origins
    models: Annotated[dict[str, ScratchModel | FetchedModel], Some]
    recipes: Annotated[tuple[str, ...], Some]
    extra: Extra
    multitask: dict[str, Multitask]
    orders: dict[str, tuple[str, ...]]
    intermediate: Intermediate
    target: Target
    seeds: Annotated[tuple[Whole, ...], Some]
    evaluate: Evaluate
    align: Align
    benchmark: Benchmark
    report: Report
    world: World | None = None
    pretrain: Pretrain | None = None

    @property
    def arithmetic(self) -> dict[str, int | str]:
        """What results depend on beside their inputs; the processor's float32 goes unsaid."""
        told: dict[str, int | str] = {"threads": self.threads}
        if (self.device, self.precision) != ("cpu", "float32"):
            told |= {"device": self.device, "precision": self.precision}
        return told

    @property
    def all_recipes(self) -> tuple[str, ...]:
        """The recipes of all models, then those that only some models have."""
        return self.recipes + self.extra.recipes

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """The grid: all (model, recipe)."""
        return tuple(
            (model, recipe)
            for model in self.models
            for recipe in self.all_recipes
            if recipe in self.recipes or model in self.extra.models
        )

    def fine_tuning(self, section: str, task: str) -> FineTuning:
        """The section `intermediate` or `target` with its overrides for one task."""
        values = getattr(self, section)
        base = {f.name: getattr(values, f.name) for f in dataclasses.fields(FineTuning)}
        if task not in values.tasks:
            raise UserError(
                f"{self.file}: {section}.tasks has no entry {task!r}; "
                f"allowed: {', '.join(values.tasks)}"
            )
        override = values.tasks[task] or {}
        where = f"{self.file}: {section}.tasks.{task}"
        return build(TargetTask if section == "target" else FineTuning, base | override, where)

    def at(self, key: str) -> Any:
        """The value under a dotted key, `models.nano`; raises UserError for an unknown one."""
        value: Any = self
        for part in key.split("."):
            found = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
            if found is None:
                raise UserError(f"{self.file}: no parameter {key!r}")
            value = found
        return value


def load(path: Path) -> Settings:
    """Read and check a whole `params.yaml`."""
    from stages import consistency  # which knows the records below

    if not path.is_file():
        raise UserError(f"no parameters file {path}")
    try:
        raw = yaml.safe_load(path.read_text())
    except yaml.YAMLError as problem:
        raise UserError(f"{path} is not YAML: {problem}") from None
    settings = build(Settings, raw, str(path))
    for section in ("intermediate", "target"):
        for task in getattr(settings, section).tasks:
            settings.fine_tuning(section, task)
    consistency.check(settings)
    return settings
