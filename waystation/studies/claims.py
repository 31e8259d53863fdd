"""The nine claims of Phang et al. 2020 (arXiv 2005.13013), each beside what a suite shows.

The paper's numbers are points over XLM-R large on development sets. A claim is reproduced or
contradicted only by a difference over several seeds, Holm-corrected over the differences of the
claim. Retrieval has no seeds: there the spread over recipes stands for that over trainings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from waystation.grid.recipe_names import MIXED, parse
from waystation.report.records import RANDOM
from waystation.report.scores import mean
from waystation.studies.alignment_retention import RECIPES, over_recipes, trained
from waystation.studies.answers import ABOVE, BELOW, Compared, Finding, judged, one_seed
from waystation.studies.evidence import Evidence
from waystation.studies.model_scaling import by_size

REPRODUCED, CONTRADICTED, UNDETERMINED, NOT_TESTABLE = (
    "reproduced",
    "contradicted",
    "undetermined",
    "not testable here",
)
EQUAL_MARGIN = 1.0  # points within which two recipes are equal
NINE = (
    *("anli_plus", "mnli", "qqp", "squad_v1", "squad_v2", "hellaswag", "ccg"),
    *("cosmos_qa", "commonsense_qa"),
)
MOST_TOGETHER = 8  # of the nine may be copied; fewer together do not test the claim
BEST = {"squad_v1": 8.2, "mnli": 7.5, "hellaswag": 7.0}  # the paper's three best, points
RETRIEVAL = ("tatoeba", "bucc")
COSINE = "cosine_from_english"  # XTREME's retrieval


@dataclass(frozen=True)
class Claim:
    """What the paper says, what a suite shows, and the verdict; `why` where it says nothing."""

    name: str
    text: str
    published: str
    ours: str
    verdict: str
    findings: tuple[Finding, ...] = ()


def judge(evidence: Evidence) -> list[Claim]:
    """All nine, in the paper's order."""
    return [
        Claim(name, text, published, *verdict(evidence))
        for name, text, published, verdict in CLAIMS
    ]


Shown = tuple[str, str, tuple[Finding, ...]]  # what was seen, the verdict, the findings


def largest(evidence: Evidence) -> str:
    """The largest model that has gains."""
    run = {model for model, _, _ in evidence.grid.scores}
    return [model for model in by_size(evidence.suite) if model in run][-1]


def singles(evidence: Evidence, model: str) -> list[str]:
    """The single English tasks that a model ran as intermediate tasks."""
    run = dict.fromkeys(recipe for own, recipe, _ in evidence.grid.scores if own == model)
    return [one for one in run if parse(one).kind == "single" and parse(one).name != "text"]


def gains(evidence: Evidence, model: str, recipes: Sequence[str]) -> list[Compared]:
    """The mean gain of each recipe over the tests that all of them have."""
    labels = evidence.grid.shared([(model, recipe) for recipe in recipes])
    found = []
    for recipe in recipes:
        gain = evidence.grid.mean_gain(model, recipe, labels)
        if gain is not None and labels:
            what = f"{model}: gain of {recipe}, mean over {len(labels)} tests"
            cells = (f"{model}/{recipe}",)
            found.append(Compared(what, gain, evidence.grid.n(model, labels), cells))
    return found


def told(findings: Sequence[Finding]) -> str:
    said = "; ".join(f"{one.what}: {one.estimate.signed()}" for one in findings)
    return f"{said} (one seed: not tested)" if one_seed(findings) else said


def verdict_of(findings: Sequence[Finding]) -> str:
    """Reproduced where all are above zero, contradicted where one is below."""
    said = {one.verdict for one in findings}
    if BELOW in said:
        return CONTRADICTED
    return REPRODUCED if said == {ABOVE} else UNDETERMINED


def single_task_gains(evidence: Evidence) -> Shown:
    model = largest(evidence)
    there = [one for one in singles(evidence, model) if one in BEST]
    findings = judged(gains(evidence, model, there), EQUAL_MARGIN)
    if len(findings) < len(BEST):
        missing = sorted(set(BEST) - set(there))
        return f"not run: {', '.join(missing)}", NOT_TESTABLE, findings
    said = told(findings) + not_learned(evidence, model, there)
    return said, verdict_of(findings), findings


def not_learned(evidence: Evidence, model: str, recipes: Sequence[str]) -> str:
    """Those of some recipes of which an intermediate task was not learned, as a clause."""
    found = [recipe for recipe in evidence.not_learned(model) if recipe in recipes]
    return f"; not all tasks were learned in {', '.join(found)}" if found else ""


def multitask_best(evidence: Evidence) -> Shown:
    """The largest set less the best single recipe, by mean gain."""
    model = largest(evidence)
    sets = evidence.suite.multitask
    run = {recipe for own, recipe, _ in evidence.grid.scores if own == model}
    together = {parse(one).name: one for one in run if parse(one).kind == "multitask"}
    there = [name for name in sets if name in together]
    alone = singles(evidence, model)
    if not there or not alone:
        return "no tasks together have run", NOT_TESTABLE, ()
    widest = max(there, key=lambda name: len(sets[name].tasks))
    recipe = together[widest]
    every = gains(evidence, model, [recipe, *alone])
    if len(every) < 2:
        return "no test has all of the recipes", NOT_TESTABLE, ()
    best = max(every[1:], key=lambda one: one.difference.score)
    what = f"{model}: {recipe} ({len(sets[widest].tasks)} tasks) less {best.cells[0]}, mean gain"
    difference = every[0].difference - best.difference
    findings = judged(
        [Compared(what, difference, best.n, (f"{model}/{recipe}", *best.cells))], EQUAL_MARGIN
    )
    said = told(findings) + not_learned(evidence, model, [recipe, *alone])
    few = len(sets[widest].tasks) < MOST_TOGETHER
    return said, NOT_TESTABLE if few else verdict_of(findings), findings


def retrieval_gains(evidence: Evidence) -> Shown:
    """Tatoeba by XTREME's retrieval, paired by sentence, over the recipes."""
    model, task = largest(evidence), RETRIEVAL[0]
    base = evidence.retrieval.get((model, evidence.suite.report.baseline), {}).get(task)
    after = {
        recipe: evidence.retrieval[model, recipe][task]
        for recipe in trained(evidence, model)
        if task in evidence.retrieval[model, recipe]
    }
    if base is None or len(after) < RECIPES:
        return f"{task} has not run with {RECIPES} recipes", NOT_TESTABLE, ()
    differences = {name: one.mean(COSINE) - base.mean(COSINE) for name, one in after.items()}
    rising = sum(one.difference().low > 0 for one in differences.values())
    falling = sum(one.difference().high < 0 for one in differences.values())
    what = f"{model}: gain on {task}, mean over {len(differences)} recipes"
    cells = tuple(f"{model}/{recipe}" for recipe in differences)
    compared = Compared(what, over_recipes(differences), base.n(), cells)
    findings = judged([compared], EQUAL_MARGIN)
    shares = f"{rising} recipes rise and {falling} fall, each over sentences"
    return f"{told(findings)}; {shares}", verdict_of(findings), findings


def tydiqa_yes_xnli_no(evidence: Evidence) -> Shown:
    model, grid = largest(evidence), evidence.grid
    recipes = singles(evidence, model)
    counts: dict[str, tuple[int, int]] = {}
    every: list[Finding] = []
    for label in ("tydiqa", "xnli"):
        own = [
            Compared(
                f"{model}: gain of {recipe} on {label}",
                gain,
                grid.n(model, [label]),
                (f"{model}/{recipe}",),
            )
            for recipe in recipes
            if (gain := grid.gain(model, recipe, label))
        ]
        if not own:
            return f"{label} has not run", NOT_TESTABLE, ()
        findings = judged(own, EQUAL_MARGIN)
        counts[label] = sum(one.verdict == ABOVE for one in findings), len(findings)
        every += findings
    said = "; ".join(f"{label}: {up} of {n} recipes gain" for label, (up, n) in counts.items())
    if one_seed(every):
        said = f"{len(recipes)} recipes have run (one seed: not tested)"
    (tydiqa, n), (xnli, _) = counts["tydiqa"], counts["xnli"]
    if tydiqa and not xnli:
        return said, REPRODUCED if 2 * tydiqa >= n else UNDETERMINED, tuple(every)
    return said, CONTRADICTED if xnli > tydiqa else UNDETERMINED, tuple(every)


def best_per_target(evidence: Evidence) -> Shown:
    """Of each test the recipe with the best English development score of its target, the baseline
    among them; scores on test rows play no part in the choice."""
    model, grid = largest(evidence), evidence.grid
    english = english_means(evidence, model)
    chosen: dict[str, str] = {}
    for (own, _, label), score in grid.scores.items():
        known = english.get(score.target, {}) if own == model else {}
        run = [recipe for recipe in known if grid.gain(model, recipe, label)]
        if len(run) > 1:
            chosen[label] = max(run, key=lambda recipe: known[recipe])  # of equals the first
    gains = [gain for label, recipe in chosen.items() if (gain := grid.gain(model, recipe, label))]
    if not gains:
        return "no English development scores of several recipes are there", NOT_TESTABLE, ()
    what = f"{model}: gain of the recipe that English rows choose, mean over {len(chosen)} tests"
    cells = tuple(f"{model}/{recipe}" for recipe in dict.fromkeys(chosen.values()))
    compared = Compared(what, mean(gains), grid.n(model, [*chosen]), cells)
    findings = judged([compared], EQUAL_MARGIN)
    names = ", ".join(f"{label} {recipe}" for label, recipe in chosen.items())
    return f"{told(findings)}; chosen: {names}", verdict_of(findings), findings


def english_means(evidence: Evidence, model: str) -> dict[str, dict[str, float]]:
    """{target: {recipe: English development score, mean over seeds}} of all but random weights."""
    by_cell: dict[tuple[str, str], list[float]] = {}
    for row in evidence.tables.english:
        if row.model == model and row.recipe != RANDOM:
            by_cell.setdefault((row.target, row.recipe), []).append(row.english_percent)
    found: dict[str, dict[str, float]] = {}
    for (target, recipe), values in by_cell.items():
        found.setdefault(target, {})[recipe] = sum(values) / len(values)
    return found


def english_beats_alternatives(evidence: Evidence) -> Shown:
    """Plain recipes less the same with masked language modelling or with translations."""
    model, compared = largest(evidence), []
    run = dict.fromkeys(recipe for own, recipe, _ in evidence.grid.scores if own == model)
    for recipe in run:
        parsed = parse(recipe)
        if parsed.kind in MIXED and parsed.name in run:
            both = gains(evidence, model, [parsed.name, recipe])
            if len(both) == len((parsed.name, recipe)):
                what = f"{model}: {parsed.name} less {recipe}, mean gain"
                difference = both[0].difference - both[1].difference
                cells = (*both[0].cells, *both[1].cells)
                compared.append(Compared(what, difference, both[0].n, cells))
    if not compared:
        return "no recipe with `+mlm` or `+translated` has run", NOT_TESTABLE, ()
    findings = judged(compared, EQUAL_MARGIN)
    said = {one.verdict for one in findings}
    verdict = CONTRADICTED if BELOW in said else UNDETERMINED
    if BELOW not in said and all(one.estimate.low > -EQUAL_MARGIN for one in findings):
        verdict = REPRODUCED
    return told(findings), verdict, findings


def xlmr_large(evidence: Evidence) -> Shown:
    large = [name for name in evidence.suite.models if name.startswith("xlm-roberta-large")]
    run = {model for model, _, _ in evidence.grid.scores}
    if run & {*large}:
        return "the grid starts from XLM-R large", REPRODUCED, ()
    return f"the grid starts from {', '.join(sorted(run))}", NOT_TESTABLE, ()


def three_phases(evidence: Evidence) -> Shown:
    said = "stages `pretrain` or `fetch`, `intermediate`, `target`, `evaluate`"
    return said, REPRODUCED, ()


def nine_tasks(evidence: Evidence) -> Shown:
    names = {"anli": "anli_plus"}  # the same task with fewer rows
    alone = {names.get(one, one) for one in singles(evidence, largest(evidence))} & {*NINE}
    said = f"{len(alone)} of {len(NINE)} have run alone: {', '.join(sorted(alone))}"
    return said, REPRODUCED if len(alone) == len(NINE) else NOT_TESTABLE, ()


CLAIMS: tuple[tuple[str, str, str, Callable[[Evidence], Shown]], ...] = (
    (
        "single_task_gains",
        "SQuAD, MNLI and HellaSwag alone raise the mean over targets.",
        "+8.2, +7.5, +7.0",
        single_task_gains,
    ),
    (
        "multitask_best",
        "All nine tasks together are best.",
        "+8.7",
        multitask_best,
    ),
    (
        "retrieval_gains",
        "BUCC and Tatoeba gain with almost every recipe.",
        "no number",
        retrieval_gains,
    ),
    (
        "tydiqa_yes_xnli_no",
        "TyDiQA improves with many tasks, XNLI does not.",
        "no number",
        tydiqa_yes_xnli_no,
    ),
    (
        "best_per_target",
        "The best intermediate model for each target raises XTREME's average.",
        "+5.4",
        best_per_target,
    ),
    (
        "english_beats_alternatives",
        "English tasks alone are no worse than with multilingual masked language modelling, or "
        "with translations.",
        "no number",
        english_beats_alternatives,
    ),
    (
        "xlmr_large",
        "The starting point is XLM-R large.",
        "the model",
        xlmr_large,
    ),
    (
        "three_phases",
        "Pretraining, intermediate training, fine-tuning, then zero-shot tests.",
        "the method",
        three_phases,
    ),
    (
        "nine_tasks",
        "There are nine English intermediate tasks.",
        "9 tasks",
        nine_tasks,
    ),
)
