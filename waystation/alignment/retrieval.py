"""Nearest-neighbour retrieval between parallel sentences, from their vectors.

Row i of `x` (n, d) and of `y` (n, d) translate each other; x is the foreign side, y the English
one. No matrix (n, n) is ever held (waystation.alignment.nearest).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from waystation.alignment.nearest import Neighbours, nearest


def accuracies(
    x: Tensor, y: Tensor, neighbours: int, name: str = "", lost: Tensor | None = None
) -> dict[str, float]:
    """Accuracy by cosine and by ratio margin, both ways; pairs that are `lost` (n,) never count."""
    by_cosine = nearest(x, y, neighbours)
    by_margin = nearest(x, y, 1, by_cosine.means())
    return {
        **both_ways(by_cosine, f"{name}cosine", lost),
        **both_ways(by_margin, f"{name}margin", lost),
    }


def both_ways(neighbours: Neighbours, name: str, lost: Tensor | None = None) -> dict[str, float]:
    """Percent of sentences of which the nearest is their own translation, both ways."""
    accuracy = {}
    for way, places in (("to", neighbours.there_places), ("from", neighbours.back_places)):
        right = places[:, 0] == torch.arange(len(places), device=places.device)
        right = right if lost is None else right & ~lost
        accuracy[f"{name}_{way}_english_percent"] = round(100 * float(right.double().mean()), 4)
    return accuracy


def foreign_places(x: Tensor, y: Tensor) -> list[int]:
    """Of each English sentence the nearest foreign one by cosine, as XTREME's Tatoeba asks."""
    return nearest(x, y, 1).back_places[:, 0].tolist()


def centred(x: Tensor) -> Tensor:
    """Vectors less their mean: what is common to the whole language is taken away.

    Libovicky, Rosa & Fraser 2020 (arXiv 2004.05160).
    """
    return x - x.mean(0)


def cosines(x: Tensor, y: Tensor) -> dict[str, float]:
    """Mean cosine of translations; of pairs that are none: how anisotropic the vectors are."""
    x, y = F.normalize(x, dim=1).double(), F.normalize(y, dim=1).double()
    n, own = len(x), float((x * y).sum())
    other = float(x.sum(0) @ y.sum(0)) - own
    return {
        "translation_cosine": round(own / n, 6),
        "random_pair_cosine": round(other / max(1, n * (n - 1)), 6),
    }
