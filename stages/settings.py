"""Every knob of a suite, typed and frozen; the only reader of `params.yaml`.

A key that is unknown, missing or of the wrong type is an error that names the file, the key and
what is allowed there. A field with a default may be left out. The comments that explain each knob
to a person stand in `params.yaml` itself.
"""

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from stages.errors import UserError, choose
from stages.typed import build


@dataclass(frozen=True)
class Source:
    prefix: str
    depends_on: str


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
    content_cognates: float
    function_cognates: float
    shared_names: float
    shared_numbers: float


@dataclass(frozen=True)
class World:
    seed: int
    topics: int
    documents: int
    dialogues: float
    code_mix: float
    rows: dict[str, dict[str, int]]
    translated: tuple[str, ...]
    translation_noise: float
    languages: dict[str, LanguageKnobs]


@dataclass(frozen=True)
class TaskLimits:
    languages: tuple[str, ...] | None = None
    train: int | None = None
    validation: int | None = None
    test: int | None = None


@dataclass(frozen=True)
class TokenizerSettings:
    """The tokenizer that is trained for the models from scratch, if there are any."""

    kinds: tuple[str, ...]
    vocab_size: int | None = None
    documents: int | None = None


@dataclass(frozen=True)
class Model:
    """The shape of an encoder."""

    layers: int
    hidden: int
    heads: int
    intermediate: int
    positions: int


@dataclass(frozen=True)
class ScratchModel(Model):
    """An XLM-R that is pretrained here."""

    initializer_range: float
    dropout: float
    seed: int


@dataclass(frozen=True)
class FetchedModel(Model):
    """A pretrained model of the Hub; `files` {name: SHA-256 or "unpinned"}.

    `seed` draws the weights of the recipe `random`.
    """

    repository: str
    revision: str
    license: str
    architecture: str
    vocabulary: int
    files: dict[str, str]
    seed: int = 0


@dataclass(frozen=True)
class Origins:
    """Where the models come from."""

    scratch: tuple[str, ...]
    hub: tuple[str, ...]


@dataclass(frozen=True)
class Pretrain:
    steps: int
    batch_size: int
    max_tokens: int
    mask_rate: float
    learning_rate: float
    warmup: float
    weight_decay: float
    beta2: float
    clip_norm: float
    language_exponent: float


@dataclass(frozen=True)
class FineTuning:
    """What one fine-tuning needs; `tasks` overrides single values of the section for a task."""

    learning_rate: float
    epochs: float
    batch_size: int
    max_tokens: int
    warmup: float
    weight_decay: float
    beta2: float
    clip_norm: float
    train_examples: int | None = None
    stride: int = 16


@dataclass(frozen=True)
class Multitask:
    tasks: tuple[str, ...]
    steps: int
    cap: int


@dataclass(frozen=True)
class MaskedLanguageModelling:
    """How a recipe `<task>+mlm` mixes masked language modelling into its steps."""

    share: float
    batch_size: int
    max_tokens: int


@dataclass(frozen=True)
class Intermediate(FineTuning):
    seed: int = 0
    mlm: MaskedLanguageModelling | None = None
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class TargetTask(FineTuning):
    """One target: what its rows are, and in which languages it is fine-tuned."""

    task: str | None = None
    languages: tuple[str, ...] = ("en",)


@dataclass(frozen=True)
class Target(FineTuning):
    checkpoints: int = 1
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Extra:
    """Recipes that only some models have."""

    models: tuple[str, ...] = ()
    recipes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evaluate:
    batch_tokens: int
    max_answer_tokens: int


@dataclass(frozen=True)
class Align:
    """`mining_layers`: all, protocol, or a list of layers."""

    tasks: tuple[str, ...]
    neighbours: int
    batch_tokens: int
    development_languages: tuple[str, ...]
    mining_layers: Any


@dataclass(frozen=True)
class Benchmark:
    examples: int
    batch_size: int
    warmup: int
    rounds: int


@dataclass(frozen=True)
class Report:
    resamples: int
    baseline: str


@dataclass(frozen=True)
class Settings:
    """All of `params.yaml`."""

    root: str
    file: str
    suite: str
    threads: int
    source: Source
    languages: tuple[str, ...]
    generators: tuple[str, ...]
    tasks: dict[str, TaskLimits]
    tokenizer: TokenizerSettings
    origins: Origins
    models: dict[str, ScratchModel | FetchedModel]
    recipes: tuple[str, ...]
    extra: Extra
    multitask: dict[str, Multitask]
    orders: dict[str, tuple[str, ...]]
    intermediate: Intermediate
    target: Target
    seeds: tuple[int, ...]
    evaluate: Evaluate
    align: Align
    benchmark: Benchmark
    report: Report
    world: World | None = None
    pretrain: Pretrain | None = None

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
    check_grid(settings)
    check_models(settings)
    return settings


def check_grid(settings: Settings) -> None:
    """Every target is in one group, every extra model and recipe makes sense."""
    grouped = [target for group in settings.target.groups.values() for target in group]
    for target in grouped:
        choose(target, settings.target.tasks, f"{settings.file}: target.groups: target")
    for target in settings.target.tasks:
        if grouped.count(target) != 1:
            raise UserError(
                f"{settings.file}: target {target!r} stands in {grouped.count(target)} of "
                f"target.groups; it must stand in one"
            )
    check_layers(settings.align.mining_layers, f"{settings.file}: align.mining_layers")
    for model in settings.extra.models:
        choose(model, settings.models, f"{settings.file}: extra.models: model")
    twice = sorted(set(settings.recipes) & set(settings.extra.recipes))
    if twice:
        raise UserError(f"{settings.file}: {', '.join(twice)} is in recipes and extra.recipes")


def check_layers(wanted: Any, where: str) -> None:
    """`all`, `protocol`, or a list of layers; how many there are each model knows."""
    if isinstance(wanted, list):
        build(tuple[int, ...], wanted, where)
    elif wanted not in ("all", "protocol"):
        raise UserError(f"{where}: expected all, protocol or a list of layers, got {wanted!r}")


def check_models(settings: Settings) -> None:
    """Every model has one origin, and what that origin needs."""
    origins = {"scratch": ScratchModel, "hub": FetchedModel}
    for origin, kind in origins.items():
        for name in getattr(settings.origins, origin):
            choose(name, settings.models, f"{settings.file}: origins.{origin}: model")
            if not isinstance(settings.models[name], kind):
                raise UserError(
                    f"{settings.file}: models.{name} does not fit origins.{origin}: a model of the "
                    f"hub has a repository, one from scratch has none"
                )
    for name in settings.models:
        places = [origin for origin in origins if name in getattr(settings.origins, origin)]
        if len(places) != 1:
            raise UserError(
                f"{settings.file}: model {name!r} stands in {len(places)} of origins.scratch and "
                f"origins.hub; it must stand in one"
            )
    trained = settings.tokenizer.kinds
    if settings.origins.scratch:
        if len(trained) != 1 or None in (settings.tokenizer.vocab_size, settings.pretrain):
            raise UserError(
                f"{settings.file}: models from scratch need one of tokenizer.kinds, got "
                f"{list(trained)}, tokenizer.vocab_size and pretrain"
            )
    elif trained:
        raise UserError(
            f"{settings.file}: tokenizer.kinds is {list(trained)} and no model is from scratch; "
            f"allowed: []"
        )
