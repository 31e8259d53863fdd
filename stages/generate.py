"""Generate the pocket world's rows as a folder in the Hub's layout: parquet files and cards.

The later stages read it exactly as they read a mirror of the real data sets.
"""

from waystation.frame.stage import stage
from waystation.world.write import write_world


def main() -> None:
    with stage(
        __doc__, options=["world"], inputs=["code"], outputs=["out"], params=["world"]
    ) as run:
        knobs = run.settings.at("world")
        count = write_world(knobs, run.outputs["out"])
        run.made = f"{count:,} rows in {len(knobs.languages)} languages"


if __name__ == "__main__":
    main()
