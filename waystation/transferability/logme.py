"""LogME (You et al. 2021, arXiv 2102.11005): how well labels follow from features, linearly.

A Bayesian linear regression on each label as 0 or 1: the logarithm of the probability that it gives
the labels, at the two precisions that make it largest, a row and label. More is better.
"""

from dataclasses import dataclass

import numpy as np

ROUNDS, CLOSE = 50, 1e-4  # of the fixed point; the share by which a round may still move it
TINY = 1e-12


@dataclass(frozen=True)
class Regression:
    """`weights` (d, labels): the posterior mean; `evidence`: mean over labels, a row."""

    weights: np.ndarray
    evidence: float


def regress(features: np.ndarray, labels: np.ndarray) -> Regression:
    """features (n, d), labels (n,) whole numbers. Centre the features: there is no other bias."""
    left, spread, right = np.linalg.svd(features.astype(np.float64), full_matrices=False)
    found = [
        one_label(left, spread, right, (labels == label).astype(np.float64))
        for label in np.unique(labels)
    ]
    weights = np.stack([weights for weights, _ in found], axis=1)
    return Regression(weights, float(np.mean([evidence for _, evidence in found])))


def one_label(
    left: np.ndarray, spread: np.ndarray, right: np.ndarray, target: np.ndarray
) -> tuple[np.ndarray, float]:
    """(weights (d,), log evidence a row) of one regression; the target is centred."""
    n, d, squares = len(target), right.shape[1], spread**2
    target = target - target.mean()
    along = left.T @ target
    beyond = max(0.0, float(target @ target - along @ along))  # of the target, that none explains
    if not spread.any():  # features that are all alike: noise alone
        noise = n / (float(target @ target) + TINY)
        return np.zeros(d), float(np.log(noise) - 1 - np.log(2 * np.pi)) / 2
    prior, noise = 1.0, 1.0  # precisions
    for _ in range(ROUNDS):
        ratio = prior / noise
        shares = squares / (squares + ratio)
        size = float((squares * along**2 / (squares + ratio) ** 2).sum())
        error = float(((1 - shares) ** 2 * along**2).sum()) + beyond
        used = float(shares.sum())
        prior, noise = used / (size + TINY), (n - used) / (error + TINY)
        if abs(prior / noise - ratio) <= CLOSE * ratio:
            break
    shares = squares / (squares + prior / noise)
    error = float(((1 - shares) ** 2 * along**2).sum()) + beyond
    size = float((squares * along**2 / (squares + prior / noise) ** 2).sum())
    log_volume = np.log(prior + noise * squares).sum() + (d - len(squares)) * np.log(prior)
    evidence = d * np.log(prior) + n * np.log(noise) - log_volume
    evidence -= noise * error + prior * size + n * np.log(2 * np.pi)
    return right.T @ (spread * along / (squares + prior / noise)), float(evidence) / 2 / n
