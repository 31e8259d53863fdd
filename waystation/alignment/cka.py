"""How alike two sets of vectors of the same sentences are, whatever their axes: debiased CKA.

Kornblith et al. 2019 (arXiv 1905.00414) compare representations by centred kernel alignment. Their
estimator grows with the dimension over the number of rows, so models of different widths cannot be
compared by it; Nguyen, Raghu & Kornblith 2021 (arXiv 2010.15327) use the unbiased estimator of HSIC
of Song et al. 2012 (JMLR 13, equation 5), and so do we, with linear kernels.
"""

import torch
from torch import Tensor

from waystation.base.errors import UserError

ROWS = 1000  # beyond them evenly spaced rows are compared: the work grows with their square


def cka(x: Tensor, y: Tensor) -> float:
    """Debiased linear CKA of x (n, d) and y (n, e), whose rows i belong to the same sentence.

    1 for equal representations up to rotation, scale and shift, 0 expected for independent ones
    (so it may be slightly negative); 0 if one side is the same for all sentences.
    """
    if len(x) < 4:
        raise UserError(f"debiased CKA: got {len(x)} sentences, at least 4 are needed")
    if len(x) > ROWS:
        chosen = torch.linspace(0, len(x) - 1, ROWS, dtype=torch.float64).long()
        x, y = x[chosen], y[chosen]
    a, b = similarities(x), similarities(y)
    # Of the estimator's factor 1 / n(n - 3) nothing is left in the quotient.
    norm = float(a.norm() * b.norm())
    return float((a * b).sum()) / norm if norm else 0.0


def similarities(x: Tensor) -> Tensor:
    """The Gram matrix (n, n) of x (n, d), U-centred: row sums and the diagonal are zero.

    The inner product of two such matrices over n (n - 3) is the unbiased estimator of HSIC
    (Szekely & Rizzo 2014, arXiv 1310.2926). The means go first: they change nothing but rounding.
    """
    n = len(x)
    x = x.double()
    x = x - x.mean(0)
    gram = (x @ x.T).fill_diagonal_(0)
    sums = gram.sum(1) / (n - 2)
    centred = gram - sums[:, None] - sums[None, :] + gram.sum() / ((n - 1) * (n - 2))
    return centred.fill_diagonal_(0)
