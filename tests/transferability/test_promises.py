"""Evidence against its own definition, and promises where the truth is planted."""

import numpy as np
import pytest

from waystation.transferability import promises as module
from waystation.transferability.labelled import Seen
from waystation.transferability.logme import one_label, regress
from waystation.transferability.promises import promises


def dense_evidence(features, target, prior, noise):
    """log N(y | 0, I / noise + F F^T / prior) a row, as it is written down."""
    covariance = np.eye(len(target)) / noise + features @ features.T / prior
    _, log_determinant = np.linalg.slogdet(covariance)
    quadratic = target @ np.linalg.solve(covariance, target)
    return -(log_determinant + quadratic + len(target) * np.log(2 * np.pi)) / 2 / len(target)


@pytest.mark.parametrize("shape", [(40, 6), (12, 30)])
def test_the_evidence_is_the_largest_of_all_precisions(shape):
    draw = np.random.default_rng(0)
    features = draw.normal(size=shape)
    target = (features @ draw.normal(size=shape[1]) + draw.normal(size=shape[0]) > 0).astype(float)
    _, found = one_label(*np.linalg.svd(features, full_matrices=False), target)
    centred = target - target.mean()
    grid = 10.0 ** np.arange(-3, 6, 0.25)
    best = max(dense_evidence(features, centred, a, b) for a in grid for b in grid)
    assert found == pytest.approx(best, abs=0.02)
    assert found > best - 1e-6  # a fixed point, not a place of the grid


def test_labels_that_follow_have_more_evidence_than_labels_that_do_not():
    draw = np.random.default_rng(1)
    features = draw.normal(size=(200, 20))
    labels = (features[:, :3] @ [1.0, -2.0, 0.5] > 0).astype(int)
    follows, random = (regress(features, y) for y in (labels, draw.permutation(labels)))
    assert follows.evidence > random.evidence + 0.1
    assert follows.weights.shape == (20, 2)
    assert np.abs(follows.weights[:, 1]).argmax() == 1


def planted(draw, direction, text):
    """Rows whose label lies along a direction."""
    vectors = draw.normal(size=(300, 16))
    return Seen(vectors, (vectors @ direction > 0).astype(int), text)


def test_the_task_whose_labels_and_texts_are_alike_promises_most():
    draw = np.random.default_rng(2)
    axes, texts = np.eye(16), draw.normal(size=(3, 16))
    sources = {f"s{i}": planted(draw, axes[i], texts[i]) for i in range(3)}
    targets = {f"t{i}": planted(draw, axes[i], texts[i]) for i in range(3)}
    for method, scores in promises(sources, targets).items():
        for target, own in scores.items():
            assert max(own, key=own.get) == f"s{target[1]}", method


def test_a_task_without_labels_has_texts_alone():
    draw = np.random.default_rng(3)
    none = Seen(np.empty((0, 16)), np.array([], int), draw.normal(size=16))
    known = {"a": planted(draw, np.eye(16)[0], draw.normal(size=16))}
    scores = promises({**known, "r": none}, {"t": none, **known})
    assert set(scores["texts"]) == {"t", "a"}
    assert {target: set(own) for target, own in scores["probe"].items()} == {"a": {"a"}}
    assert module.cosine(np.zeros(3), np.ones(3)) == 0.0
