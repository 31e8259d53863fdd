"""What the parameters of a suite must say together: names, targets, models, lengths."""

from collections.abc import Iterable

from waystation.base.errors import UserError, choose
from waystation.params.models import FetchedModel, ScratchModel
from waystation.params.schema import Settings
from waystation.params.typed import Whole, build

SHORTEST = 8  # tokens of an input: with fewer, what the special tokens leave trains nothing
FEWEST = 16  # entries of a vocabulary, special tokens included
GENERATORS = ("world",)
Lists = dict[str, tuple[Iterable[str], Iterable[str]]]  # {key: (names, those that are allowed)}
SPLITS = ("train", "validation", "test")


def check(settings: Settings) -> None:
    """Refuse what does not fit together; a UserError names what is allowed."""
    check_world(settings)
    check_names(settings)
    check_targets(settings)
    check_models(settings)
    check_lengths(settings)
    check_layers(settings)
    twice = sorted(set(settings.recipes) & set(settings.extra.recipes))
    if twice:
        raise UserError(f"{settings.file}: extra.recipes: {', '.join(twice)} is in recipes too")


def check_names(settings: Settings) -> None:
    """Every list of names holds those that the keys which it goes by have."""
    trained = settings.intermediate.tasks
    lists: Lists = {
        "extra.models": (settings.extra.models, settings.models),
        "extra.without": (settings.extra.without, settings.target.tasks),
        "report.baseline": ((settings.report.baseline,), settings.all_recipes),
        "benchmark.tests": (settings.benchmark.tests, settings.target.tasks),
        "intermediate.tasks": (trained, settings.tasks),
        "align.tasks": (settings.align.tasks, settings.tasks),
        "align.development_languages": (
            settings.align.development_languages,
            settings.languages,
        ),
    }
    lists |= {f"multitask.{k}.tasks": (v.tasks, trained) for k, v in settings.multitask.items()}
    lists |= {f"orders.{k}": (v, trained) for k, v in settings.orders.items()}
    tests = settings.benchmark.tests
    lists |= {f"benchmark.tests.{k}": (v, settings.tasks) for k, v in tests.items()}
    for name, target in settings.target.tasks.items():
        where = f"target.tasks.{name}.learning_rate_by_model"
        lists[where] = target.learning_rate_by_model, settings.models
    for name, published in settings.report.reference.items():
        where = f"report.reference.{name}"
        lists[f"{where}.model"] = (published.model,), settings.models
        lists[f"{where}.recipe"] = (published.recipe,), settings.all_recipes
    lists |= lists_of_trim(settings)
    choose_all(settings, lists)


def lists_of_trim(settings: Settings) -> Lists:
    """The model that gets smaller vocabularies, where a suite has any, is one of the grid's."""
    trim, groups = settings.trim, settings.target.groups
    if not trim.languages:
        return {}
    every = settings.recipes + (
        settings.extra.recipes if trim.model in settings.extra.models else ()
    )
    lists: Lists = {
        "trim.group": ((trim.group,), groups),
        "trim.model": ((trim.model,), settings.models),
        "trim.recipe": ((trim.recipe,), every),
        "trim.target": ((trim.target,), groups.get(trim.group, ())),
        "trim.seed": ((str(trim.seed),), [str(seed) for seed in settings.seeds]),
    }
    known = settings.languages
    return lists | {f"trim.languages.{name}": (v, known) for name, v in trim.languages.items()}


def choose_all(settings: Settings, lists: Lists) -> None:
    """Hold every list of names to those that are allowed there."""
    for key, (names, allowed) in lists.items():
        for name in names:
            choose(name, allowed, "name", f"{settings.file}: {key}")


def check_world(settings: Settings) -> None:
    """The generated world speaks the suite's languages, and translates rows that a task reads."""
    choose_all(settings, {"generators": (settings.generators, GENERATORS)})
    world = settings.world
    if world is None or not settings.generators:
        return
    for task, rows in world.rows.items():
        for split in rows:
            choose(split, SPLITS, "split", f"{settings.file}: world.rows.{task}")
    trained = [task for task, rows in world.rows.items() if "train" in rows]
    read = [task for task in trained if f"{task}_translated" in settings.tasks]
    lists: Lists = {"languages": (settings.languages, world.languages)}
    choose_all(settings, lists | {"world.translated": (world.translated, read)})


def check_targets(settings: Settings) -> None:
    """Every target stands in one group, or is only trained before another one."""
    grouped = [target for group in settings.target.groups.values() for target in group]
    for target in grouped:
        choose(target, settings.target.tasks, "target", f"{settings.file}: target.groups")
    entries = settings.target.tasks
    before = {entry.after for entry in entries.values()} - {None}
    for target, entry in entries.items():
        for key in ("serves", "translations"):
            if (task := getattr(entry, key)) is not None:
                where = f"{settings.file}: target.tasks.{target}.{key}"
                choose(task, settings.tasks, "task", where)
        if entry.after is not None:
            where = f"{settings.file}: target.tasks.{target}.after"
            choose(entry.after, entries, "target", where)
            if entries[entry.after].after is not None:
                raise UserError(f"{where}: {entry.after!r} comes after another target itself")
        count = grouped.count(target)
        if count > 1 or (count == 0 and target not in before):
            raise UserError(
                f"{settings.file}: target.tasks.{target}: target {target!r} stands in {count} of "
                f"target.groups; it must stand in one, or in the `after` of another target"
            )

    for recipe in settings.extra.recipes[:1]:
        for group, left in settings.groups_of(recipe).items():
            if not left:
                raise UserError(
                    f"{settings.file}: extra.without leaves nothing of target.groups.{group}; "
                    f"allowed: all targets of a group but one"
                )


def check_models(settings: Settings) -> None:
    """Every model has one origin, and what that origin needs."""
    origins = {"scratch": ScratchModel, "hub": FetchedModel}
    for origin, kind in origins.items():
        for name in getattr(settings.origins, origin):
            choose(name, settings.models, "model", f"{settings.file}: origins.{origin}")
            if not isinstance(settings.models[name], kind):
                raise UserError(
                    f"{settings.file}: models.{name} does not fit origins.{origin}: a model of the "
                    f"hub has a repository, one from scratch has none"
                )
    for name in settings.models:
        places = [origin for origin in origins if name in getattr(settings.origins, origin)]
        if len(places) != 1:
            raise UserError(
                f"{settings.file}: models.{name}: model {name!r} stands in {len(places)} of "
                f"origins.scratch and origins.hub; it must stand in one"
            )
    trained, size = settings.tokenizer.kinds, settings.tokenizer.vocab_size
    if size is not None and size < FEWEST:
        raise UserError(
            f"{settings.file}: tokenizer.vocab_size is {size}; allowed: {FEWEST} and more"
        )
    if settings.origins.scratch:
        if len(trained) != 1 or None in (settings.tokenizer.vocab_size, settings.pretrain):
            raise UserError(
                f"{settings.file}: tokenizer: models from scratch need one of tokenizer.kinds, got "
                f"{list(trained)}, tokenizer.vocab_size and pretrain"
            )
    elif trained:
        raise UserError(
            f"{settings.file}: tokenizer.kinds is {list(trained)} and no model is from scratch; "
            f"allowed: []"
        )


def check_lengths(settings: Settings) -> None:
    """Heads divide the width, and every model has positions for the longest input, which has room
    for more than special tokens."""
    longest = {
        f"{section}.tasks.{task}": entry.max_tokens
        for section in ("intermediate", "target")
        for task, entry in getattr(settings, section).tasks.items()
    }
    if settings.intermediate.mlm:
        longest["intermediate.mlm"] = settings.intermediate.mlm.max_tokens
    lengths = longest | ({"pretrain": settings.pretrain.max_tokens} if settings.pretrain else {})
    for key, tokens in lengths.items():
        if tokens < SHORTEST:
            raise UserError(
                f"{settings.file}: {key} has max_tokens {tokens}; allowed: {SHORTEST} and more"
            )
    for name, model in settings.models.items():
        where = f"{settings.file}: models.{name}"
        if model.hidden % model.heads:
            raise UserError(
                f"{where}: hidden {model.hidden} is not a multiple of heads {model.heads}"
            )
        room = model.positions - (0 if getattr(model, "architecture", "") == "bert" else 2)
        for key, tokens in longest.items():
            if tokens > room:
                raise UserError(
                    f"{where}: positions {model.positions} are room for {room} tokens, "
                    f"{key} has max_tokens {tokens}"
                )


def check_layers(settings: Settings) -> None:
    """`all`, `protocol`, or a list of layers that every model has."""
    wanted, where = settings.align.mining_layers, f"{settings.file}: align.mining_layers"
    if not isinstance(wanted, list):
        if wanted not in ("all", "protocol"):
            raise UserError(f"{where}: expected all, protocol or a list of layers, got {wanted!r}")
        return
    name, model = min(settings.models.items(), key=lambda entry: entry[1].layers)
    for layer in build(tuple[Whole, ...], wanted, where):
        if layer > model.layers:
            raise UserError(f"{where}: {name} has no layer {layer}; allowed: 0 to {model.layers}")
