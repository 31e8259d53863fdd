"""Mean average precision of the best 20 candidates, the measure of XTREME-R's retrieval.

AP@20 = (sum of the precision at rank r over the ranks r <= 20 with a relevant candidate)
/ min(number of relevant candidates, 20): 1 for a ranking that begins with all of them. LAReQA (Roy
et al. 2020) takes the whole ranking, XTREME-R (Ruder et al. 2021) cuts it; with one relevant
candidate, as in Mewsli-X, this is the mean reciprocal rank.
"""

NAMES = ("map_at_20",)
RANKS = 20


def points(gold: dict, predicted: list[str], language: str) -> dict:
    """gold {"keys": relevant keys, "relevant": number of candidates with them}."""
    hits, total = 0, 0.0
    for rank, key in enumerate(predicted[:RANKS], 1):
        if key in gold["keys"]:
            hits += 1
            total += hits / rank
    return {"map_at_20": (total / min(gold["relevant"], RANKS), 1.0)}
