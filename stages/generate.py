"""Generate the pocket world's rows as a folder in the Hub's layout: parquet files and cards.

The later stages read it exactly as they read a mirror of the real data sets.
"""

from pathlib import Path

from stages import hub_layout
from stages.command import stage
from stages.errors import UserError
from stages.pocket import corpus, languages, rows
from stages.pocket.meanings import TOPICS, World
from stages.progress import progress


def main() -> None:
    with stage(
        __doc__, options=["world"], inputs=["code"], outputs=["out"], params=["world"]
    ) as run:
        knobs = run.settings.world
        if not 1 <= knobs.topics <= len(TOPICS):
            raise UserError(f"world.topics is {knobs.topics}; allowed: 1 to {len(TOPICS)}")
        count = write_world(knobs, run.outputs["out"])
        run.made = f"{count:,} rows in {len(knobs.languages)} languages"


def write_world(knobs, out: Path) -> int:
    """Write all tables; return how many rows there are."""
    import datasets

    datasets.disable_progress_bars()
    world = World(knobs.seed, knobs.topics)
    spoken = languages.build(knobs.languages, knobs.seed)
    drawn = rows.draw_meanings(world, spoken["en"], knobs.seed, knobs.rows)
    cards: dict[str, dict[str, dict[str, str]]] = {}
    count = 0
    for task, config, split, table in rows.tables(
        spoken, drawn, knobs.seed, knobs.translated, knobs.translation_noise
    ):
        count += write_table(out, cards, task, config, split, table)
    for code in progress(spoken, len(spoken), "corpus", "languages"):
        told = corpus.documents(
            world,
            code,
            spoken,
            knobs.documents,
            knobs.dialogues,
            knobs.code_mix,
            knobs.seed,
            rows.held_out(drawn, spoken[code]),
        )
        task, table = rows.text_table(told)
        count += write_table(out, cards, task, task.config(code), "train", table)
    for repo, configs in cards.items():
        told = hub_layout.card(configs, "Generated rows of the pocket world.")
        (out / repo / "README.md").write_text(told)
    return count


def write_table(out: Path, cards: dict, task, config: str, split: str, table) -> int:
    """Write one table as a parquet file of its repository; how many rows it has."""
    folder = out / task.REPO
    table.to_parquet(
        folder / hub_layout.note(folder, cards.setdefault(task.REPO, {}), config, split)
    )
    return len(table)


if __name__ == "__main__":
    main()
