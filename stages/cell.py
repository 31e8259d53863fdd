"""What the cells of the grid share with what plans them: names, and the file that describes a cell.

Apart from `recipes`, so that another way of planning reruns `recipes` and just those cells whose
files it changes.
"""

from stages.command import Run, checksum, read_json
from stages.errors import UserError

CONTROLS = ("none", "random")  # recipes without training
TEXT = "text"  # the raw corpus, the task of masked language modelling
SOURCE_LANGUAGE = "en"


def read_plan(run: Run) -> dict:
    """Read a cell's file, and make sure that the rows are and stay those that it names."""
    file, folder = run.inputs["plan"], run.inputs["tasks"]
    plan = read_json(file)
    for name, expected in plan["files"].items():
        path = folder / name
        if not path.is_file() or checksum(path) != expected:
            raise UserError(f"{path} is not what {file} was made from; run `dvc repro`")
    run.guard({str(folder / name): expected for name, expected in plan["files"].items()})
    return plan
