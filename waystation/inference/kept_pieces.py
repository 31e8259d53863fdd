"""Which pieces of a tokenizer some languages use, and whether their rows are cut as before."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tokenizers import Tokenizer

from waystation.base.errors import UserError
from waystation.base.progress import progress
from waystation.data import examples, tally
from waystation.data.token_lengths import rows_of_all
from waystation.encoder.features import Feature
from waystation.evaluation.rows import Reader, read_pool, read_rows

TEXTS = 10_000  # that are cut at once
SPLITS = ("validation", "test")


@dataclass(frozen=True, eq=False)
class Read:
    """The features of a task's rows of one split and language, with those of their pool."""

    task: str
    split: str
    language: str
    features: list[Feature]

    @property
    def pieces(self) -> set[int]:
        return {piece for feature in self.features for piece in feature.ids}


def read_as_models_do(
    reader: Reader, tasks: Iterable[str], languages: Collection[str]
) -> Iterator[Read]:
    """The development and test rows of tasks in some languages, cut as a model reads them."""
    for name in tasks:
        task = examples.read_description(reader.folder / name)
        for split in SPLITS:
            for language in examples.languages(reader.folder / name, split):
                if language not in languages:
                    continue
                pool = read_pool(reader, task, split, [language])
                rows = read_rows(reader, task, split, language, pool)
                features = rows.features + (pool.features if pool else [])
                yield Read(name, split, language, features)


def pieces_of_texts(
    folder: Path, tokenizer: Tokenizer, languages: Collection[str], without: Collection[str]
) -> set[int]:
    """The pieces of all texts of all tasks in some languages, but for the test rows of some."""
    files = [
        (task, split, language, file)
        for task, split, language, file in rows_of_all(folder)
        if language in languages and not (split == "test" and task in without)
    ]
    used: set[int] = set()
    for _, _, _, file in progress(files, len(files), "pieces", "files"):
        texts = (text for row in examples.lines(file) for text in tally.texts(row))
        while some := [*islice(texts, TEXTS)]:
            for encoding in tokenizer.encode_batch_fast(some, add_special_tokens=False):
                used.update(encoding.ids)
    return used


def hold_same(before: Iterable[Read], after: Iterable[Read], places: dict[int, int]) -> int:
    """Refuse rows that are not cut as before; returns how many features were compared."""
    count = 0
    for old, new in zip(before, after, strict=True):
        for first, second in zip(old.features, new.features, strict=True):
            if [places[piece] for piece in first.ids] != second.ids:
                where = f"{old.task}, {old.split} rows of {old.language!r}"
                raise UserError(
                    f"{where}: the smaller vocabulary cuts example {first.example} anew"
                )
            count += 1
    return count


def unchanged_percent(read: Iterable[Read], kept: set[int]) -> dict[str, float]:
    """By language, of how many of the features all pieces are kept."""
    counts: dict[str, list[bool]] = {}
    for own in read:
        stay = [kept.issuperset(feature.ids) for feature in own.features]
        counts.setdefault(own.language, []).extend(stay)
    return {code: round(100 * sum(same) / len(same), 2) for code, same in counts.items()}
