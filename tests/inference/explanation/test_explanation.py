"""An explanation is a value: by label, by part, as JSON types, in a notebook."""

import json

import pytest
from explained_models import counting_predictor

from kerascls.errors import SettingsError
from kerascls.inference.explanation.explanation import Span


@pytest.fixture
def explanation(tmp_path):
    return counting_predictor(tmp_path, max_tokens=4).explain(
        "足 国好", labels=["b", "c"]
    )


def test_parts_come_with_what_they_do_to_a_label(explanation):
    parts = [Span("text", 0, 1, "足"), Span("text", 2, 3, "国")]
    assert explanation.scores("c") == [(parts[0], 0.0), (parts[1], 3.0)]
    with pytest.raises(SettingsError, match="label='a'"):
        explanation.scores("a")


def test_it_is_plain_json(explanation):
    assert json.loads(json.dumps(explanation.to_dict())) == {
        "texts": {"text": "足 国好"},
        "method": "occlusion",
        "hidden_token": "[MASK]",
        "steps": None,
        "attributed": "logit before calibration",
        "predicted": ["c", "b", "a"],
        "labels": {
            "b": {
                "predicted": True,
                "score": 0.880797,
                "logit": 2.0,
                "base_logit": 0.0,
                "gap": None,
            },
            "c": {
                "predicted": True,
                "score": 0.952574,
                "logit": 3.0,
                "base_logit": 0.0,
                "gap": None,
            },
        },
        "parts": [
            {
                "column": "text",
                "start": 0,
                "end": 1,
                "text": "足",
                "attributions": {"b": 0.0, "c": 0.0},
            },
            {
                "column": "text",
                "start": 2,
                "end": 3,
                "text": "国",
                "attributions": {"b": 2.0, "c": 3.0},
            },
        ],
        "unread": [{"column": "text", "start": 3, "end": 4, "text": "好"}],
    }


def test_pieces_are_the_whole_text(explanation):
    pieces = [tuple(piece) for piece in explanation.pieces(0)]
    assert pieces == [
        ("足", 0, True),
        (" ", None, True),
        ("国", 1, True),
        ("好", None, False),
    ]


def test_a_notebook_shows_texts_with_labels(explanation):
    shown = explanation._repr_html_()
    assert "occlusion of the logit before calibration" in shown
    assert 'title="+3.0000">国' in shown
