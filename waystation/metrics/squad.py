"""F1 and exact match of SQuAD v1.1, with its English rules in every language, as XTREME uses it.

Lower case, ASCII punctuation and English articles removed, tokens between white space; the best
over the reference answers (Rajpurkar et al. 2016, official script evaluate-v1.1; XTREME's
third_party/evaluate_squad.py).
"""

import re
import string
from collections import Counter
from collections.abc import Callable

from waystation.metrics import Points

NAMES = ("f1", "exact_match")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def points(gold: list[str], predicted: str | None, language: str) -> Points:
    return best_over_references(gold, predicted, normalized_tokens)


def scores(points: list[Points]) -> dict[str, float]:
    """Means, added up one by one as there: from Python 3.12 on `sum` rounds otherwise."""
    scored = {}
    for name in NAMES:
        total = 0.0
        for point in points:
            total += point[name][0]
        scored[name] = 100.0 * total / len(points)
    return scored


def normalized_tokens(text: str) -> list[str]:
    text = text.lower().translate(PUNCTUATION)
    return re.sub(r"\b(a|an|the)\b", " ", text).split()


def best_over_references(
    gold: list[str], predicted: str | None, tokens: Callable[[str], list[str]]
) -> Points:
    """The best F1 and exact match over the references; tokens are compared as multisets.

    None is a question that got no answer, which scores 0; an empty answer may be right.
    """
    if predicted is None:
        return dict.fromkeys(NAMES, (0.0, 1.0))
    words = tokens(predicted)
    references = [tokens(reference) for reference in gold]
    return {
        "f1": (max(_f1(reference, words) for reference in references), 1.0),
        "exact_match": (float(any(reference == words for reference in references)), 1.0),
    }


def _f1(reference: list[str], predicted: list[str]) -> float:
    common = sum((Counter(reference) & Counter(predicted)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(predicted), common / len(reference)
    return 2 * precision * recall / (precision + recall)
