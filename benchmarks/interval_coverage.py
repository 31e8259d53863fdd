"""How often the report's 95 % intervals hold the true value, by simulation.

  python -m benchmarks.interval_coverage --simulations 2000

Each simulation draws fine-tuning seeds and the rows of a test that is parallel in three languages.
The score is a mean over seeds and languages, of a task that a new seed solves at 60 % on average.
The paired difference is that of two recipes at 65 and 60 % on the same rows and seeds. `spread` is
the standard deviation of the seed effect, in points: of the score, or of the difference. The true
values are those of all possible seeds and rows.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from waystation.report import intervals
from waystation.report.records import Estimate, over
from waystation.report.scores import Result, mean

SEEDS, SPREADS = (1, 3, 5), (0.0, 2.0, 4.0, 8.0)
LANGUAGES, ROWS, RESAMPLES = 3, 250, 1000
BASELINE, RECIPE = 60.0, 65.0  # percent
SHARED = 0.4  # share of an answer's variance that the row decides, for all seeds and recipes


@dataclass(frozen=True)
class Coverage:
    """The share of intervals that hold the true value, and half of their mean width in points."""

    share: float
    half_width: float


def draw_result(
    score: float, spread: float, seeds: int, difficulty: np.ndarray, generator: np.random.Generator
) -> Result:
    """One cell's zero-shot mean: rows answered by models that each seed draws anew.

    difficulty (rows,) is standard normal, and the same in all languages.
    """
    levels = np.clip(score + spread * generator.standard_normal(seeds), 0.1, 99.9)
    results = []
    for _ in range(LANGUAGES):
        own = generator.standard_normal((seeds, len(difficulty)))
        latent = np.sqrt(SHARED) * difficulty + np.sqrt(1 - SHARED) * own
        right = (latent < ndtri(levels / 100)[:, None]).astype(float)
        points = np.stack([right, np.ones_like(right)], -1)
        scores = intervals.seed_scores(points)
        by_seed = {str(seed): value for seed, value in enumerate(scores.tolist())}
        resampled = intervals.replicates(points, RESAMPLES)
        results.append(Result(float(scores.mean()), resampled, by_seed))
    return mean(results)


def coverages(seeds: int, spread: float, simulations: int) -> tuple[Coverage, Coverage]:
    """The coverage for a score, and for a paired difference."""
    generator = np.random.default_rng([seeds, round(1000 * spread)])
    scores, differences = [], []
    for _ in range(simulations):
        difficulty = generator.standard_normal(ROWS)
        single = draw_result(BASELINE, spread, seeds, difficulty, generator)
        pair = [
            draw_result(level, spread / np.sqrt(2), seeds, difficulty, generator)
            for level in (RECIPE, BASELINE)
        ]
        scores.append(single.estimate())
        differences.append((pair[0] - pair[1]).difference())
    return coverage(scores, BASELINE), coverage(differences, RECIPE - BASELINE)


def coverage(estimates: list[Estimate], truth: float) -> Coverage:
    held = [estimate.low <= truth <= estimate.high for estimate in estimates]
    widths = [(estimate.high - estimate.low) / 2 for estimate in estimates]
    return Coverage(float(np.mean(held)), float(np.mean(widths)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulations", type=int, default=2000, help="of each line")
    simulations = parser.parse_args().simulations
    print("| seeds | interval over | spread, points | score | +- points | difference | +- points |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for seeds in SEEDS:
        for spread in SPREADS:
            cells = [str(seeds), over(seeds), f"{spread:.0f}"]
            for measured in coverages(seeds, spread, simulations):
                cells += [f"{measured.share:.3f}", f"{measured.half_width:.1f}"]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
