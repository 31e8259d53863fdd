"""Every knob of a suite, typed and frozen; the only reader of `params.yaml`.

A key that is unknown, missing or of the wrong type is an error that names the file, the key and
what is allowed there. A field with a default may be left out. The comments that explain each knob
to a person stand in `params.yaml` itself.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any

from waystation.base.errors import UserError
from waystation.params.benchmark import Benchmark
from waystation.params.grid import Extra, Origins
from waystation.params.models import FetchedModel, ScratchModel
from waystation.params.resources import Resources
from waystation.params.trim import Trim
from waystation.params.typed import (
    Allowed,
    BelowOne,
    Count,
    Epochs,
    Name,
    NotNegative,
    Positive,
    Seed,
    Share,
    Some,
    Threads,
    one_of,
)

Percent = Annotated[float, Allowed("0 to 100", lambda value: 0 <= value <= 100)]


@dataclass(frozen=True)
class Source:
    """`draw`: the seed that draws those development and test rows to which `tasks` limits a task;
    the first rows are taken where there is none. A seed draws the same places of two sets that have
    equally many rows, so that parallel sets stay parallel."""

    prefix: str
    depends_on: str
    sampled: bool
    local: str | None = None
    draw: Seed | None = None


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
    seed: Seed
    topics: Count
    documents: Count
    dialogues: Share
    code_mix: Share
    rows: dict[str, dict[str, Count]]
    translated: tuple[str, ...]
    translation_noise: Share
    languages: dict[Name, LanguageKnobs]


@dataclass(frozen=True)
class TaskLimits:
    languages: Annotated[tuple[str, ...], Some] | None = None
    train: Count | None = None
    validation: Count | None = None
    test: Count | None = None


@dataclass(frozen=True)
class TokenizerSettings:
    """The tokenizer that is trained for the models from scratch, if there are any."""

    kinds: tuple[Annotated[str, one_of("word", "bpe")], ...]
    vocab_size: Count | None = None
    documents: Count | None = None


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
    """What one fine-tuning needs. `stride`: tokens from where a window on a long context begins to
    where the next one does."""

    learning_rate: Positive
    epochs: Epochs
    batch_size: Count
    max_tokens: Count
    warmup: Share
    weight_decay: NotNegative
    beta2: BelowOne
    clip_norm: Positive
    stride: Count
    train_examples: Count | None = None


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


@dataclass(frozen=True, kw_only=True)
class Intermediate(FineTuning):
    """`tasks`: the section's values, or a task's own, for every task that is trained."""

    seed: Seed
    stopping: Stopping | None = None
    mlm: MaskedLanguageModelling | None = None
    tasks: dict[Name, FineTuning] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class TargetTask(FineTuning):
    """One target: its rows, its languages (none named: English alone), and `after`: the target that
    is trained before it, with the same head. `serves`: the task whose test sets score this target,
    where the training rows are a variant (more languages, other packaging) of that task's.
    `translations`: the task whose training rows are those of the other languages.
    `learning_rate_by_model`: the rates of those models that a protocol gives another one.
    """

    task: str | None = None
    serves: str | None = None
    translations: str | None = None
    languages: tuple[str, ...] = ()
    after: str | None = None
    learning_rate_by_model: dict[str, Positive] = field(default_factory=dict)

    def owner(self, name: str) -> str:
        """The task whose tests the target of this name is scored on."""
        return self.serves or self.task or name


@dataclass(frozen=True, kw_only=True)
class Target(FineTuning):
    """`tasks`: the targets, each with the section's values or its own."""

    checkpoints: Count
    stopping: Stopping | None = None
    groups: dict[Name, tuple[str, ...]] = field(default_factory=dict)
    tasks: dict[Name, TargetTask] = field(default_factory=dict)


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
    mining_unshared: bool


@dataclass(frozen=True)
class Promise:
    """`rows`: of each task, that a frozen encoder reads to rank intermediate tasks."""

    rows: Count


@dataclass(frozen=True)
class Snapshots:
    """`recipes` are scored with other weights of each fine-tuning than the chosen ones, too."""

    recipes: tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """Published scores, {task: {measure: percent}}: means over the languages that a benchmark
    (waystation.xtreme.benchmarks) has of the task, or over all of the suite's, English included.
    With a benchmark also its averages, {overall or group of tasks: {score: percent}}."""

    model: str
    recipe: str
    source: str
    scores: dict[str, dict[str, Percent]]
    benchmark: str | None = None


@dataclass(frozen=True)
class Report:
    resamples: Count
    baseline: str
    reference: dict[str, Reference] = field(default_factory=dict)


Device = Annotated[str, one_of("cpu", "cuda")]
Precision = Annotated[str, one_of("float32", "bfloat16")]


@dataclass(frozen=True)
class Settings:
    """All of `params.yaml`."""

    root: str
    file: str
    suite: Name
    threads: Threads
    device: Device
    precision: Precision
    source: Source
    languages: Annotated[tuple[Name, ...], Some]
    generators: tuple[str, ...]
    tasks: dict[Name, TaskLimits]
    tokenizer: TokenizerSettings
    origins: Origins
    models: Annotated[dict[Name, ScratchModel | FetchedModel], Some]
    recipes: Annotated[tuple[str, ...], Some]
    extra: Extra
    multitask: dict[Name, Multitask]
    orders: dict[Name, Annotated[tuple[str, ...], Some]]
    intermediate: Intermediate
    target: Target
    seeds: Annotated[tuple[Seed, ...], Some]
    evaluate: Evaluate
    align: Align
    promise: Promise
    snapshots: Snapshots
    benchmark: Benchmark
    trim: Trim
    report: Report
    world: World | None = None
    pretrain: Pretrain | None = None
    review_margins: dict[str, Percent] = field(default_factory=dict)  # {task: points}
    resources: dict[Name, Resources] = field(default_factory=dict)  # by verb

    @property
    def all_recipes(self) -> tuple[str, ...]:
        """The recipes of all models, then those that only some models have."""
        return self.recipes + self.extra.recipes

    def groups_of(self, recipe: str) -> dict[str, tuple[str, ...]]:
        """The targets by group that a recipe's encoders are fine-tuned on."""
        if recipe in self.recipes:
            return self.target.groups
        left_out = self.extra.without
        return {
            group: tuple(target for target in targets if target not in left_out)
            for group, targets in self.target.groups.items()
        }

    def at(self, key: str) -> Any:
        """The value under a dotted key, `models.nano`; raises UserError for an unknown one."""
        value: Any = self
        for name in key.split("."):
            entry = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
            if entry is None:
                raise UserError(f"{self.file}: no parameter {key!r}")
            value = entry
        return value
