"""What a bundle holds is told, with its exports."""

import json

from kerascls.inference.bundle import add_export, open_bundle
from kerascls.inference.bundle.description import bundle_lines, describe_bundle
from kerascls.serving.exporters.comparison import Comparison, Side


def copied(run, tmp_path):
    import shutil

    return open_bundle(shutil.copytree(run.result.bundle, tmp_path / "bundle"))


def test_a_trained_bundle_is_described(multilabel_run, tmp_path):
    facts = describe_bundle(copied(multilabel_run, tmp_path))
    assert json.loads(json.dumps(facts)) == facts
    lines = dict(bundle_lines(facts))
    assert lines["task"] == "multilabel"
    assert lines["labels"] == "3: [red]军事[/red], 体育, 汽车"
    assert lines["encoder"].startswith("bert, 1 layers of 16")
    assert facts["exports"] == {}


def test_how_much_is_read_of_a_text_is_told_of_each_member(mixed_ensemble):
    lines = bundle_lines(describe_bundle(open_bundle(mixed_ensemble.out)))
    assert ("text", "text; each member reads it as told below") in lines
    transformer, linear = (line[1] for line in lines if line[0] == "member")
    assert transformer.endswith("; 16 tokens") and linear.endswith("; read whole")


def test_an_export_is_told_with_its_comparison(multilabel_run, tmp_path):
    bundle = copied(multilabel_run, tmp_path)
    (tmp_path / "work.onnx").write_bytes(b"0" * 2_000_000)
    side = Side(None, None, 1.0, 1.0)
    found = Comparison(410, 0.0079, 0.001, 4, side, side).to_dict()
    facts = {"int8": True, "compared_on": "a.csv", "comparison": found}
    bundle = add_export(bundle, "onnx", tmp_path / "work.onnx", facts)
    line = dict(bundle_lines(describe_bundle(bundle)))["onnx"]
    assert line == (
        f"{bundle.exports['onnx']['file']}, int8, 2.0 MB; on 410 texts of a.csv: 4 "
        f"with other labels, a probability differs by 0.0079 at most"
    )
