"""Gain of every recipe over the baseline, per task and model, with 95 % intervals."""

from pathlib import Path

from waystation.report.figures import FILLED, intervals, nothing, recipes, values


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    rows = [row for row in tables["gains"] if row.get("gain") is not None]
    zero = {"gain": 0.0, "low": 0.0, "high": 0.0}
    others = {row["recipe"] for row in rows if row | zero != row}  # than the baseline
    shown = [row for row in rows if row["recipe"] in others]
    if not shown:
        return nothing(file, "no recipe beside the baseline has run")
    caption = f"Gain in zero-shot score over no intermediate training, points; {FILLED}"
    lines = recipes(tables, shown)
    return intervals(shown, "gain", "recipe", lines, values(shown, "model"), caption, file)
