"""The grid of a suite, and what all its cells compute with."""

from waystation.params.schema import Settings

Cell = tuple[str, str]  # model, recipe


def all_cells(suite: Settings) -> tuple[Cell, ...]:
    """All (model, recipe), in the order of the parameters."""
    return tuple(
        (model, recipe)
        for model in suite.models
        for recipe in suite.all_recipes
        if recipe in suite.recipes or model in suite.extra.models
    )


def arithmetic(suite: Settings) -> dict[str, int | str]:
    """What results depend on beside their inputs; the processor's float32 goes unsaid."""
    threads: dict[str, int | str] = {"threads": suite.threads}
    if (suite.device, suite.precision) == ("cpu", "float32"):
        return threads
    return threads | {"device": suite.device, "precision": suite.precision}
