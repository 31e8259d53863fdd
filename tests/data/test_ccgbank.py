"""CCGbank's format, on made-up sentences: the real ones are licensed."""

import sys

import pytest

from tests.conftest import ROOT, fetch, run
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.data.releases import ccgbank
from waystation.data.releases.ccgbank import SECTIONS, convert, read

pytestmark = pytest.mark.usefixtures("scratch")
SLEEPS = r"(<T S[dcl] 0 2> (<L NP NNP NNP Anna NP>) (<L S[dcl]\NP VBZ VBZ sleeps S[dcl]\NP>) )"
READS = (
    r"(<T S[dcl] 0 2> (<T S[dcl] 1 2> (<T NP 0 1> (<L N NNS NNS Cooks N>) ) (<T S[dcl]\NP 0 2> "
    r"(<L (S[dcl]\NP)/NP VBP VBP read (S[dcl]\NP_29)/NP_30>) (<T NP 0 2> (<L NP[nb]/N DT DT the "
    r"NP[nb]_37/N_37>) (<L N NN NN -LRB- N>) ) ) ) (<L . . . . .>) )"
)


@pytest.fixture
def auto(tmp_path):
    """A folder as in the release, with two sentences a section."""
    for section in (s for sections in SECTIONS.values() for s in sections):
        file = tmp_path / "AUTO" / section / f"wsj_{section}01.auto"
        file.parent.mkdir(parents=True)
        file.write_text(
            f"ID=wsj_{section}01.1 PARSER=GOLD NUMPARSE=1\n{SLEEPS}\n"
            f"ID=wsj_{section}01.2 PARSER=GOLD NUMPARSE=1\n{READS}\n"
        )
    return tmp_path / "AUTO"


def test_a_licence_holder_s_folder_becomes_the_rows_of_ccg(auto, tmp_path):
    told = convert(auto, tmp_path / "hub/local/ccgbank")
    counts = "40 train (usually 39,604), 2 validation (usually 1,913), 2 test (usually 2,407)"
    assert told == f"{counts} sentences, 6 categories in training"
    assert ccgbank.told("test", 2_407) == "2,407 test"
    counts = fetch(tmp_path / "hub", "ccg", tmp_path / "out")["splits"]
    assert (counts["train"]["en"]["rows"], counts["validation"]["en"]["rows"]) == (40, 2)
    assert counts["train"]["en"]["labels"]["N"] == 40
    labels = examples.read_description(tmp_path / "out").labels
    assert labels == ("(S[dcl]\\NP)/NP", ".", "N", "NP", "NP[nb]/N", "S[dcl]\\NP")
    first, second = examples.read(tmp_path / "out/validation/en.jsonl")
    assert (first["id"], first["tokens"]) == ("wsj_0001.1", ["Anna", "sleeps"])
    assert second["tokens"] == ["Cooks", "read", "the", "-LRB-", "."]
    tags = [labels[tag] for tag in second["tags"]]
    assert tags == ["N", "(S[dcl]\\NP)/NP", "NP[nb]/N", "N", "."]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([SLEEPS, SLEEPS], r"line 1: .*expected ID=wsj_0001.1"),
        (["ID=a PARSER=GOLD"], "1 lines; expected two a sentence"),
        (["ID=a P", "(<L NP NNP Anna NP>)"], r"line 2: 0 leaves of six fields, 1 leaves in all"),
        (["ID=a P", "()"], "line 2: 0 leaves"),
    ],
)
def test_what_is_not_in_the_format_is_named(tmp_path, lines, message):
    file = tmp_path / "wsj_0001.auto"
    file.write_text("\n".join(lines))
    with pytest.raises(UserError, match=message):
        list(read(file))


def test_a_missing_section_is_named_and_nothing_is_written(auto, tmp_path):
    (auto / "07/wsj_0701.auto").unlink()
    command = [sys.executable, "-m", "waystation", "convert", "ccgbank", "--auto", str(auto)]
    done = run([*command, "--out", str(tmp_path / "out")], ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("convert: error: no files 07/wsj_07NN.auto in")
    assert not (tmp_path / "out").exists()


def test_without_a_licence_one_is_told_where_to_get_it(tmp_path):
    (tmp_path / "hub").mkdir()
    obtain = r"no folder .*local/ccgbank.*LDC2005T13.*python -m waystation convert ccgbank"
    with pytest.raises(UserError, match=obtain):
        fetch(tmp_path / "hub", "ccg", tmp_path / "out")
    with pytest.raises(UserError, match=r"local/ccgbank is not on the Hub: .*source.local.*LDC20"):
        fetch("hub", "ccg", tmp_path / "out")
