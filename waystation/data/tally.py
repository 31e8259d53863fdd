"""Statistics of examples while they pass: numbers, labels, lengths, repairs and drops."""

import math
import re
from collections import Counter
from dataclasses import dataclass, field

TEXTS = (
    "first", "second", "question", "context", "text", "query", "candidate", "foreign", "english",
)  # fmt: skip
# A word is a run of what is neither space nor punctuation; each character of a script that is
# written without spaces (Han, Kana, Thai) is one.
UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
PUNCTUATION = (
    r"!-/:-@\[-`{-~"  # ASCII
    r"\u00a1\u00ab\u00b7\u00bb\u00bf\u0589\u05be\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965"
    r"\u2010-\u205e\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff3d"
    r"\uff5b-\uff65"
)
WORD = re.compile(rf"[{UNSPACED}]|[^\s{PUNCTUATION}{UNSPACED}]+")


@dataclass
class Tally:
    """Counts of one split and language. Lengths are kept as a histogram, not one by one."""

    examples: int = 0
    repaired: int = 0
    empty: int = 0  # examples with a text of nothing but blanks
    dropped: Counter = field(default_factory=Counter)
    labels: Counter = field(default_factory=Counter)
    characters: Counter = field(default_factory=Counter)
    words: Counter = field(default_factory=Counter)

    def add(self, example: dict, labels: list[str]) -> None:
        own = texts(example)
        self.examples += 1
        self.empty += not all(text.strip() for text in own)
        self.labels.update(labels)
        self.characters[sum(len(text) for text in own)] += 1
        self.words[sum(len(WORD.findall(text)) for text in own)] += 1

    def statistics(self) -> dict:
        return {
            "rows": self.examples,
            "labels": dict(sorted(self.labels.items())),
            "characters_median": quantile(self.characters, 0.5),
            "characters_p95": quantile(self.characters, 0.95),
            "characters_max": max(self.characters),
            "words_median": quantile(self.words, 0.5),
            "words_max": max(self.words),
            "answers_repaired": self.repaired,
            "with_empty_text": self.empty,
            "dropped": dict(sorted(self.dropped.items())),
        }


def texts(example: dict) -> list[str]:
    """The texts of an example; of an example without texts those of its candidates."""
    own = [example[key] for key in TEXTS if isinstance(example.get(key), str)]
    own += [" ".join(example[key]) for key in ("tokens", "choices") if key in example]
    return own or [candidate["text"] for candidate in example["candidates"]]


def quantile(lengths: Counter, share: float) -> int:
    """The smallest length that at least this share of the examples does not exceed."""
    wanted, seen = math.ceil(share * lengths.total()), 0
    for length, count in sorted(lengths.items()):
        seen += count
        if seen >= wanted:
            return length
    raise ValueError("no lengths")
