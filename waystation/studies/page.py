"""The report of a suite as one HTML page: no network, no script, light and dark, phone and desk.

Answers come first, then the claims, the pictures, the tables, and how to run any cell again.
"""

import base64
import html
import importlib
import inspect
import re
from pathlib import Path

from markdown_it import MarkdownIt

from waystation.params.schema import Settings
from waystation.report import figures
from waystation.report.records import Tables

# Levels first, then gains, then why, then what answers cost.
PICTURES = (
    *("means", "heatmap", "languages", "gains", "learned", "sequence"),
    *("size", "larger", "pretraining", "retention", "alignment"),
    *("ratios", "engines", "latency", "throughput", "pareto"),
)
STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1, h2, h3 { line-height: 1.2; }
figure { margin: 1.5rem 0; }
img { max-width: 100%; height: auto; background: white; padding: 0.25rem; box-sizing: border-box; }
@media (max-width: 45rem) { figure { overflow-x: auto; } img { max-width: none; width: 60rem; } }
.table { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent);
  padding: 0.2rem 0.6rem; text-align: left; vertical-align: top; }
code { font-size: 0.95em; overflow-wrap: anywhere; }
pre { overflow-x: auto; font-size: 0.8rem; line-height: 1.35; }
a { overflow-wrap: anywhere; }
"""


def page(suite: Settings, tables: Tables, parts: dict[str, str], folder: Path) -> str:
    """The whole page; `parts` {heading: Markdown}, `folder` has the pictures."""
    title = f"{suite.suite}: English intermediate-task training of a multilingual encoder"
    first, *others = parts
    headings = [first, "Pictures", *others, "Run a cell again"]
    links = " · ".join(f'<a href="#{anchor(name)}">{html.escape(name)}</a>' for name in headings)
    body = [
        f"<h1>{html.escape(title)}</h1>",
        f"<p>{facts(suite, tables)}</p>",
        f"<nav>{links}</nav>",
    ]
    body.append(section(first, rendered(parts[first])))
    body.append(section("Pictures", pictures(folder)))
    body += [section(heading, rendered(parts[heading])) for heading in others]
    body.append(section("Run a cell again", rendered(again(suite))))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def anchor(heading: str) -> str:
    return re.sub(r"\W+", "-", heading.lower()).strip("-")


def section(heading: str, content: str) -> str:
    return f'<h2 id="{anchor(heading)}">{html.escape(heading)}</h2>\n{content}'


def facts(suite: Settings, tables: Tables) -> str:
    """Models, seeds, and the machine that measured, in a line."""
    known = [
        f"models: {', '.join(suite.models)}",
        f"recipes: {len(suite.all_recipes)}",
        f"fine-tuning seeds: {len(suite.seeds)}",
    ]
    if tables.measurements:
        first = tables.measurements[0]
        known.append(f"speeds: {first.processor}, {first.cores} cores, {first.device}")
    return html.escape("; ".join(known))


def rendered(text: str) -> str:
    """Markdown as HTML; wide tables scroll by themselves."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return made.replace("<table>", '<div class="table"><table>').replace(
        "</table>", "</table></div>"
    )


def pictures(folder: Path) -> str:
    """All pictures that were drawn, inside the page, each with what its module says of it."""
    modules = figures.modules()
    return "\n".join(
        picture(file, modules[name])
        for name in PICTURES
        for file in (folder / f"{name}.png", *sorted(folder.glob(f"{name}-*.png")))
        if file.is_file()
    )


def picture(file: Path, module: str) -> str:
    caption = inspect.getdoc(importlib.import_module(module)) or file.stem
    caption = html.escape(caption.partition("\n\n")[0])
    data = base64.b64encode(file.read_bytes()).decode()
    image = f'<img src="data:image/png;base64,{data}" alt="{caption}">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def again(suite: Settings) -> str:
    """The commands that lead from a number back to its cell."""
    file = Path(suite.file).with_name("dvc.yaml")
    model, recipe = next(iter(suite.models)), suite.recipes[-1]
    group = next(iter(suite.target.groups))
    return f"""A cell is a model, a recipe and a group of targets. The scores of a cell stand in
`metrics/{suite.suite}/scores/GROUP/MODEL/RECIPE.json`, its predictions in
`data/{suite.suite}/predictions/`; `git log -1 -- metrics/{suite.suite}` names the commit.

```
python -m waystation run --suite-file {file} 'evaluate*@{group}-{model}-{recipe}'
python -m waystation study NAME --suite-file {file}
python -m waystation why --suite-file {file}
```

All numbers of this page stand in `plots/{suite.suite}/*.csv`, those of the answers in
`metrics/{suite.suite}/studies/`.
"""
