"""Does fine-tuning on a few more languages buy speed on XNLI without losing accuracy?

Speed comes from a smaller model; further languages in fine-tuning, or an intermediate task, have to
pay its price. Every faster point (a smaller model, its recipe, its languages of fine-tuning) is
compared with the largest model after English alone, over all languages but English: accuracy is not
inferior where its difference lies above minus the margin, one-sided. Beside them: what the further
languages give those that were added and those that neither saw, and which points no other beats,
engines among them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from waystation.comparison.decisions import FASTER, KEPT
from waystation.grid.recipe_names import parse
from waystation.params.schema import Settings
from waystation.report import intervals
from waystation.report.records import RANDOM
from waystation.report.scores import Result, Score
from waystation.report.speed.engines import kept, means, name_beside_first, of_engines
from waystation.report.tables import layer_parameters
from waystation.studies.answers import (
    NO,
    POWER,
    UNDETERMINED,
    YES,
    Answer,
    Compared,
    Finding,
    Needs,
    Study,
    half_width,
    judged,
)
from waystation.studies.evidence import Evidence

TASK = "xnli"
MARGIN = 1.0  # points of accuracy
THROUGHPUT = "throughput"
WITHIN, WORSE = "not inferior", "inferior"


@dataclass(frozen=True)
class Point:
    """A faster point beside the base; `speed` is the ratio of tokens a second, None if unknown."""

    score: Score
    difference: Result
    speed: float | None


def needs(suite: Settings) -> Needs:
    recipes = [
        one for one in suite.recipes if parse(one).kind in ("control", "single", "multitask")
    ]
    return Needs(tuple(suite.models), tuple(recipes), (TASK,), speed=True)


def answer(evidence: Evidence) -> Answer:
    base, points = base_of(evidence), points_of(evidence)
    if base is None or not points:
        said = f"Fewer than two sizes have run on {TASK}: there is no faster point."
        return Answer(UNDETERMINED, said)
    verdicts = not_inferior(points)
    findings = (*map(finding, [base] * len(points), points, verdicts),)
    findings += judged(added_languages(evidence), MARGIN)
    verdict = YES if WITHIN in verdicts else NO if set(verdicts) == {WORSE} else UNDETERMINED
    several = any(point.difference.seeds > 1 for point in points)
    limits = () if several else ("one fine-tuning seed: no point is tested",)
    said = sentence(base, points, verdicts) + front_text(front(evidence))
    return Answer(verdict, said, findings, limits)


def scores_of(evidence: Evidence) -> list[Score]:
    """All scores on the task that have run, whatever the target was fine-tuned on."""
    return [
        score
        for (_, recipe, _), score in evidence.grid.scores.items()
        if score.task == TASK and recipe != RANDOM
    ]


def by_size(suite: Settings) -> list[str]:
    """The models, the largest last."""
    return sorted(suite.models, key=lambda name: layer_parameters(suite.models[name]))


def base_of(evidence: Evidence) -> Score | None:
    """The largest model without intermediate training, fine-tuned on English alone."""
    largest, baseline = by_size(evidence.suite)[-1], evidence.suite.report.baseline
    return evidence.grid.scores.get((largest, baseline, TASK))


def points_of(evidence: Evidence) -> list[Point]:
    """Every point of a smaller model."""
    base, suite = base_of(evidence), evidence.suite
    if base is None:
        return []
    sizes = {name: layer_parameters(model) for name, model in suite.models.items()}
    faster = [s for s in scores_of(evidence) if sizes[s.model] < sizes[base.model]]
    found = []
    for score in faster:
        codes = [code for code in score.others() if code in base.languages]
        if codes:
            difference = score.mean(codes) - base.mean(codes)
            found.append(Point(score, difference, speed(evidence, score, base)))
    return found


def added_languages(evidence: Evidence) -> list[Compared]:
    """More languages in the fine-tuning less English alone: the mean over the languages that were
    added, and over those that neither has seen."""
    scores, found = scores_of(evidence), []
    alone = {(s.model, s.recipe): s for s in scores if len(s.trained_on) == 1}
    for score in scores:
        english = alone.get((score.model, score.recipe))
        if english is None or len(score.trained_on) == 1:
            continue
        groups = {"seen": [*score.trained_on[1:]], "unseen": score.zero_shot()}
        for name, codes in groups.items():
            codes = [c for c in codes if c in english.languages and c in score.languages]
            if codes:
                what = (
                    f"{score.model}, {score.recipe}: {languages_of(score)} less English alone, "
                    f"{len(codes)} languages {name} in fine-tuning"
                    f"{rows_text(evidence.suite, score, english)}"
                )
                difference = score.mean(codes) - english.mean(codes)
                cells = (f"{score.model}/{score.recipe}",)
                found.append(Compared(what, difference, score.counts(codes)["n"], cells))
    return found


def rows_text(suite: Settings, score: Score, english: Score) -> str:
    """How many rows train each, where that differs by more than a tenth."""
    rows = []
    for one in (score, english):
        each = suite.target.tasks[one.target].train_examples
        rows.append(each and each * len(one.trained_on))
    if rows[0] and rows[1] and abs(rows[0] / rows[1] - 1) > 0.1:
        return f" ({rows[0]:,} rows for {rows[1]:,})"
    return ""


@dataclass(frozen=True)
class Served:
    """A point that an engine runs; `engine` is empty for the first one, whose accuracy counts."""

    score: Score
    engine: str
    accuracy: float
    tokens_per_sec: float


def front(evidence: Evidence) -> list[Served]:
    """The points that no other one beats in accuracy over all further languages and in speed, the
    slowest first. Of a model all points have its speed, so only its best one is asked; engines that
    lose accuracy are not."""
    points = []
    for model in evidence.suite.models:
        own = [score for score in scores_of(evidence) if score.model == model and score.others()]
        best = max(own, key=accuracy) if own else None
        if best:
            found = rates(evidence, model).items()
            points += [Served(best, engine, accuracy(best), speed) for engine, speed in found]
    ordered = sorted(points, key=lambda point: -point.tokens_per_sec)
    unbeaten: list[Served] = []
    for point in ordered:  # the fastest first: a slower one has to be better
        if not unbeaten or point.accuracy > unbeaten[-1].accuracy:
            unbeaten.append(point)
    return unbeaten[::-1]


def accuracy(score: Score) -> float:
    return score.mean(score.others()).score


def front_text(points: Sequence[Served]) -> str:
    """The front, and which lever makes each of its steps."""
    if len(points) < 2 and not any(point.engine for point in points):
        return ""
    told = [
        f"{point.score.model} after {point.score.recipe} and {languages_of(point.score)}"
        f"{f', by {point.engine}' if point.engine else ''} "
        f"({point.accuracy:.1f} %, {point.tokens_per_sec:,.0f} tokens/s)"
        for point in points
    ]
    return (
        f" The front of accuracy and speed: {'; '.join(told)}. Its speed comes from "
        f"{' and '.join(levers(points))} alone: recipes and languages of the fine-tuning leave a "
        "model's shape."
    )


def levers(points: Sequence[Served]) -> list[str]:
    """What makes a point of the front faster than the largest model by the first engine."""
    found = ["size"] if len({point.score.model for point in points}) > 1 else []
    return found + ["the engine"] * any(point.engine for point in points)


def rates(evidence: Evidence, model: str) -> dict[str, float]:
    """Tokens a second of a model by each engine, the median over rows; "" is the first engine.

    Of the others only those that are faster in the mean over languages, and lose accuracy in none.
    """
    cost, found = evidence.tables.cost, dict[str, list[float]]()
    engines = {"", *faster_engines(evidence, model)}
    for row in cost:
        engine = name_beside_first(row, cost)
        if row.model == model and row.task.startswith(TASK) and engine in engines:
            found.setdefault(engine, []).append(row.measured["tokens_per_sec"])
    return {engine: median(values) for engine, values in found.items()}


def faster_engines(evidence: Evidence, model: str) -> set[str]:
    speeds = evidence.tables.speeds
    rows = [row for row in speeds if row.model == model and row.task.startswith(TASK)]
    lost = {row.backend for row in of_engines(rows) if kept(row) < KEPT}
    whole = [row for row in means(rows) if row.measure == THROUGHPUT]
    return {row.backend for row in whole if row.verdict == FASTER} - lost


def speed(evidence: Evidence, score: Score, base: Score) -> float | None:
    """Tokens a second over the base's, medians over languages of the models' base recipes."""
    own, of_base = (rates(evidence, one.model).get("") for one in (score, base))
    return own / of_base if own and of_base else None


def not_inferior(points: Sequence[Point]) -> list[str]:
    """A verdict on each point, Holm-corrected; one seed gives none."""
    tested = {i: one.difference for i, one in enumerate(points) if one.difference.seeds > 1}
    within = intervals.holm({i: above(result, -MARGIN) for i, result in tested.items()})
    worse = intervals.holm({i: 1 - above(result, -MARGIN) for i, result in tested.items()})
    said = dict.fromkeys(worse, WORSE) | dict.fromkeys(within, WITHIN)
    return [said.get(place, UNDETERMINED) for place in range(len(points))]


def above(result: Result, edge: float) -> float:
    """One-sided p-value of the hypothesis that a difference is not above an edge."""
    p = intervals.p_value(result.score - edge, *result.variances(), result.seeds) / 2
    return p if result.score > edge else 1 - p


def languages_of(score: Score) -> str:
    further = len(score.trained_on) - 1
    return f"English and {further} more" if further else "English"


def finding(base: Score, point: Point, verdict: str) -> Finding:
    score = point.score
    faster = f"{point.speed:.2f} times the tokens/s" if point.speed else "speed not measured"
    return Finding(
        what=f"{score.model}, {score.recipe}, {languages_of(score)} ({faster}) less {base.model}, "
        f"{base.recipe}, English",
        unit="points of accuracy",
        estimate=point.difference.difference(),
        n=score.counts(score.others())["n"],
        seeds=point.difference.seeds,
        smallest_effect=POWER * half_width(point.difference),
        verdict=verdict,
        cells=(f"{score.model}/{score.recipe}", f"{base.model}/{base.recipe}"),
    )


def sentence(base: Score, points: Sequence[Point], verdicts: Sequence[str]) -> str:
    """The best faster point, and how many are not inferior."""
    best = max(points, key=lambda point: point.difference.score)
    level = base.mean(base.others()).score
    speed_of_best = f"{best.speed:.2f} times as fast, " if best.speed else ""
    return (
        f"Of {len(points)} faster points {verdicts.count(WITHIN)} are not inferior by more than "
        f"{MARGIN:g} point to {base.model} ({level:.1f} %), {verdicts.count(WORSE)} are. The best, "
        f"{best.score.model} after {best.score.recipe} and {languages_of(best.score)}: "
        f"{speed_of_best}{best.difference.difference().signed()} points."
    )


STUDY = Study(
    "multilingual_finetuning",
    "Does fine-tuning on more languages buy tokens per second on XNLI without losing accuracy?",
    needs,
    answer,
    figure="pareto",
)
