"""The measures of the encoders themselves: columns, units, names, and where the report shows them.

Other modules of the report read these lists and hold none of their own.
"""

from dataclasses import dataclass

PRINTED, RESULTS, FIGURE, SUMMARY = "printed", "results", "figure", "summary"

POOLINGS = {"": "all tokens", "no_special_": "no special tokens"}  # by the prefix of a column


@dataclass(frozen=True)
class Measure:
    """A column of the table `alignment`, `mining` or `identity`.

    `label` heads a column of `results.md` and a panel of the figure, `short` a column of the
    printed table; {} stands for the task. `unit` is percent, or similarity (from 0 to 1). `count`
    is the column with the number of pairs or sentences of a language.
    """

    table: str
    column: str
    label: str
    short: str
    unit: str
    count: str
    shown: tuple[str, ...]

    @property
    def whole(self) -> int:
        """The value of a perfect encoder."""
        return 100 if self.unit == "percent" else 1

    @property
    def digits(self) -> int:
        """Decimals in a printed table."""
        return 1 if self.unit == "percent" else 2

    @property
    def is_accuracy(self) -> bool:
        """Whether each pair is right or wrong by itself; an F1 is over all pairs together."""
        return self.count == "n"


MEASURES = (
    Measure(
        "alignment",
        "margin_to_english_percent",
        label="{}, all tokens",
        short="{} all",
        unit="percent",
        count="n",
        shown=(PRINTED, RESULTS, FIGURE, SUMMARY),
    ),
    Measure(
        "alignment",
        "unshared_margin_to_english_percent",
        label="{}, unshared tokens",
        short="{} unshared",
        unit="percent",
        count="n",
        shown=(PRINTED, RESULTS, FIGURE, SUMMARY),
    ),
    Measure(
        "mining",
        "f1_percent",
        label="{}, mining F1",
        short="{} F1",
        unit="percent",
        count="n_gold",
        shown=(PRINTED, RESULTS, FIGURE),
    ),
    Measure(
        "mining",
        "unshared_f1_percent",
        label="{}, mining F1, unshared tokens",
        short="{} F1 unshared",
        unit="percent",
        count="n_gold",
        shown=(PRINTED, RESULTS),
    ),
    Measure(
        "alignment",
        "cka_to_english",
        label="{}, CKA with English",
        short="{} CKA",
        unit="similarity",
        count="n",
        shown=(PRINTED, FIGURE),
    ),
    Measure(
        "alignment",
        "cka_to_pretrained",
        label="{}, CKA with pretrained",
        short="{} kept",
        unit="similarity",
        count="n",
        shown=(PRINTED, FIGURE),
    ),
    Measure(
        "identity",
        "accuracy_percent",
        label="identity",
        short="identity",
        unit="percent",
        count="n",
        shown=(PRINTED,),
    ),
)


@dataclass(frozen=True)
class ProtocolMeasure:
    """XTREME's measure of one kind of task, taken at the layer of the original protocol.

    `key` holds that kind's tasks in the files of `align`. `report.reference` calls the measure
    `published`. `sentences` names the results of single sentences, where there are any.
    """

    key: str
    table: str
    column: str
    label: str
    published: str
    sentences: str | None = None


PROTOCOL_MEASURES = (
    ProtocolMeasure(
        "tasks",
        "alignment",
        "cosine_from_english_percent",
        label="cosine from English",
        published="accuracy",
        sentences="cosine_from_english",
    ),
    ProtocolMeasure("mining", "mining", "f1_percent", label="F1", published="f1"),
)


def shown(where: str) -> list[Measure]:
    """The measures that the report shows there, in their order."""
    return [measure for measure in MEASURES if where in measure.shown]


def columns(table: str) -> tuple[str, ...]:
    """The columns of a table's measures."""
    return tuple(measure.column for measure in MEASURES if measure.table == table)
