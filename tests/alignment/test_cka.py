"""Debiased CKA, against its formula and the biased one."""

import pytest
import torch

from tests.alignment.sentences import gaussian
from waystation.alignment.cka import ROWS, cka
from waystation.base.errors import UserError


def test_cka_is_one_for_the_same_vectors_and_sees_no_rotation_scale_or_shift():
    x = gaussian(0, 60, 8)
    rotation = torch.linalg.qr(gaussian(1, 8, 8)).Q
    assert cka(x, x) == pytest.approx(1, abs=1e-12)
    assert cka(x, 3 * x @ rotation + 5) == pytest.approx(1, abs=1e-5)
    assert cka(x, x[:, :4]) < 0.95


def test_cka_by_the_published_formula():
    """Song et al. 2012, equation 5, term by term."""

    def hsic(k, L):
        n, ones = len(k), torch.ones(len(k), dtype=torch.float64)
        terms = (k @ L).trace() + (ones @ k @ ones) * (ones @ L @ ones) / ((n - 1) * (n - 2))
        return (terms - 2 / (n - 2) * (ones @ k @ L @ ones)) / (n * (n - 3))

    x, y = gaussian(0, 12, 5), gaussian(1, 12, 7) + gaussian(0, 12, 5).sum(1, keepdim=True)
    k, L = ((v.double() @ v.double().T).fill_diagonal_(0) for v in (x, y))
    assert cka(x, y) == pytest.approx(float(hsic(k, L) / (hsic(k, k) * hsic(L, L)).sqrt()))


def test_cka_of_independent_vectors_is_near_zero_where_the_biased_one_is_not():
    x, y = gaussian(0, 50, 200), gaussian(1, 50, 200)
    a, b = x - x.mean(0), y - y.mean(0)
    biased = (a.T @ b).norm() ** 2 / ((a.T @ a).norm() * (b.T @ b).norm())
    assert biased > 0.7
    draws = [cka(gaussian(s, 50, 200), gaussian(s + 100, 50, 200)) for s in range(20)]
    assert abs(sum(draws) / 20) < 0.02


def test_cka_of_many_rows_compares_evenly_spaced_ones():
    x, y = gaussian(0, 3 * ROWS, 4), gaussian(1, 3 * ROWS, 4)
    y[: ROWS // 2] = x[: ROWS // 2]
    y[-ROWS // 2 :] = x[-ROWS // 2 :]
    # A third of the rows is alike, and HSIC sees pairs of them; of the first ROWS it is a half.
    assert cka(x, y) == pytest.approx(1 / 9, abs=0.03)


def test_cka_needs_four_sentences_and_knows_constant_vectors():
    with pytest.raises(UserError, match="got 3 sentences"):
        cka(torch.eye(3), torch.eye(3))
    assert cka(torch.ones(5, 2), gaussian(0, 5, 2)) == 0
