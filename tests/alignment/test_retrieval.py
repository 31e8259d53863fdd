"""Retrieval against cases worked by hand."""

import torch

from waystation.alignment import retrieval
from waystation.alignment.nearest import nearest


def planted(similarity: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Unit vectors with half of these cosines: what is compared and divided stays the same."""
    n = len(similarity)
    half = similarity / 2
    rest = torch.diag((1 - half.square().sum(0)).sqrt())
    return torch.eye(n, 2 * n), torch.cat([half.T, rest], 1)


def accuracies(*sides_and_more) -> dict[str, float]:
    return retrieval.accuracies(retrieval.right(*sides_and_more))


def test_accuracy_both_ways():
    similarity = torch.tensor([[0.9, 0.1, 0.0], [0.8, 0.7, 0.1], [0.2, 0.3, 0.5]])
    told = accuracies(*planted(similarity), 1)
    assert told["cosine_to_english_percent"] == 66.6667  # row 1 prefers column 0
    assert told["cosine_from_english_percent"] == 100  # columns are all right
    lost = torch.tensor([False, False, True])
    told = accuracies(*planted(similarity), 1, "unshared_", lost)
    assert told["unshared_cosine_from_english_percent"] == 66.6667


def test_what_an_english_sentence_finds_is_a_foreign_place():
    similarity = torch.tensor([[0.9, 0.1, 0.9], [0.8, 0.7, 0.1], [0.2, 0.8, 0.5]])
    assert retrieval.foreign_places(*planted(similarity)) == [0, 2, 0]


def test_ratio_margin():
    """k = 2: rows have means .8 and .3, columns .65 and .45."""
    x, y = planted(torch.tensor([[0.9, 0.7], [0.4, 0.2]]))
    found = nearest(x, y, 2, nearest(x, y, 2).means())
    expected = torch.tensor([[0.9 / 0.725, 0.7 / 0.625], [0.4 / 0.475, 0.2 / 0.375]])
    assert torch.allclose(found.there, expected)
    assert torch.allclose(found.back, expected.T)


def test_the_margin_corrects_a_hub():
    """Column 0 is near to everything; the margin finds row 1's own column all the same."""
    similarity = torch.tensor([[0.9, 0.1, 0.1], [0.8, 0.7, 0.0], [0.8, 0.0, 0.7]])
    told = accuracies(*planted(similarity), 3)
    assert told["cosine_to_english_percent"] == 33.3333
    assert told["margin_to_english_percent"] == 100


def test_cosines_of_translations_and_of_random_pairs():
    similarity = torch.tensor([[0.9, 0.1, 0.0], [0.8, 0.7, 0.1], [0.2, 0.3, 0.5]])
    told = retrieval.cosines(*planted(similarity))
    assert told == {"translation_cosine": 0.35, "random_pair_cosine": 0.125}


def test_centring_takes_the_language_away():
    x = torch.randn(20, 5, generator=torch.Generator().manual_seed(0))
    y = x + 7.0  # the same sentences, far away in one direction
    a, b = retrieval.centred(x), retrieval.centred(y)
    assert torch.allclose(a, b, atol=1e-5)
    assert accuracies(a, b, 1)["cosine_to_english_percent"] == 100


def test_a_pair_without_vectors_is_never_found():
    """Pair 0 has no vector on either side; it would win by standing first."""
    x, lost = torch.tensor([[0.0, 0.0], [0.0, 0.5]]), torch.tensor([True, False])
    assert set(accuracies(x, x, 1).values()) == {100.0}
    assert set(accuracies(x, x, 1, "", lost).values()) == {50.0}
