"""Write rows as a data set in the Hub's layout: parquet files, and a card that names them."""

from collections.abc import Iterable
from pathlib import Path

from stages.command import remove

PARQUET = "{config}/{split}-00000-of-00001.parquet"


def write_table(folder: Path, cards: dict, config: str, split: str, table) -> None:
    """Write one `datasets.Dataset`, and note it for the card."""
    path = PARQUET.format(config=config, split=split)
    (folder / config).mkdir(parents=True, exist_ok=True)
    table.to_parquet(folder / path)
    cards.setdefault(config, {})[split] = path


def card(configs: dict[str, dict[str, str]], text: str) -> str:
    """The README with the `configs:` block from which `load_dataset` finds the files."""
    lines = ["---", "configs:"]
    for config, splits in configs.items():
        lines += [f"- config_name: {config}", "  data_files:"]
        for split, path in splits.items():
            lines += [f"  - split: {split}", f"    path: {path}"]
    return "\n".join([*lines, "---", "", text, ""])


def write(out: Path, tables: Iterable[tuple[str, str, list[dict]]], text: str) -> None:
    """Write a whole folder of tables (configuration, split, rows), or nothing."""
    import datasets

    datasets.disable_progress_bars()
    beside = out.with_name(f".{out.name}.partial")
    remove(beside)
    beside.mkdir(parents=True)
    cards: dict[str, dict[str, str]] = {}
    for config, split, rows in tables:
        write_table(beside, cards, config, split, datasets.Dataset.from_list(rows))
    (beside / "README.md").write_text(card(cards, text))
    remove(out)
    beside.rename(out)
