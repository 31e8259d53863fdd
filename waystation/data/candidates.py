"""The candidates among which the examples of a retrieval task choose."""

from pathlib import Path

from waystation.base.errors import UserError
from waystation.data import examples
from waystation.data.examples import Description


class Candidates:
    """The candidates of some languages, each once a language and key.

    Relevant to an example is every candidate with its key. So are the candidates that other
    languages' versions of the example, with its id, look for: translators divide sentences.
    """

    def __init__(self, languages: dict[str, list[dict]]):
        texts: dict[tuple[str, str], str] = {}
        self.versions: dict[str, set[str]] = {}
        for language, rows in languages.items():
            for row in rows:
                for candidate in row.get("candidates", ()):
                    texts.setdefault((language, candidate["key"]), candidate["text"])
                if "key" in row:
                    self.versions.setdefault(row["id"], set()).add(row["key"])
        self.keys = [key for _, key in texts]
        self.texts = list(texts.values())
        self.known = set(self.keys)

    def relevant(self, example: dict) -> list[str]:
        """The keys of an example's relevant candidates, at least one."""
        keys = {example["key"]} | self.versions.get(example["id"], set())
        relevant = keys & self.known
        if not relevant:
            raise UserError(
                f"example {example['id']!r}: no candidate has the key {example['key']!r} "
                f"in a pool of {len(self.keys)}"
            )
        return sorted(relevant)


def read_candidates(
    folder: Path, task: Description, split: str, languages: list[str]
) -> Candidates:
    """The candidates of some languages of a split.

    Where the description names another task as `pool`: all languages of that task's test split.
    """
    home = folder / (task.pool or task.name)
    if task.pool:
        split, languages = "test", examples.languages(home, "test")
    return Candidates({code: examples.read(examples.path(home, split, code)) for code in languages})
