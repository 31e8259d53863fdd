"""The tasks of the pocket suite as rows: the columns, names and splits of the real data sets.

One module a family of tasks draws meanings and says them. Every draw takes its generator from the
world's seed, the task and the split, and meanings do not depend on the languages that say them.
What a row asks about (a family's `keys`: the premise, the context, the question with the sentence
that answers it, ...) stands in no two splits of a family in any language, so that nothing of a
task's test rows is in what is trained for it. No training row of any family says a sentence that a
test asks about by itself, nor one of scripts the two steps that a test asks about. What is said
alike without plural and tense counts as the same.
"""

import random
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import datasets
from datasets import Features, Value

from waystation import tasks
from waystation.base.errors import UserError
from waystation.base.progress import progress
from waystation.world import choices, inference, linking, pairs, paraphrases, questions, tagging
from waystation.world.grammar import Language, MachineTranslation, least_marked, text
from waystation.world.meanings import World

# Those that test single sentences stand first: the others' training rows keep away from them.
FAMILIES = (pairs, tagging, inference, paraphrases, questions, choices, linking)
FAMILY_OF = {task: family for family in FAMILIES for task, _ in family.SPLITS}
SIDES = ("foreign", "english", "gold")  # tables of mining, in the order of `pairs.pools`
FEWEST = {"anli": 3, "bucc": 4}  # rows of a split: one for each round, a pair with its distractors
ALONE = ("udpos", "panx", "tatoeba", "bucc")  # their tests ask about single sentences
SCRIPTS = ("hellaswag", "copa", "xcopa")  # they ask what was done before or after
AFTER_A_MARK = re.compile(r"(?<= [.?]) ")  # where a text's next sentence begins
TRIES = 60  # draws per wanted row before the world counts as exhausted


class SpokenTable(NamedTuple):
    """A task's rows of one configuration and split, both as the repository calls them."""

    task: str
    repository: str
    config: str
    split: str
    rows: datasets.Dataset


def draw_meanings(
    world: World, english: Language, seed: int, wanted: dict[str, dict[str, int]]
) -> dict[tuple[str, str], list]:
    """(task, split) -> list of meanings, none of which a family has twice.

    Compared are texts of what is left of English without its marks, `least_marked`.
    """
    check_wanted(wanted, len(world.topics))
    bare = least_marked(english, seed)
    drawn: dict[tuple[str, str], list] = {}
    tested: set = set()
    for family in progress(FAMILIES, len(FAMILIES), "meanings", "families of tasks"):
        seen: set = set()
        for task, split in family.SPLITS:
            count = wanted.get(task, {}).get(split, 0)
            rng = random.Random(f"rows/{seed}/{task}/{split}")
            meanings: list = []
            drawn[task, split] = meanings
            for _ in range(TRIES * count):
                meaning = family.draw(world, rng, task, len(meanings))
                keys = family.keys(task, meaning, bare)
                if (
                    seen.isdisjoint(keys)
                    and not (family is questions and questions.undecidable(task, meaning, meanings))
                    and not (
                        split == "train" and kept_for_tests(world, task, meaning, bare, tested)
                    )
                ):
                    seen |= keys
                    meanings.append(meaning)
                if len(meanings) == count:
                    break
            if len(meanings) < count:
                raise UserError(
                    f"world.rows.{task}.{split} is {count}, but the world has only "
                    f"{len(meanings)} different meanings left for it"
                )
            if task in ALONE and split == "test":
                tested.update(*(family.keys(task, meaning, bare) for meaning in meanings))
            if task in SCRIPTS and split != "train":
                tested.update(*(choices.steps(meaning, bare) for meaning in meanings))
    return drawn


def kept_for_tests(world: World, task: str, meaning, bare: Language, tested: set) -> bool:
    """Whether training rows must not have a meaning: it says a sentence or two steps of a script
    that a test asks about, or, where names are what is learned, one of those that only development
    and test rows have."""
    if task == "panx" and tagging.names(meaning) & world.unfamiliar:
        return True
    if task in SCRIPTS and not tested.isdisjoint(choices.steps(meaning, bare)):
        return True
    return not tested.isdisjoint(sentences(task, meaning, bare))


def sentences(task: str, meaning, language: Language) -> set[str]:
    """Every sentence that the row of a meaning says in a language."""
    (row,) = FAMILY_OF[task].rows(task, language, [meaning])
    row["tokens"] = " ".join(row.get("tokens", ()))
    if "mention" in row:
        row["mention"] = f"{row['left']} {row['mention']} {row['right']}".strip()
    return {sentence for text in _texts(row) for sentence in AFTER_A_MARK.split(text)}


def _texts(value: object) -> Iterator[str]:
    """The texts in a row, a list or a dictionary."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _texts(entry)


def check_wanted(wanted: dict[str, dict[str, int]], topics: int) -> None:
    known = {(task, split) for family in FAMILIES for task, split in family.SPLITS}
    for task, splits in wanted.items():
        needed = choices.TOPICS_NEEDED.get(task, 1)
        if topics < needed:
            raise UserError(
                f"world.topics is {topics}, but the wrong choices of world.rows.{task} are of "
                f"other topics; allowed: {needed} and more"
            )
        for split, count in splits.items():
            if 0 < count < FEWEST.get(task, 1):
                raise UserError(
                    f"world.rows.{task}.{split} is {count}; allowed: 0, or {FEWEST[task]} and more"
                )
            if (task, split) not in known:
                allowed = sorted(s for t, s in known if t == task) or sorted(FAMILY_OF)
                raise UserError(
                    f"world.rows.{task}.{split}: the world has no such rows; "
                    f"allowed: {', '.join(allowed)}"
                )


def tables(
    languages: dict[str, Language],
    drawn: dict,
    seed: int,
    translated: tuple[str, ...],
    noise: float,
) -> Iterator[SpokenTable]:
    """The tables of all tasks, splits and languages."""
    for (task, split), meanings in progress(drawn.items(), len(drawn), "rows", "tables"):
        if not meanings:
            continue
        if task == "bucc":
            yield from mining_tables(split, languages, meanings, seed)
            continue
        if task == "lareqa":
            yield from answer_tables(split, languages, meanings)
            continue
        if task == "tatoeba":
            yield from pair_tables(split, languages, meanings)
            continue
        yield from spoken(task, split, languages, meanings)
        if split == "train" and task in translated:
            machines = {
                code: MachineTranslation(language, noise, f"translation/{seed}/{task}/{code}")
                for code, language in languages.items()
            }
            yield from spoken(f"{task}{tasks.TRANSLATED}", split, machines, meanings)
    mentions = drawn.get(("mewslix", "validation"), []) + drawn.get(("mewslix", "test"), [])
    if mentions:
        features = linking.FEATURES["mewslix_entities"]
        rows = linking.entity_rows(languages, mentions, f"entities/{seed}")
        entities = tasks.load("mewslix_entities")
        table = _table(rows, features)
        yield SpokenTable(entities.name, entities.repository, "candidate_entities", "test", table)


def spoken(
    name: str, split: str, languages: Mapping[str, Language], meanings: list
) -> Iterator[SpokenTable]:
    """One task and split in all languages that the data set has; one table a configuration."""
    base = name.removesuffix(tasks.TRANSLATED)
    task, family = tasks.load(name), FAMILY_OF[base]
    features = family.FEATURES[base]
    if name != base and base == "mnli":  # translated MultiNLI is the training split of XNLI
        features = family.FEATURES["xnli"]
    configs: dict[tuple[str, str], list[dict]] = {}
    for code in tasks.covered(task, tuple(languages)):
        repository, (config,) = tasks.configurations(task, code)["rows"]
        rows = family.rows(base, languages[code], meanings)
        configs.setdefault((repository, config), []).extend(rows)
    for (repository, config), rows in configs.items():
        splits = task.splits[split].split("+")  # ANLI's rounds are splits of their own
        for first, stored in enumerate(splits):
            table = _table(rows[first :: len(splits)], features)
            yield SpokenTable(name, repository, config, stored, table)


def pair_tables(
    split: str, languages: Mapping[str, Language], meanings: list
) -> Iterator[SpokenTable]:
    task = tasks.load("tatoeba")
    for code in tasks.covered(task, tuple(languages)):
        rows = pairs.translations(languages[code], meanings, languages["en"])
        table = _table(rows, pairs.FEATURES["tatoeba"])
        repository, (config,) = tasks.configurations(task, code)["rows"]
        yield SpokenTable(task.name, repository, config, task.splits[split], table)


def mining_tables(
    split: str, languages: Mapping[str, Language], meanings: list, seed: int
) -> Iterator[SpokenTable]:
    task = tasks.load("bucc")
    for code in tasks.covered(task, tuple(languages)):
        made = pairs.pools(languages[code], meanings, languages["en"], f"bucc/{seed}/{split}")
        for side, (features, rows) in zip(SIDES, made.values(), strict=True):
            repository, (config,) = tasks.configurations(task, code)[side]
            table = _table(rows, features)
            yield SpokenTable(task.name, repository, config, task.splits[split], table)


def answer_tables(
    split: str, languages: Mapping[str, Language], meanings: list
) -> Iterator[SpokenTable]:
    """LAReQA: the questions, and in a folder of its own the sentences of every paragraph."""
    task = tasks.load("lareqa")
    for code in tasks.covered(task, tuple(languages)):
        rows = list(questions.rows("lareqa", languages[code], meanings))
        paragraphs = [row | {"id": [row["id"]]} for row in rows]
        made = {
            "questions": _table(rows, questions.FEATURES["lareqa"]),
            "paragraphs": _table(paragraphs, questions.PARAGRAPHS),
        }
        for name, (repository, (config,)) in tasks.configurations(task, code).items():
            own = task.name if name == "questions" else name
            yield SpokenTable(own, repository, config, task.splits[split], made[name])


def held_out(drawn: dict, language: Language) -> set[str]:
    """Sentences that the raw text must not say: those that a test has on their own.

    Not the steps of scripts that xcopa asks about: they are what the raw text is to teach.
    """
    tagged = {
        text(tagging.said(language, *meaning))
        for task in ("udpos", "panx")
        for meaning in drawn[task, "test"]
    }
    return tagged | {
        text(language.statement(event))
        for task in ("tatoeba", "bucc")
        for event in drawn[task, "test"]
    }


def text_table(language: str, documents: list[str]) -> SpokenTable:
    """The raw corpus of one language."""
    task, rows = tasks.load("text"), ({"text": document} for document in documents)
    repository, (config,) = tasks.configurations(task, language)["rows"]
    table = _table(rows, Features({"text": Value("string")}))
    return SpokenTable(task.name, repository, config, "train", table)


def _table(rows, features: Features) -> datasets.Dataset:
    """The rows with the columns of `features` in their order, and no others."""
    ordered = [{name: row[name] for name in features} for row in rows]
    return datasets.Dataset.from_list(ordered, features=features)
