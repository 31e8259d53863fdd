"""`python -m waystation`: it names its commands, and theirs name what they take."""

import shutil
import signal
import subprocess
import sys
import tomllib

import pytest
import yaml

from tests.conftest import ROOT, run
from waystation.__main__ import run as run_here

COMMANDS = ("convert", "gather", "gold", "plan", "run", "score")


def call(*words):
    return run([sys.executable, "-m", "waystation", *words], ROOT, check=False)


def test_its_help_has_a_line_for_every_command():
    done = call("--help")
    assert done.returncode == 0
    lines = [line.split() for line in done.stdout.splitlines()]
    for command in COMMANDS:
        (line,) = [line for line in lines if line[:1] == [command]]
        assert len(line) > 3


def test_an_unknown_command_is_refused_with_those_that_there_are():
    done = call("scor")
    assert done.returncode == 2
    assert "invalid choice: 'scor'" in done.stderr
    assert all(command in done.stderr for command in COMMANDS)


def test_outside_a_clone_a_command_says_what_it_needs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run_here("run", []) == 1
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "no clone of the project" in error
    assert "dvc.yaml and stages/ are not here" in error


def test_an_installed_command_goes_on_with_the_code_of_the_clone(tmp_path):
    installed = shutil.copytree(ROOT / "waystation", tmp_path / "installed" / "waystation")
    clone = tmp_path / "clone" / "waystation"
    clone.mkdir(parents=True)
    (clone / "__init__.py").write_text("")
    (clone / "__main__.py").write_text("import sys\nprint('of the clone', sys.argv[1:])\n")
    start = f"import sys; sys.path.insert(0, {str(installed.parent)!r})"
    start += "; sys.argv = ['waystation', 'run', '--workers', '2']"
    start += "; from waystation.__main__ import main; main()"
    here = run([sys.executable, "-I", "-c", start], clone.parent)
    assert here.stdout == "of the clone ['run', '--workers', '2']\n"
    elsewhere = run([sys.executable, "-I", "-c", start], tmp_path, check=False)
    assert "no clone of the project" in elsewhere.stderr


def test_a_reader_that_has_seen_enough_is_no_error():
    command = [sys.executable, "-m", "waystation", "plan"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 128 + signal.SIGPIPE


def test_the_citation_and_the_entry_point_are_sound():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"waystation": "waystation.__main__:main"}
    cite = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors"} <= cite.keys()
    if not (validator := shutil.which("cffconvert")):
        pytest.skip("cffconvert is not installed")
    run([validator, "--validate", "-i", "CITATION.cff"], ROOT)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(command):
    done = call(command, "--help")
    assert done.returncode == 0
    assert f"python -m waystation {command}" in done.stdout


def test_the_help_of_convert_names_the_releases_and_each_says_what_it_reads():
    told = call("convert", "--help").stdout
    releases = ("bucc2018", "ccgbank", "lareqa", "mewsli_x", "xtreme_translations")
    assert f"Releases: {', '.join(releases)}." in told
    assert "data/AUTO" in call("convert", "ccgbank", "--help").stdout
    assert call("convert").returncode == 2


def test_a_conversion_takes_the_place_of_nothing(tmp_path, capsys):
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub/precious").write_text("x")
    words = ["lareqa", "--release", str(tmp_path), "--out", str(tmp_path / "hub")]
    assert run_here("convert", words) == 1
    assert "hub exists already; name a new folder" in capsys.readouterr().err
    assert (tmp_path / "hub/precious").read_text() == "x"


@pytest.mark.parametrize("option", ["--characters-per-token", "--utilisation"])
@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "x", "1e400"])
def test_numbers_of_a_plan_are_above_zero_and_finite(capsys, option, value):
    with pytest.raises(SystemExit):
        run_here("plan", [option, value])
    assert f"{value!r}: a number above 0, at most 1" in capsys.readouterr().err
