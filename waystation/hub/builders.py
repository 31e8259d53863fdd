"""The rows of a folder in the Hub's layout: `datasets` reads, what it gets wrong is mended here."""

import contextlib
import functools
import hashlib
import re
import tempfile
import warnings
from pathlib import Path

from waystation.base.errors import UserError, misfit
from waystation.text_files import hold_binary, read_text, shown

# What `datasets` raises for cards and files of other forms, beside its own errors and ValueError.
BROKEN = (KeyError, IndexError, TypeError, AttributeError, RuntimeError, OverflowError)
Stored = dict[tuple[str, str], dict]  # {(split, file): {column: Arrow type}}


def stored_columns(builder) -> Stored:
    """What the Parquet files of a configuration hold by themselves."""
    import pyarrow.parquet

    stored: Stored = {}
    for split, files in (builder.config.data_files or {}).items():
        for file in files:
            if Path(file).is_file():
                hold_binary(Path(file), "rows")
            with contextlib.suppress(OSError, pyarrow.ArrowInvalid):  # told when it is read
                schema = pyarrow.parquet.read_schema(file)
                columns = dict(zip(schema.names, schema.types, strict=True))
                stored[str(split), Path(file).name] = columns
    return stored


@functools.lru_cache(maxsize=4)
def row_builder(folder: str, config: str, cache: str | None, texts: tuple[str, ...]):
    import datasets
    import yaml

    datasets.disable_progress_bars()
    # A cache for each folder, because datasets takes two of the same card for one.
    own = hashlib.sha256(f"{folder}\0{texts}".encode()).hexdigest()[:16]
    home = Path(cache or datasets.config.HF_DATASETS_CACHE) / own
    hold_card(Path(folder) / "README.md")
    try:
        builder = datasets.load_dataset_builder(folder, config, cache_dir=str(home))
    except (yaml.YAMLError, *BROKEN) as problem:
        raise UserError(f"{folder}, configuration {config!r}: {misfit(problem)}") from None
    if hasattr(builder.config, "converters"):  # of CSV files: pandas guesses every other column
        builder.config.converters = dict.fromkeys(texts, str)
        builder.config.na_filter = False  # `NA` and `null` are text, too
        builder.config.index_col = False  # else the first of too many fields become an index
    elif hasattr(builder.config, "keep_linebreaks"):  # of plain text
        builder.config.encoding = "utf-8-sig"  # a byte-order mark is no text
    return builder


def without_scripts(folder: Path) -> str:
    """A local folder, or, where it holds loading scripts, another with links to all other files.

    Scripts are never run, and `datasets` refuses a folder that has one.
    """
    scripts = sorted(file.name for file in folder.glob("*.py"))
    if not scripts:
        return str(folder)
    from huggingface_hub import cached_assets_path

    entries = sorted(entry for entry in folder.absolute().iterdir() if entry.name not in scripts)
    own = hashlib.sha256("\n".join(map(str, entries)).encode()).hexdigest()[:16]
    home = cached_assets_path("waystation", "without-scripts", own)
    linked = home / folder.name
    if not linked.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=".") as room:
            beside = Path(room) / folder.name
            beside.mkdir()
            for entry in entries:
                (beside / entry.name).symlink_to(entry)
            with contextlib.suppress(OSError):  # another process was first
                beside.rename(linked)
        print(f"{folder}: passed over the loading script {', '.join(scripts)}", flush=True)
    return str(linked)


def hold_card(card: Path) -> None:
    """Refuse a card whose head is no YAML, or lists a configuration twice."""
    import yaml

    if not card.is_file():
        return
    head = re.match(r"---\n(.*?)\n---", read_text(card), re.DOTALL)
    try:
        stored = yaml.safe_load(head[1]) if head else {}
    except yaml.YAMLError as problem:
        raise UserError(f"{card} is not a card: {' '.join(str(problem).split())}") from None
    configs = stored.get("configs") or [] if isinstance(stored, dict) else []
    if not (isinstance(configs, list) and all(isinstance(entry, dict) for entry in configs)):
        raise UserError(f"{card}: configs should be a list of mappings, got {shown(configs)}")
    names = [entry.get("config_name") for entry in configs]
    if odd := [name for name in names if not isinstance(name, str)]:
        raise UserError(f"{card}: config_name should be a text, got {odd[0]!r}")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(f"{card}: the configuration {twice[0]!r} stands twice")
    if len(re.findall(r"^configs\s*:", head[1], re.MULTILINE) if head else ()) > 1:
        raise UserError(f"{card}: the key 'configs' stands twice")


@functools.lru_cache(maxsize=4)
def prepared_builder(folder: str, config: str, cache: str | None, texts: tuple[str, ...]):
    """A builder whose rows are prepared; several splits and languages share a configuration."""
    import datasets
    import pandas

    builder = row_builder(folder, config, cache, texts)
    try:
        with warnings.catch_warnings():  # more fields than the header has: pandas would drop them
            warnings.simplefilter("error", pandas.errors.ParserWarning)
            builder.download_and_prepare()
    except (datasets.exceptions.DatasetsError, *BROKEN) as problem:
        # Unreadable, or not the rows it announces.
        text = " ".join(str(problem.__cause__ or problem).split())
        if empty := _without_rows(builder):
            text = f"no rows in {', '.join(empty)}"
        raise UserError(f"{folder}, configuration {config!r}: {text}") from None
    return builder


def _without_rows(builder) -> list[str]:
    """ "<split> (<file>)" of every Parquet file of a configuration that holds no rows."""
    import pyarrow.parquet

    lines = []
    for split, files in (builder.config.data_files or {}).items():
        for file in files:
            with contextlib.suppress(OSError, pyarrow.ArrowInvalid):
                if not pyarrow.parquet.read_metadata(file).num_rows:
                    lines.append(f"split {str(split)!r} ({Path(file).name})")
    return lines
