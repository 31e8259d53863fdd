"""What each intermediate task promises each target.

texts   how alike the texts are: the cosine of their mean vectors, less the mean over all tasks,
        each once (TextEmb, Vu et al. 2020, arXiv 2005.00770); labels play no part
probe   how well the target's labels follow from what a linear probe of the intermediate task
        says of the target's rows: the evidence of LogME on the probe's outputs
"""

from collections.abc import Mapping

import numpy as np

from waystation.transferability.labelled import Seen
from waystation.transferability.logme import regress

# {method: {task of a target: {intermediate task: score}}}
Promises = dict[str, dict[str, dict[str, float]]]


def promises(sources: Mapping[str, Seen], targets: Mapping[str, Seen]) -> Promises:
    """Scores of both methods; the probe's where both tasks have labels."""
    return {"texts": by_texts(sources, targets), "probe": by_probe(sources, targets)}


def by_texts(
    sources: Mapping[str, Seen], targets: Mapping[str, Seen]
) -> dict[str, dict[str, float]]:
    middle = np.mean([seen.text for seen in {**targets, **sources}.values()], axis=0)
    return {
        target: {
            source: cosine(own.text - middle, other.text - middle)
            for source, own in sources.items()
        }
        for target, other in targets.items()
    }


def by_probe(
    sources: Mapping[str, Seen], targets: Mapping[str, Seen]
) -> dict[str, dict[str, float]]:
    probes = {
        name: regress(standard(seen.vectors), seen.labels).weights
        for name, seen in sources.items()
        if taught(seen)
    }
    return {
        target: {
            source: regress(standard(standard(seen.vectors) @ weights), seen.labels).evidence
            for source, weights in probes.items()
        }
        for target, seen in targets.items()
        if taught(seen)
    }


def taught(seen: Seen) -> bool:
    """Whether rows have labels to tell apart."""
    return len(set(seen.labels.tolist())) > 1


def standard(vectors: np.ndarray) -> np.ndarray:
    """Centred, and of one mean square over all numbers."""
    centred = vectors - vectors.mean(0)
    return centred / max(1e-12, float(np.sqrt((centred**2).mean())))


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / size if size else 0.0
