"""F1 and exact match of SQuAD v2.0: SQuAD's normalisation, and questions without an answer.

Only an empty prediction answers a question that has no answer. Where reference or prediction is
empty after normalisation, F1 is 1 if both are (Rajpurkar et al. 2018, official script
evaluate-v2.0).
"""

from waystation.metrics import Points
from waystation.metrics.squad import (  # noqa: F401  the same two scores
    NAMES,
    best_over_references,
    normalized_tokens,
    scores,
)


def points(gold: list[str], predicted: str, language: str) -> Points:
    references = [reference for reference in gold if normalized_tokens(reference)]
    if references:
        return best_over_references(references, predicted, normalized_tokens)
    right = float(not normalized_tokens(predicted))
    return {"f1": (right, 1.0), "exact_match": (right, 1.0)}
