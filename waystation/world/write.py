"""Write the generated world as a folder in the Hub's layout."""

from pathlib import Path

from waystation.base.progress import progress
from waystation.hub import layout
from waystation.params import schema
from waystation.world import corpus, grammar, spoken_rows
from waystation.world.meanings import World


def write_world(knobs: schema.World, out: Path) -> int:
    """Write all tables; return how many rows there are."""
    import datasets

    datasets.disable_progress_bars()
    world = World(knobs.seed, knobs.topics)
    spoken = grammar.build(knobs.languages, knobs.seed)
    drawn = spoken_rows.draw_meanings(world, spoken["en"], knobs.seed, knobs.rows)
    cards: dict[str, dict[str, dict[str, str]]] = {}
    count = 0
    for task, config, split, table in spoken_rows.tables(
        spoken, drawn, knobs.seed, knobs.translated, knobs.translation_noise
    ):
        count += write_table(out, cards, task, config, split, table)
    for code in progress(spoken, len(spoken), "corpus", "languages"):
        texts = corpus.documents(
            world,
            code,
            spoken,
            knobs.documents,
            knobs.dialogues,
            knobs.code_mix,
            knobs.seed,
            spoken_rows.held_out(drawn, spoken[code]),
        )
        task, table = spoken_rows.text_table(texts)
        count += write_table(out, cards, task, task.config(code), "train", table)
    for repo, configs in cards.items():
        card = layout.card(configs, "Generated rows of the pocket world.")
        (out / repo / "README.md").write_text(card)
    return count


def write_table(out: Path, cards: dict, task, config: str, split: str, table) -> int:
    """Write one table as a parquet file of its repository; how many rows it has."""
    folder = out / task.REPO
    table.to_parquet(folder / layout.note(folder, cards.setdefault(task.REPO, {}), config, split))
    return len(table)
