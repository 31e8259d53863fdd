"""What pretraining gives: `none` less `random` by language, per task and model, with intervals."""

from pathlib import Path

from waystation.languages import ENGLISH
from waystation.report.differences import MEAN
from waystation.report.figures import FILLED, intervals, nothing, values


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    rows = tables["pretraining"]
    if not rows:
        return nothing(file, "the model without pretraining has not run beside the pretrained one")
    lines = [language for language in values(rows, "language") if language != MEAN]
    lines.sort(key=lambda language: language != ENGLISH)  # a first task may have no English
    caption = (
        "Score of the pretrained model less that of the same model not pretrained, points;\n"
        f"languages from near to far and the zero-shot mean; {FILLED}"
    )
    models = values(rows, "model")
    return intervals(rows, "difference", "language", [*lines, MEAN], models, caption, file)
