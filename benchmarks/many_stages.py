"""What a grid costs before and beside its stages: planning, and DVC's own time, by its size.

Makes a project of so many stages whose commands take no time, each with an output of its own, in a
folder that is deleted afterwards. Tells the processor seconds of reading the graph with nothing run
and with some run, and those that a stage takes beyond its command. Work beside it moves them
little.

  python -m benchmarks.many_stages 100 1000 5000
  python -m benchmarks.many_stages 1000 --run 200      runs 200 of the stages
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GRAPH = """
stages:
  code:
    cmd: exec python -m stages.code out/code
    deps: [stages]
    outs: [out/code]
  make:
    matrix: {{cell: [{cells}]}}
    cmd: exec python -m stages.make out/made/${{item.cell}}
    deps: [out/code]
    params: ["cells.${{item.cell}}"]
    outs: ["out/made/${{item.cell}}"]
"""
WORK = """
import pathlib, sys
out = pathlib.Path(sys.argv[1])
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(sys.argv[1])
"""
TIMED = """
import sys, time
from pathlib import Path
from waystation.runner import dvc_graph
began = time.process_time()
graph = dvc_graph.read_graph(Path("dvc.yaml"))
print(time.process_time() - began, len(graph.changed))
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("stages", type=int, nargs="+")
    parser.add_argument("--run", type=int, default=100, help="so many of them run (default: 100)")
    options = parser.parse_args()
    print("stages   graph, nothing run   run   seconds a stage   graph, these run")
    for count in options.stages:
        with tempfile.TemporaryDirectory() as folder:
            print(row(Path(folder), count, min(options.run, count)), flush=True)


def row(folder: Path, count: int, running: int) -> str:
    write(folder, count)
    before = graph_sec(folder)
    began = children_sec()
    names = [f"make@c{number}" for number in range(running)]
    call(folder, "-m", "waystation", "run", "--workers", "2", *names)
    each = (children_sec() - began - before) / running
    return f"{count:6} {before:20.2f} {running:5} {each:17.2f} {graph_sec(folder):18.2f}"


def children_sec() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def write(folder: Path, count: int) -> None:
    cells = [f"c{number}" for number in range(count)]
    (folder / "dvc.yaml").write_text(GRAPH.format(cells=", ".join(cells)))
    values = "\n".join(f"  {cell}: 1" for cell in cells)
    (folder / "params.yaml").write_text(f"suite: many\ncells:\n{values}\n")
    (folder / "stages").mkdir()
    for name in ("__init__", "code", "make"):
        (folder / "stages" / f"{name}.py").write_text("" if name == "__init__" else WORK)
    for words in (["git", "init", "-q"], [sys.executable, "-m", "dvc", "init", "-q"]):
        subprocess.run(words, cwd=folder, check=True)
    (folder / ".dvcignore").write_text("__pycache__\n")


def graph_sec(folder: Path) -> float:
    return float(call(folder, "-c", TIMED).split()[0])


def call(folder: Path, *words: str) -> str:
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, check=True, capture_output=True, text=True
    )
    return done.stdout


if __name__ == "__main__":
    main()
