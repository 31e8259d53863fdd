"""Nearest-neighbour retrieval between parallel sentences, from their vectors.

Row i of `x` (n, d) and of `y` (n, d) translate each other; x is the foreign side, y the English
one. No matrix (n, n) is ever held (waystation.alignment.nearest).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from waystation.alignment.nearest import Neighbours, nearest

Right = dict[str, Tensor]  # by measure: (n,) bool, which sentences find their own translation


def right(
    x: Tensor, y: Tensor, neighbours: int, name: str = "", lost: Tensor | None = None
) -> Right:
    """By cosine and by ratio margin, both ways; pairs that are `lost` (n,) are never right."""
    by_cosine = nearest(x, y, neighbours)
    by_margin = nearest(x, y, 1, by_cosine.means())
    return {
        **both_ways(by_cosine, f"{name}cosine", lost),
        **both_ways(by_margin, f"{name}margin", lost),
    }


def right_centred(x: Tensor, y: Tensor) -> Right:
    """By cosine of centred vectors, both ways."""
    return both_ways(nearest(centred(x), centred(y), 1), "centred")


def both_ways(neighbours: Neighbours, name: str, lost: Tensor | None = None) -> Right:
    """Of which sentences the nearest is their own translation."""
    found = {}
    for way, places in (("to", neighbours.there_places), ("from", neighbours.back_places)):
        own = places[:, 0] == torch.arange(len(places), device=places.device)
        found[f"{name}_{way}_english"] = own if lost is None else own & ~lost
    return found


def accuracies(found: Right) -> dict[str, float]:
    """The share of right sentences in percent, by measure."""
    return {
        f"{name}_percent": round(100 * float(own.double().mean()), 4) for name, own in found.items()
    }


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
