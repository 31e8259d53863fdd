"""Generate the pocket world's rows as a folder in the Hub's layout: parquet files and cards.

The later stages read it exactly as they read a mirror of the real data sets.
"""

from pathlib import Path

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
        (out / repo / "README.md").write_text(card(configs))
    return count


def write_table(out: Path, cards: dict, task, config: str, split: str, table) -> int:
    """Write one parquet file, and note it for the repository's card."""
    path = f"{config}/{split}-00000-of-00001.parquet"
    (out / task.REPO / config).mkdir(parents=True, exist_ok=True)
    table.to_parquet(out / task.REPO / path)
    cards.setdefault(task.REPO, {}).setdefault(config, {})[split] = path
    return len(table)


def card(configs: dict[str, dict[str, str]]) -> str:
    """The README with the `configs:` block from which `load_dataset` finds the files."""
    lines = ["---", "configs:"]
    for config, splits in configs.items():
        lines += [f"- config_name: {config}", "  data_files:"]
        for split, path in splits.items():
            lines += [f"  - split: {split}", f"    path: {path}"]
    return "\n".join([*lines, "---", "", "Generated rows of the pocket world.", ""])


if __name__ == "__main__":
    main()
