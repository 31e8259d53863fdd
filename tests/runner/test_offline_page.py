"""The page of `dvc plots` that needs no network."""

import sys

from tests.conftest import ROOT, run


def test_a_folder_that_cannot_be_written_to_is_told_in_a_line(tmp_path):
    (tmp_path / "file").write_text("")
    page = tmp_path / "file" / "page.html"
    command = [sys.executable, "-m", "waystation.runner.offline_page", "--out", str(page)]
    done = run(command, ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr == f"offline_page: error: {page.parent}: File exists\n"
