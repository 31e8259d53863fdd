"""Nearest neighbours in tiles against the whole matrix: ties, duplicates, odd sizes."""

import pytest
import torch
from torch.nn import functional as F

from waystation.alignment.nearest import WIDTH, nearest

TILES = [1, 9, 70**2, (2 * WIDTH) ** 2, 2**24]


@pytest.fixture(autouse=True)
def _one_thread():
    """Small products wait for one another on more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def whole(similarity: torch.Tensor, k: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Values and places of the k highest of each row; of equal ones the first."""
    found = similarity.sort(dim=1, descending=True, stable=True)
    return found.values[:, :k], found.indices[:, :k]


def signs(seed: int, n: int) -> torch.Tensor:
    """Vectors of 4 signs: their cosines are exact, and only five differ."""
    draw = torch.randint(2, (n, 4), generator=torch.Generator().manual_seed(seed))
    return 2.0 * draw - 1


@pytest.mark.parametrize("cells", TILES)
@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 200), (3, 2), (130, 131), (200, 64), (257, 90)])
def test_ties_go_to_the_lowest_place_whatever_the_tiles(cells, n, m):
    """Of 16 different vectors nearly all have duplicates."""
    if cells == 1 and n * m > 5000:
        cells = 25  # as many tiles as can be waited for
    x, y = signs(n, n), signs(m + 1, m)
    found = nearest(x, y, 4, cells=cells)
    similarity = x @ y.T / 4
    for got, expected in zip(
        ((found.there, found.there_places), (found.back, found.back_places)),
        (whole(similarity, 4), whole(similarity.T, 4)),
        strict=True,
    ):
        assert torch.equal(got[0], expected[0])
        assert torch.equal(got[1], expected[1])


@pytest.mark.parametrize("seed", range(8))
def test_random_sizes_neighbourhoods_and_tiles(seed):
    generator = torch.Generator().manual_seed(seed)
    n, m, d, k, side = (int(torch.randint(1, 180, (1,), generator=generator)) for _ in range(5))
    x, y = torch.randn(n, d, generator=generator), torch.randn(m, d, generator=generator)
    found = nearest(x, y, k, cells=side**2)
    similarity = F.normalize(x, dim=1) @ F.normalize(y, dim=1).T
    assert found.there.shape == found.there_places.shape == (n, min(k, m))  # k may exceed a pool
    assert found.back.shape == found.back_places.shape == (m, min(k, n))
    assert torch.allclose(found.there, whole(similarity, k)[0], atol=1e-6)
    assert torch.allclose(found.back, whole(similarity.T, k)[0], atol=1e-6)
    # The places hold the values that are told, each once.
    assert torch.allclose(similarity.gather(1, found.there_places), found.there, atol=1e-6)
    assert torch.allclose(similarity.T.gather(1, found.back_places), found.back, atol=1e-6)
    assert all(len(set(row)) == len(row) for row in found.there_places.tolist())


@pytest.mark.parametrize("side", [3, 17, 300])
def test_margins_in_tiles_equal_those_of_the_whole_matrix(side):
    generator = torch.Generator().manual_seed(side)
    x, y = (torch.randn(n, 6, generator=generator) for n in (75, 130))
    x[10] = 0  # no token was left of it
    y[20] = 0
    similarity = F.normalize(x, dim=1) @ F.normalize(y, dim=1).T
    means = similarity.topk(4, 1).values.mean(1), similarity.topk(4, 0).values.mean(0)
    margins = (similarity * 2 / (means[0][:, None] + means[1])).nan_to_num(nan=0.0)
    found = nearest(x, y, 1, nearest(x, y, 4, cells=side**2).means(), cells=side**2)
    assert torch.allclose(found.there[:, 0], margins.amax(1), rtol=1e-4)
    assert torch.allclose(found.back[:, 0], margins.amax(0), rtol=1e-4)


def test_two_zero_vectors_have_the_margin_zero():
    nothing = torch.zeros(2, 3)
    found = nearest(nothing, nothing, 1, nearest(nothing, nothing, 4).means())
    assert found.there.tolist() == [[0.0], [0.0]]


def test_a_tie_is_not_won_by_standing_beside_a_higher_value():
    """Column 3 and a later one are equal; the later one's part holds the highest of all."""
    cosines = torch.zeros(2 * WIDTH)
    cosines[[3, WIDTH + 1, WIDTH + 6]] = torch.tensor([0.5, 0.5, 0.75])
    y = torch.stack([cosines, (1 - cosines.square()).sqrt()], 1)
    found = nearest(torch.tensor([[1.0, 0.0]]), y, 2)
    assert found.there_places.tolist() == [[WIDTH + 6, 3]]
