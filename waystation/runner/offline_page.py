"""Write the page template with which `dvc plots` works without a network.

DVC's own page loads Vega from the web and stays blank offline. This one carries the library, taken
from the installed vl-convert-python. `.dvc/config` names it as `plots.html_template`.
"""

import argparse
from pathlib import Path

import vl_convert

from waystation.base.errors import one_line

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>dvc plots</title>
{refresh_tag}
<script>%s</script>
<style>body { font-family: sans-serif; margin: 2em; } table { border-spacing: 1em 0.3em; }</style>
</head>
<body>
{plot_divs}
</body>
</html>
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the template to write")
    out = parser.parse_args().out
    # The stub says that a snippet is needed; there is a default.
    library = vl_convert.javascript_bundle()  # type: ignore[call-arg]
    library = library.replace("</script>", "<\\/script>")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(PAGE.replace("%s", library), encoding="utf-8")
    except OSError as problem:
        raise SystemExit(f"offline_page: error: {one_line(problem)}") from None


if __name__ == "__main__":
    main()
