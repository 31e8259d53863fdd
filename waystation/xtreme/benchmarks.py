"""What XTREME and XTREME-R consist of: tasks, languages, groups, averages.

Hu et al. 2020 and Ruder et al. 2021, as their evaluator has them (evaluate.py of
google-research/xtreme at 838c13b6). The languages stand in its order, in which it adds them up.

Two of its lists for XTREME-R cannot be meant so, and differ here:
- LAReQA has no languages there, no reader and no metric, so that a score over all tasks never
  comes about. Here it is a retrieval task in the languages of XQuAD-R, in Mewsli-X's file format.
- XCOPA stands in a group `multi_choice` too, which only chooses its files' extension. Here it
  counts as classification alone, as in the paper.
"""

from dataclasses import dataclass

EXTENSIONS = {"choices": "jsonl", "answers": "json", "rankings": "json", "entities": "json"}


@dataclass(frozen=True)
class Task:
    """How a task's files are read (a module-level function of `waystation.xtreme.label_files`) and
    scored."""

    form: str
    metric: str
    languages: tuple[str, ...]

    @property
    def extension(self) -> str:
        return EXTENSIONS.get(self.form, "tsv")


@dataclass(frozen=True)
class Benchmark:
    tasks: dict[str, Task]
    groups: dict[str, tuple[str, ...]]


def _task(form: str, metric: str, languages: str) -> Task:
    return Task(form, metric, tuple(languages.split()))


PANX = (
    "ar he vi id jv ms tl eu ml ta te af nl en de el bn hi mr ur fa fr it pt es bg ru ja ka ko th "
    "sw yo my zh kk tr et fi hu"
)
UDPOS = (
    "af ar bg de el en es et eu fa fi fr he hi hu id it ja kk ko mr nl pt ru ta te th tl tr ur vi "
    "yo zh"
)
TATOEBA = (
    "ar he vi id jv tl eu ml ta te af nl de el bn hi mr ur fa fr it pt es bg ru ja ka ko th sw zh "
    "kk tr et fi hu"
)
XQUAD = "en es de el ru tr ar vi th zh hi"

XNLI = _task("labels", "accuracy", "ar bg de el en es fr hi ru sw th tr ur vi zh")
MLQA = _task("answers", "mlqa", "en es de ar hi vi zh")
TYDIQA = _task("answers", "squad", "en ar bn fi id ko ru sw te")

XTREME = Benchmark(
    tasks={
        "pawsx": _task("labels", "accuracy", "de en es fr ja ko zh"),
        "xnli": XNLI,
        "panx": _task("tags", "span_f1", PANX),
        "udpos": _task("tags", "span_f1", UDPOS),
        "bucc2018": _task("pairs", "pair_f1", "de fr ru zh"),
        "tatoeba": _task("places", "accuracy", TATOEBA),
        "xquad": _task("answers", "squad", XQUAD),
        "mlqa": MLQA,
        "tydiqa": TYDIQA,
    },
    groups={
        "classification": ("pawsx", "xnli"),
        "tagging": ("udpos", "panx"),
        "qa": ("xquad", "mlqa", "tydiqa"),
        "retrieval": ("bucc2018", "tatoeba"),
    },
)

XTREME_R = Benchmark(
    tasks={
        "xnli": XNLI,
        "panx": _task("tags", "span_f1", f"{PANX} qu pl uk az lt pa gu ro"),
        "udpos": _task("tags", "span_f1", f"{UDPOS} lt pl uk wo ro"),
        "tatoeba": _task("places", "accuracy", f"{TATOEBA} az lt pl uk ro"),
        "xcopa": _task("choices", "accuracy", "et ht id it qu sw ta th tr vi zh"),
        "lareqa": _task("rankings", "map_at_20", "ar de el en es hi ru th tr vi zh"),
        "mewslix": _task("entities", "map_at_20", "ar de en es fa ja pl ro ta tr uk"),
        "xquad": _task("answers", "squad", f"{XQUAD} ro"),
        "mlqa": MLQA,
        "tydiqa": TYDIQA,
    },
    groups={
        "classification": ("xnli", "xcopa"),
        "tagging": ("udpos", "panx"),
        "qa": ("xquad", "mlqa", "tydiqa"),
        "retrieval": ("tatoeba", "mewslix", "lareqa"),
    },
)

OVERALL = "overall"  # the average over all tasks
BENCHMARKS = {"xtreme": XTREME, "xtreme-r": XTREME_R}


def averages(benchmark: Benchmark, languages: dict[str, dict[str, dict[str, float]]]) -> dict:
    """From {task: {language: {metric: score}}} what `waystation.commands.score` writes.

    A task's scores are means over its languages, English included; its one score is that of
    `task_score`. A group's score is the mean over its tasks, the overall score that over all
    tasks, not over groups. A group of which a task is missing is left out; then the overall score
    is None.
    """
    tasks = {}
    for name, by_language in languages.items():
        means = {}
        for metric in next(iter(by_language.values())):
            means[metric] = mean(
                [by_language[code][metric] for code in benchmark.tasks[name].languages]
            )
        tasks[name] = {"languages": by_language} | means
    scores = {name: task_score(entry) for name, entry in tasks.items()}
    groups = {
        group: mean([scores[name] for name in names])
        for group, names in benchmark.groups.items()
        if set(names) <= set(scores)
    }
    complete = set(scores) == set(benchmark.tasks)
    overall = mean([scores[name] for name in benchmark.tasks]) if complete else None
    return {"tasks": tasks, "groups": groups, "overall": overall}


def task_score(entry: dict) -> float:
    """The mean of exact match and F1 where there is an exact match, else the main metric."""
    if "exact_match" in entry:
        return (entry["exact_match"] + entry["f1"]) / 2
    return next(entry[name] for name in ("f1", "accuracy", "map@20") if name in entry)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
