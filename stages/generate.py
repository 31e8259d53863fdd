"""Generate the pocket world's rows as a folder in the Hub's layout: parquet files and cards.

The later stages read it exactly as they read a mirror of the real data sets.
"""

from waystation.base.errors import UserError
from waystation.frame.stage import stage
from waystation.world.meanings import TOPICS
from waystation.world.write import write_world


def main() -> None:
    with stage(
        __doc__, options=["world"], inputs=["code"], outputs=["out"], params=["world"]
    ) as run:
        knobs = run.settings.at("world")
        if not 1 <= knobs.topics <= len(TOPICS):
            raise UserError(f"world.topics is {knobs.topics}; allowed: 1 to {len(TOPICS)}")
        count = write_world(knobs, run.outputs["out"])
        run.made = f"{count:,} rows in {len(knobs.languages)} languages"


if __name__ == "__main__":
    main()
