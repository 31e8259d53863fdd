"""One picture a module: `draw(tables, file)` turns the report's tables into a PNG.

matplotlib is imported here once, without a display, with the house's look. Pictures grow with the
grid: panels wrap into lines, so that a full grid stays as legible as a small one.
"""

import math

import matplotlib
import numpy as np

matplotlib.use("Agg")
matplotlib.rcParams.update(
    {
        "figure.dpi": 110,
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.alpha": 0.25,
        "legend.frameon": False,
    }
)


def save(figure, file) -> None:
    """Write a PNG whose bytes do not depend on the library's version string."""
    from matplotlib import pyplot

    figure.savefig(file, metadata={"Software": None}, bbox_inches="tight")
    pyplot.close(figure)


def nothing(file, text: str) -> None:
    """A picture that says why there is none."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 1.5))
    axes.axis("off")
    axes.text(0.5, 0.5, text, ha="center", va="center")
    save(figure, file)


def title(figure, text: str) -> None:
    """Lay the panels out and set a title above them; inches, whatever the figure's height."""
    figure.tight_layout()
    figure.suptitle(text, y=1.0, va="bottom")


def values(rows: list[dict], key: str) -> list:
    """The values of a column, each once, in their order."""
    return list(dict.fromkeys(row[key] for row in rows))


def recipes(tables: dict[str, list[dict]], shown: list[dict]) -> list[str]:
    """The recipes that have rows to be shown, in the grid's order."""
    present = set(values(shown, "recipe"))
    return [recipe for recipe in values(tables["scores"], "recipe") if recipe in present]


def panels(count: int, columns: int, size: tuple[float, float], **shared):
    """A figure of `count` axes in lines of at most `columns`, each of a size in inches."""
    from matplotlib import pyplot

    columns = min(columns, count)
    lines = math.ceil(count / columns)
    whole = (size[0] * columns + 1.5, size[1] * lines + 0.8)
    figure, grid = pyplot.subplots(lines, columns, figsize=whole, squeeze=False, **shared)
    for axes in grid.flat[count:]:
        axes.axis("off")
    return figure, list(grid.flat[:count])


def numbers(axes, shown, colours, rows: list[str], columns: list, limits, colormap: str) -> None:
    """A table of numbers (rows, columns) on coloured squares; NaN stays empty."""
    image = axes.imshow(colours, cmap=colormap, vmin=limits[0], vmax=limits[1], aspect="auto")
    axes.grid(False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xticks(range(len(columns)), columns, fontsize=7)
    axes.set_yticks(range(len(rows)), rows, fontsize=8)
    for (line, column), value in np.ndenumerate(shown):
        if math.isnan(value):
            continue
        red, green, blue, _ = image.cmap(image.norm(colours[line][column]))
        dark = 0.3 * red + 0.6 * green + 0.1 * blue < 0.5
        style = {"ha": "center", "va": "center", "fontsize": 7, "color": "w" if dark else "k"}
        axes.text(column, line, f"{value:.0f}", in_layout=False, **style)
