"""Mean average precision of the best 20 candidates, the measure of XTREME-R's retrieval.

AP@20 = (sum of the precision at rank r over the ranks r <= 20 with a relevant candidate)
/ min(number of relevant candidates, 20): 1 for a ranking that begins with all of them. LAReQA (Roy
et al. 2020) takes the whole ranking, XTREME-R (Ruder et al. 2021; third_party/utils_lareqa.py of
google-research/xtreme at 838c13b6) cuts it; with one relevant candidate, as in Mewsli-X, this is
the mean reciprocal rank (utils_mewslix.py). As in both, only the first mention of a candidate
counts, and a repeated one still takes its rank.
"""

from waystation.metrics import Points, ratio

NAMES = ("map_at_20",)
RANKS = 20


def points(gold: list[str], predicted: list[str], language: str) -> Points:
    """gold: the relevant candidates, at least one; predicted: candidates, best first."""
    left, hits, total = set(gold), 0, 0.0
    for rank, candidate in enumerate(predicted[:RANKS], 1):
        if candidate in left:
            left.remove(candidate)
            hits += 1
            total += hits / rank
    return {"map_at_20": (total / min(len(set(gold)), RANKS), 1.0)}


def scores(points: list[Points]) -> dict[str, float]:
    return {"map_at_20": 100 * ratio(points, "map_at_20")}


def chance(gold: list[str], candidates: int) -> float:
    """The expected AP@20 of a random order of so many candidates.

    The one at rank r is relevant with probability R / P, and each of the r - 1 before it then with
    (R - 1) / (P - 1); the precision at r is the number of these and itself over r.
    """
    relevant = len(set(gold))
    share = relevant / candidates
    further = (relevant - 1) / (candidates - 1) if candidates > 1 else 0.0
    ranks = range(1, min(RANKS, candidates) + 1)
    total = sum(share * (1 + (rank - 1) * further) / rank for rank in ranks)
    return total / min(relevant, RANKS)
