import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "checkpoints"))
from make_checkpoints import CASES, write_checkpoint


def test_what_was_written_and_left_out_is_shown(run, tmp_path):
    source = write_checkpoint(CASES["electra_huggingface"], tmp_path / "electra")
    outcome = run("convert", source, tmp_path / "out", "--to", "google")
    assert outcome.code == 0
    assert f"written   {tmp_path / 'out'}\nlayout    google\n" in outcome.out
    assert "left out  discriminator head: 4 weights, such as" in outcome.out
    again = run("convert", source, tmp_path / "out", "--overwrite", "--json")
    assert json.loads(again.out)["layout"] == "huggingface"


def test_bad_input_is_one_message(run, tmp_path):
    outcome = run("convert", tmp_path / "none", tmp_path / "out")
    assert (outcome.code, outcome.out) == (2, "")
    assert "does not exist. Check the path." in outcome.err
