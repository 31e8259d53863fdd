"""What pretraining gives: `none` less `random` by language, per task and model, with intervals."""

from pathlib import Path

from waystation.languages import ENGLISH
from waystation.report.figures import intervals, values
from waystation.report.records import MEAN, Tables


def draw(tables: Tables, file: Path) -> None:
    rows = tables.pretraining
    if not rows:
        return
    lines = [language for language in values(rows, "language") if language != MEAN]
    lines.sort(key=lambda language: language != ENGLISH)  # a first task may have no English
    caption = (
        "Score of the pretrained model less that of the same model not pretrained, points;\n"
        "languages from near to far and the zero-shot mean"
    )
    models = values(rows, "model")
    intervals(rows, "difference", "language", [*lines, MEAN], models, caption, file)
