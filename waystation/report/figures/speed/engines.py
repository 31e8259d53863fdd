"""The speed of each engine over the first one's, as `ratios.png` shows that of recipes."""

from pathlib import Path

from waystation.report.figures.speed.ratios import draw_ratios
from waystation.report.records import Tables
from waystation.report.speed.engines import of_engines


def draw(tables: Tables, file: Path) -> None:
    draw_ratios(tables, of_engines(tables.speeds), "backend", file)
