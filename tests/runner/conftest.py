"""The small project that most tests of the runner start from."""

import shutil
from pathlib import Path

import pytest

from tests.runner.tiny import write


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    write(folder)
    return folder


@pytest.fixture
def project(template, tmp_path) -> Path:
    return shutil.copytree(template, tmp_path / "project")
