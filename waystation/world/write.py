"""Write the generated world as a folder in the Hub's layout."""

from pathlib import Path

from waystation.base.progress import progress
from waystation.hub import layout
from waystation.params import schema
from waystation.world import corpus, grammar, spoken_rows
from waystation.world.meanings import World
from waystation.world.spoken_rows import SpokenTable


def write_world(knobs: schema.World, out: Path) -> int:
    """Write all tables; return how many rows there are."""
    import datasets

    datasets.disable_progress_bars()
    world = World(knobs.seed, knobs.topics)
    spoken = grammar.build(knobs.languages, knobs.seed)
    drawn = spoken_rows.draw_meanings(world, spoken["en"], knobs.seed, knobs.rows)
    cards: dict[str, dict[str, dict[str, str]]] = {}
    count = 0
    for table in spoken_rows.tables(
        spoken, drawn, knobs.seed, knobs.translated, knobs.translation_noise
    ):
        count += write_table(out, cards, table)
    for code in progress(spoken, len(spoken), "corpus", "languages"):
        documents = corpus.documents(
            world,
            code,
            spoken,
            knobs.documents,
            knobs.dialogues,
            knobs.code_mix,
            knobs.seed,
            spoken_rows.held_out(drawn, spoken[code]),
        )
        count += write_table(out, cards, spoken_rows.text_table(code, documents))
    for repository, configs in cards.items():
        card = layout.card(configs, "Generated rows of the pocket world.")
        (out / repository / "README.md").write_text(card)
    return count


def write_table(out: Path, cards: dict, table: SpokenTable) -> int:
    """Write one table as a parquet file of its repository; how many rows it has."""
    folder, card = out / table.repository, cards.setdefault(table.repository, {})
    table.rows.to_parquet(folder / layout.note(folder, card, table.config, table.split))
    return len(table.rows)
