"""Gain of every recipe over the baseline, per task and model, with 95 % intervals."""

from pathlib import Path

from stages.figures import nothing, panels, recipes, save, title, values

PANELS = 5  # side by side


def draw(tables: dict[str, list[dict]], file: Path) -> None:
    rows = [row for row in tables["gains"] if row.get("gain") is not None]
    shown = [row for row in rows if (row["gain"], row["low"], row["high"]) != (0.0, 0.0, 0.0)]
    if not shown:
        return nothing(file, "no recipe beside the baseline has run")
    tasks, models, names = values(shown, "task"), values(shown, "model"), recipes(tables, shown)
    size = (2.4, 0.065 * len(names) * (1 + len(models)) + 0.8)
    figure, grid = panels(len(tasks), PANELS, size, sharey=True)
    for axes, task in zip(grid, tasks, strict=True):
        for index, model in enumerate(models):
            found = [r for r in shown if (r["task"], r["model"]) == (task, model)]
            shift = ((index + 0.5) / len(models) - 0.5) * 0.7
            draw_points(axes, found, [names.index(r["recipe"]) + shift for r in found], index)
        axes.axvline(0, color="0.2", linewidth=0.8)
        axes.set_title(task)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_yticks(range(len(names)), names, fontsize=8)
    for index, model in enumerate(models):
        grid[0].plot([], [], "o", color=f"C{index}", label=model)
    title(figure, "Gain in zero-shot score over no intermediate training, points")
    figure.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return save(figure, file)


def draw_points(axes, rows: list[dict], places: list[float], index: int) -> None:
    """Points with intervals; an open circle where the interval holds zero."""
    colour = f"C{index}"
    lows, highs = ([row[key] for row in rows] for key in ("low", "high"))
    axes.hlines(places, lows, highs, color=colour, linewidth=1)
    clear = [row["low"] > 0 or row["high"] < 0 for row in rows]
    style = {"s": 16, "edgecolors": colour, "linewidths": 1, "zorder": 3}
    axes.scatter(
        [row["gain"] for row in rows], places, c=[colour if c else "w" for c in clear], **style
    )
