"""Which intermediate task should I take? Choices made before and after training, held to the grid.

Of each test the candidates are the single recipes that have run, and a choice ranks them. Its
regret at k is the best candidate's gain less the best gain among the first k, in points. All
methods are held to the tests that each of them can rank. A choice at random has its expected
regret. `English` ranks by English development scores of the fine-tuned models, after all candidates
were trained. `best on average` knows the other tests' scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import mean

from waystation.studies.claims import english_means, largest, singles
from waystation.studies.evidence import Evidence

AT = (1, 3)
FEWEST = 3  # candidates of a ranking
RANDOM, ENGLISH, AVERAGE = "at random", "English", "best on average"

Gains = Mapping[str, float]  # by recipe


@dataclass(frozen=True)
class Regret:
    """Of a method, the mean over `tests` of what its choice among `candidates` gives away; `worst`
    is the largest of a test."""

    method: str
    k: int
    tests: int
    candidates: int
    regret_points: float
    worst_points: float


def regrets(evidence: Evidence) -> list[Regret]:
    """Of the largest model that has scores; none where too few single recipes have run."""
    model = largest(evidence)
    run = singles(evidence, model)
    gains = gains_by_test(evidence, model, run)
    if len(run) < FEWEST or not gains:
        return []
    english = english_means(evidence, model)
    rankings = promised(evidence, model, gains)
    rankings[ENGLISH] = {
        label: english.get(evidence.grid.scores[model, run[0], label].target, {}) for label in gains
    }
    rankings[AVERAGE] = {label: means_elsewhere(gains, label) for label in gains}
    whole = {
        method: {label: own for label, own in scores.items() if {*run} <= {*own}}
        for method, scores in rankings.items()
    }
    whole = {method: scores for method, scores in whole.items() if scores}
    shared = {label: own for label, own in gains.items() if all(label in s for s in whole.values())}
    if not shared:
        return []
    found = [of_random(shared, k) for k in AT if k < len(run)]
    for method, scores in whole.items():
        found += [of_method(method, scores, shared, k) for k in AT if k < len(run)]
    return found


def promised(
    evidence: Evidence, model: str, gains: Mapping[str, Gains]
) -> dict[str, dict[str, Gains]]:
    """{method: {test: {task: what it promises the task of the test's target}}}."""
    rows = [row for row in evidence.tables.promises if row.model == model]
    targets, found = evidence.suite.target.tasks, dict[str, dict[str, Gains]]()
    for label, own in gains.items():
        target = evidence.grid.scores[model, next(iter(own)), label].target
        task = targets[target].task or target
        for method in dict.fromkeys(row.method for row in rows):
            found.setdefault(method, {})[label] = {
                row.source: row.score for row in rows if (row.method, row.target) == (method, task)
            }
    return found


def gains_by_test(evidence: Evidence, model: str, run: Sequence[str]) -> dict[str, Gains]:
    """Of each test the gain of every candidate; only tests that have all, after fine-tuning on
    English alone."""
    found: dict[str, Gains] = {}
    english = {k[2] for k, score in evidence.grid.scores.items() if len(score.trained_on) == 1}
    for label in evidence.grid.labels():
        if label not in english:
            continue
        gains = {recipe: evidence.grid.gain(model, recipe, label) for recipe in run}
        known = {recipe: gain.score for recipe, gain in gains.items() if gain}
        if len(known) == len(run) > 0:
            found[label] = known
    return found


def means_elsewhere(gains: Mapping[str, Gains], label: str) -> Gains:
    """The mean gain of each candidate over the other tests; nothing where there is no other."""
    others = [own for name, own in gains.items() if name != label]
    known = gains[label] if others else ()
    return {recipe: mean(own[recipe] for own in others) for recipe in known}


def of_method(
    method: str, scores: Mapping[str, Gains], gains: Mapping[str, Gains], k: int
) -> Regret:
    """The regret of taking the k candidates with the best scores."""
    lost = []
    for label in gains:
        own = scores[label]
        ranked = sorted(gains[label], key=lambda recipe: own[recipe], reverse=True)
        lost.append(max(gains[label].values()) - max(gains[label][one] for one in ranked[:k]))
    candidates = len(next(iter(gains.values())))
    return Regret(method, k, len(lost), candidates, mean(lost), max(lost))


def of_random(gains: Mapping[str, Gains], k: int) -> Regret:
    """The expected regret of k candidates drawn without repetition."""
    lost = [
        max(own.values()) - mean(max(some) for some in combinations(own.values(), k))
        for own in gains.values()
    ]
    candidates = len(next(iter(gains.values())))
    return Regret(RANDOM, k, len(lost), candidates, mean(lost), max(lost))
