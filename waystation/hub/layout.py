"""Write rows as a data set in the Hub's layout: parquet files, and a card that names them."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from waystation.base.errors import MISSHAPEN, UserError, misfit
from waystation.base.progress import progress
from waystation.files import whole

PARQUET = "{config}/{split}-00000-of-00001.parquet"
BATCH = 10_000  # rows


def note(folder: Path, cards: dict, config: str, split: str) -> str:
    """Note a table for the card; returns where its file goes, below the folder."""
    path = PARQUET.format(config=config, split=split)
    (folder / config).mkdir(parents=True, exist_ok=True)
    cards.setdefault(config, {})[split] = path
    return path


def card(configs: dict[str, dict[str, str]], text: str) -> str:
    """The README with the `configs:` block from which `load_dataset` finds the files."""
    lines = ["---", "configs:"]
    for config, splits in configs.items():
        lines += [f"- config_name: {config}", "  data_files:"]
        for split, path in splits.items():
            lines += [f"  - split: {split}", f"    path: {path}"]
    return "\n".join([*lines, "---", "", text, ""])


def write(out: Path, tables: Iterable[tuple[str, str, Iterable[dict]]], text: str) -> None:
    """Write a whole folder of tables (configuration, split, rows), or nothing; row by row."""
    from pyarrow import ArrowException

    with whole(out) as beside:
        beside.mkdir()
        cards: dict[str, dict[str, str]] = {}
        for config, split, rows in tables:
            path = note(beside, cards, config, split)
            try:
                write_rows(beside / path, progress(rows, None, f"{config}, {split}", "rows"))
            except (*MISSHAPEN, ArrowException) as problem:
                where = f"{config}, {split}: the source is not in the form that --help shows"
                raise UserError(f"{where}: {misfit(problem)}") from None
        (beside / "README.md").write_text(card(cards, text), encoding="utf-8")


def write_rows(file: Path, rows: Iterable[dict]) -> None:
    """Write a parquet file of rows that need not fit into memory, all of the first ones' types."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    waiting = iter(rows)
    table = pa.Table.from_pylist(list(islice(waiting, BATCH)))
    with ParquetWriter(file, table.schema) as writer:
        while len(table):
            writer.write_table(table)
            table = pa.Table.from_pylist(list(islice(waiting, BATCH)), table.schema)
