"""A whole small project that DVC runs in seconds."""

import sys
from pathlib import Path

from tests.conftest import ROOT, run

# A whole small project: code -> make@{a,b,c,d/1} -> join, benchmark -> report. All but `join` have
# the form of the project's own commands, which run in forks.
GRAPH = """
stages:
  code:
    cmd: exec python -m stages.code out/code source.txt
    deps: [stages, source.txt]
    outs: [out/code]
  make:
    matrix: {cell: [a, b, c, d/1]}
    cmd: exec python -m stages.make out/made/${item.cell} out/code
    deps: [out/code]
    params: ["cells.${item.cell}"]
    outs: ["out/made/${item.cell}"]
  join:
    cmd: exec python -m "stages.join" out/join out/made
    deps: [out/made]
    outs: [out/join]
  benchmark:
    cmd: exec python -m stages.benchmark out/benchmark out/code
    deps: [out/code]
    outs: [out/benchmark]
  report:
    cmd: exec python -m stages.report out/report out/join out/benchmark
    deps: [out/join, out/benchmark]
    outs: [out/report]
"""
WORK = """
import ctypes, hashlib, os, pathlib, signal, sys, time
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
out, *given = sys.argv[1:]
name = pathlib.Path(sys.argv[0]).stem
began = time.time()
if pathlib.Path("fail").exists() and pathlib.Path("fail").read_text() in out:
    sys.exit(name + ": error: no luck")
if name == "make" and pathlib.Path("hang").exists() and pathlib.Path("hang").read_text() in out:
    pathlib.Path("started").write_text(str(os.getpid()))
    while pathlib.Path("hang").exists() and time.time() - began < 60:
        time.sleep(0.05)
time.sleep(0.1)
found = hashlib.md5(out.encode())
for path in map(pathlib.Path, given):
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for file in files:
        found.update(file.read_bytes().strip())
out = pathlib.Path(out)
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(found.hexdigest())
with open("times", "a") as stream:
    print(name, began, time.time(), file=stream)
if name == "report":
    pathlib.Path(".scratch/report-tiny.txt").write_text("the tables")
forked = b"waystation" in pathlib.Path("/proc/self/cmdline").read_bytes()
print("the table of", name, "in a", "fork" if forked else "new Python")
"""


def write(folder: Path) -> None:
    """Make a folder such a project, with git and DVC."""
    (folder / "dvc.yaml").write_text(GRAPH)
    cells = "\n".join(f"  {cell}: 1" for cell in ("a", "b", "c", "d/1"))
    (folder / "params.yaml").write_text(f"suite: tiny\ncells:\n{cells}\n")
    (folder / "stages").mkdir()
    (folder / "stages/__init__.py").write_text("")
    for verb in ("code", "make", "join", "benchmark", "report"):
        (folder / "stages" / f"{verb}.py").write_text(WORK)
    (folder / "source.txt").write_text("one")
    (folder / ".gitignore").write_text("/out/\n/.scratch/\n__pycache__/\n/times\n/started\n")
    run(["git", "init", "-q"], folder)
    run(["dvc", "init", "-q"], folder)
    (folder / ".dvcignore").write_text("__pycache__\n")


def at_once(folder: Path, *words: str, check: bool = True):
    return run(
        [sys.executable, "-m", "waystation", "run", *words], folder, check, PYTHONPATH=str(ROOT)
    )
