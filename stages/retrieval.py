"""Nearest-neighbour retrieval between parallel sentences, from their vectors.

Row i of `x` (n, d) and of `y` (n, d) translate each other.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


def accuracy(similarity: Tensor) -> tuple[float, float]:
    """Percent of rows whose best column is their own, and of columns likewise; (n, n)."""
    own = torch.arange(len(similarity))
    rows = (similarity.argmax(1) == own).float().mean()
    columns = (similarity.argmax(0) == own).float().mean()
    return 100 * float(rows), 100 * float(columns)


def cosine(x: Tensor, y: Tensor) -> Tensor:
    """All cosines, (n, n)."""
    return F.normalize(x, dim=1) @ F.normalize(y, dim=1).T


def ratio_margin(similarity: Tensor, neighbours: int) -> Tensor:
    """Cosine over the mean cosine to both sides' k nearest neighbours.

    Artetxe & Schwenk 2019 (arXiv 1811.01136), equation 1, ratio:
    cos(x, y) / (sum over NN_k(x) of cos / 2k + sum over NN_k(y) of cos / 2k). Between two zero
    vectors, which have no neighbours, it is 0.
    """
    k = min(neighbours, len(similarity))
    rows = similarity.topk(k, dim=1).values.mean(1, keepdim=True)
    columns = similarity.topk(k, dim=0).values.mean(0, keepdim=True)
    return (similarity / ((rows + columns) / 2)).nan_to_num(nan=0.0)


def centred(x: Tensor) -> Tensor:
    """Vectors less their mean: what is common to the whole language is taken away.

    Libovicky, Rosa & Fraser 2020 (arXiv 2004.05160).
    """
    return x - x.mean(0)


def never_found(similarity: Tensor, pairs: Tensor) -> Tensor:
    """Similarities (n, n) in which the pairs (n,) that are true cannot be found either way."""
    return similarity.masked_fill(torch.diag(pairs), -torch.inf)


def random_pair_cosine(similarity: Tensor) -> float:
    """Mean cosine of pairs that are no translations: how anisotropic the vectors are."""
    n = len(similarity)
    return float((similarity.sum() - similarity.trace()) / (n * (n - 1)))
