"""The page of a report: by itself, and in a browser where there is one."""

import html
import json
import re
import shutil
import subprocess

import pytest

from tests.conftest import FULL
from waystation.params.load import load_settings
from waystation.report.records import Tables
from waystation.studies import page

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
WIDE = "| what | " + " | ".join(f"column {i}" for i in range(14)) + " |\n"
WIDE += "| --- " * 15 + "|\n" + "| `e5-small/sequential/reading_first/8` " * 15 + "|\n"
LOOKED_AT = """
<div id="told"></div><iframe id="page" style="width: WIDTHpx; height: 900px"></iframe>
<script>
const errors = [], frame = document.getElementById("page");
window.addEventListener("error", event => errors.push(event.message));
frame.addEventListener("load", () => {
  const inner = frame.contentDocument, view = frame.contentWindow;
  const boxes = [...inner.body.children].map(one => one.getBoundingClientRect());
  const images = [...inner.images];
  document.getElementById("told").textContent = JSON.stringify({
    errors,
    requests: view.performance.getEntriesByType("resource").length,
    drawn: images.filter(one => one.complete && one.naturalWidth > 0).length,
    images: images.length,
    beyond: inner.documentElement.scrollWidth - inner.documentElement.clientWidth,
    overlapping: boxes.filter((box, i) => i && box.top < boxes[i - 1].bottom - 1).length,
  });
});
frame.srcdoc = SOURCE;
</script>
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    from matplotlib import pyplot

    folder = tmp_path_factory.mktemp("plots")
    for name in ("means", "retention"):
        figure = pyplot.figure(figsize=(12, 3))
        figure.savefig(folder / f"{name}.png")
        pyplot.close(figure)
    parts = {"Answers": "**1. Why?** Yes.\n\n" + WIDE, "Tables": "1 < 2 <script>alert(1)</script>"}
    return page.page(load_settings(FULL), Tables(), parts, folder)


def test_answers_come_first_and_pictures_are_inside(made):
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", made)
    assert headings == ["Answers", "Pictures", "Tables", "Run a cell again"]
    assert made.count("data:image/png;base64,") == 2
    assert "What every recipe scores" in made
    assert not re.search(r"(src|href)=.(http|//)", made)
    assert "<script" not in made  # a text that looks like one stays text
    assert "1 &lt; 2 &lt;script&gt;" in made
    for name in headings:
        assert f'href="#{page.anchor(name)}"' in made


@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_draws_all_and_asks_nobody(made, width, tmp_path):
    if BROWSER is None:
        pytest.skip("chromium is not installed")
    source = json.dumps(made).replace("</", "<\\/")
    harness = LOOKED_AT.replace("WIDTH", str(width)).replace("SOURCE", source)
    (tmp_path / "harness.html").write_text(harness, encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
    flags += ["--disable-background-networking", "--disable-component-update"]
    flags += [f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000"]
    command = [BROWSER, *flags, "--dump-dom", f"file://{tmp_path}/harness.html"]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    told = json.loads(html.unescape(re.search(r'<div id="told">(.*?)</div>', dom)[1]))
    assert told == {
        "errors": [],
        "requests": 0,
        "drawn": 2,
        "images": 2,
        "beyond": 0,
        "overlapping": 0,
    }
