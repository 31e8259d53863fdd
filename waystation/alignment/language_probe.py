"""How well the language of a sentence can be read off its vector: a linear probe.

Libovicky, Rosa & Fraser 2020 (arXiv 2004.05160) measure by it how language-neutral sentence vectors
are. Logistic regression learns from one half of the sentences and is scored on the other; what
translates the same English sentence is in the same half, so that meaning cannot help.
"""

from dataclasses import dataclass
from itertools import zip_longest

from torch import Tensor

from waystation.languages import ENGLISH

ROWS = 500  # of one language, at most


@dataclass(frozen=True)
class Sentence:
    """A sentence that the probe sees: row `row` of one side of the pairs of `pairs`."""

    language: str
    pairs: str
    side: str
    row: int
    half: int


def sentences(pairs: dict[str, list[dict]], rows: int = ROWS) -> list[Sentence]:
    """Each language's first rows, and as many English sentences, each text once.

    pairs: {language: [{"foreign", "english"}]}. The English sentences are numbered row by row
    through all languages, and every other one belongs to the second half with all translations.
    """
    numbers: dict[str, int] = {}
    first: list[tuple[str, int]] = []
    for row, line in enumerate(zip_longest(*pairs.values())):
        for language, pair in zip(pairs, line, strict=True):
            if pair is not None and pair["english"] not in numbers:
                numbers[pair["english"]] = len(numbers)
                first.append((language, row))
    chosen = [
        Sentence(language, language, "foreign", row, numbers[pair["english"]] % 2)
        for language, own in pairs.items()
        for row, pair in enumerate(own[:rows])
    ]
    most = min(rows, max(len(own) for own in pairs.values()))
    english = enumerate(first[:most])
    return chosen + [Sentence(ENGLISH, code, "english", row, n % 2) for n, (code, row) in english]


def accuracy(vectors: Tensor, seen: list[Sentence]) -> float:
    """Percent of the second half whose language is recognised; vectors (n, d) of `seen`."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    x = vectors.double().numpy()
    halves = [[i for i, sentence in enumerate(seen) if sentence.half == h] for h in (0, 1)]
    train, test = ((x[half], [seen[i].language for i in half]) for half in halves)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, tol=1e-3))
    with threadpool_limits(1):  # one thread: the same digits whatever the machine has
        return 100 * float(classifier.fit(*train).score(*test))


def chance(seen: list[Sentence]) -> float:
    """Percent that the most frequent language of the second half would score."""
    languages = [sentence.language for sentence in seen if sentence.half == 1]
    return 100 * max(languages.count(code) for code in set(languages)) / len(languages)
