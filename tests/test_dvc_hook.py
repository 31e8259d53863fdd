"""What `make setup` adds to the environment: DVC's commands record stages as `stages.run` does."""

import subprocess
import sys
from pathlib import Path

import pytest

from stages import dvc_hook
from tests.conftest import ROOT

ASK = "import sys; from dvc.dvcfile import Lockfile; print(Lockfile.dump_stages.__module__)"
OURS, DVCS = "dvc_lock_file", "dvc.dvcfile"


def answer(code: str, folder: Path, *options: str) -> str:
    command = [sys.executable, *options, "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


def test_every_python_of_the_environment_changes_dvc(tmp_path):
    if not dvc_hook.place().is_file():
        pytest.skip("this environment was not made by `make setup`")
    assert answer(ASK, tmp_path) == OURS


@pytest.mark.parametrize(("root", "found"), [(ROOT, OURS), (Path("/gone"), DVCS)])
def test_the_file_does_nothing_where_the_project_is_gone(tmp_path, root, found):
    """Asked of a Python that has not read the environment's own."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "hook.pth").write_text(dvc_hook.line(root / "stages/dvc_hook.py"))
    packages = [path for path in sys.path if path.endswith("-packages")]
    code = f"import site, sys; sys.path += {packages}; site.addsitedir({str(site)!r}); {ASK}"
    assert answer(code, tmp_path, "-I", "-S") == found
    # The name `stages` is left to the project in which a command runs.
    assert answer(f"{code}; print('stages' in sys.modules)", tmp_path, "-I", "-S")[-5:] == "False"
