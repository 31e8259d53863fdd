"""Retrieval by the encoders alone, sentence by sentence, so that two encoders are paired.

`align` keeps of some measures which sentences find their own translation, layer by layer. An
encoder was trained once: intervals run over sentences, none covers the training.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from waystation.grid.cells import Cell, all_cells
from waystation.grid.names import CONTROLS
from waystation.params.schema import Settings
from waystation.report import intervals
from waystation.report.records import Retention
from waystation.report.scores import Result, in_order, mean
from waystation.text_files import in_form, read_json

MEASURES = ("margin_to_english", "centred_to_english")  # of the table `retention`
ONE_RUN = "0"  # stands for the only training, where results have seeds


@dataclass(frozen=True)
class Retrieved:
    """One task of one encoder: `right` {language: {measure: a text of 1 and 0 a layer}}."""

    protocol_layer: int
    right: dict[str, dict[str, list[str]]]
    resamples: int

    @cached_property
    def languages(self) -> list[str]:
        return [*self.right]

    @cached_property
    def depth(self) -> int:
        """The number of the last layer; the embeddings are layer 0."""
        measures = next(iter(self.right.values()))
        return len(next(iter(measures.values()))) - 1

    def n(self) -> int:
        """The smallest number of sentences of a language."""
        measures = self.right.values()
        return min(len(layers[0]) for language in measures for layers in language.values())

    def mean(self, measure: str, layer: int | None = None) -> Result:
        """The mean accuracy over languages at a layer, the protocol's if none is given."""
        place = self.protocol_layer if layer is None else layer
        return mean([self.language(code, measure, place) for code in self.languages])

    def language(self, code: str, measure: str, layer: int) -> Result:
        """The accuracy in one language, in percent."""
        right = np.array([*self.right[code][measure][layer]], float)
        points = np.stack([right, np.ones_like(right)], -1)[None]
        score = 100 * float(right.mean())
        return Result(score, intervals.replicates(points, self.resamples), {ONE_RUN: score})


Retrieval = dict[Cell, dict[str, Retrieved]]  # by encoder and task


def read_retrieval(suite: Settings, align: Path) -> Retrieval:
    """What the files of `align` say; a file of an older run says nothing."""
    read: Retrieval = {}
    for model, recipe in all_cells(suite):
        file = align / model / f"{recipe}.json"
        if file.is_file():
            with in_form(file):
                read[model, recipe] = tasks_of(read_json(file, dict), suite)
    return read


def tasks_of(measures: dict, suite: Settings) -> dict[str, Retrieved]:
    """The retrieval tasks of one encoder that have single sentences."""
    found = {}
    for task, languages in measures["tasks"].items():
        right = {
            code: languages[code]["right"]
            for code in in_order(languages, suite)
            if "right" in languages[code]
        }
        if right:
            layer = measures["protocol_layer"]
            found[task] = Retrieved(layer, right, suite.report.resamples)
    return found


def ratio(after: Result, before: Result) -> Result:
    """After over before in percent, resample by resample; `before` is above zero."""
    kept = 100 * after.score / before.score
    replicates = 100 * after.replicates / np.maximum(before.replicates, 1e-9)
    return Result(kept, replicates, {ONE_RUN: kept})


def retention_rows(retrieval: Retrieval, suite: Settings) -> list[Retention]:
    """A row a trained encoder, task, measure and layer, beside the baseline's encoder."""
    rows, baseline = [], suite.report.baseline
    for (model, recipe), tasks in retrieval.items():
        before = retrieval.get((model, baseline), {})
        if recipe in {*CONTROLS, baseline}:
            continue
        for task, after in tasks.items():
            if task in before:
                names = {"model": model, "recipe": recipe, "task": task}
                rows += layer_rows(names, after, before[task])
    return rows


def layer_rows(names: dict[str, str], after: Retrieved, before: Retrieved) -> list[Retention]:
    rows = []
    for measure in MEASURES:
        for layer in range(after.depth + 1):
            score, base = (one.mean(measure, layer) for one in (after, before))
            if base.score:
                row = Retention(
                    **names,
                    measure=measure,
                    protocol_layer=after.protocol_layer,
                    layer=layer,
                    relative_depth=layer / after.depth,
                    score=score.estimate(),
                    difference=(score - base).difference(),
                    retained=ratio(score, base).difference(),
                    n=after.n(),
                    languages=len(after.languages),
                )
                rows.append(row)
    return rows
