"""A misspelt keyword of any public function is one kind of error."""

import pytest

import kerascls
from kerascls.errors import KeywordError
from kerascls.system.keywords import checked_keywords, known_keywords

MISSPELT = [
    (lambda: kerascls.search(trils=2), "trials"),
    (lambda: kerascls.fit(overwrit=True), "overwrite"),
    (lambda: kerascls.fit(lr=1), "learning_rate"),
    (lambda: kerascls.fit(max_length=1), "max_tokens"),
    (lambda: kerascls.fit_seeds(seds=2), "seeds"),
    (lambda: kerascls.find_rate(stps=3), "steps"),
    (lambda: kerascls.predict("run", "a.csv", "b.csv", chunk_row=8), "chunk_rows"),
    (lambda: kerascls.diff("a", "b", sed=1), "seed"),
    (lambda: kerascls.evaluate("run", "a.csv", runtme="onnx"), "runtime"),
    (lambda: kerascls.tune("run", "a.csv", objectiv="f1"), "objective"),
    (lambda: kerascls.export("run", fromat="onnx"), "format"),
    (lambda: kerascls.audit("a.csv", buldle="run"), "bundle"),
    (lambda: kerascls.relabel("a", "b", "c", encodin="utf-8"), "encoding"),
    (lambda: kerascls.Predictor.load("run", runtme="onnx"), "runtime"),
    (lambda: kerascls.ScoreTable((), labls=["a"], task="multilabel"), "labels"),
    (lambda: kerascls.load_encoder("x", whit_pool=True), "with_pool"),
    (lambda: kerascls.inspect(pth="x"), "path"),
]


@pytest.mark.parametrize(("call", "meant"), MISSPELT)
def test_the_nearest_keyword_is_said(call, meant):
    with pytest.raises(KeywordError, match=f"Did you mean '{meant}'") as caught:
        call()
    assert isinstance(caught.value, TypeError)


WEIGHTED = [
    (lambda: kerascls.fit(class_weight={0: 1.0, 1: 5.0}), "imbalance='class_weight'"),
    (lambda: kerascls.fit_seeds(class_weight="balanced"), "imbalance='class_weight'"),
    *(
        (call, r"KerasTextClassifier\(options={'imbalance': 'class_weight'}\)")
        for call in (
            lambda: kerascls.KerasTextClassifier(class_weight="balanced"),
            lambda: kerascls.KerasTextClassifier().fit(["a"], ["b"], class_weight={}),
        )
    ),
]


@pytest.mark.parametrize(("call", "way"), WEIGHTED)
def test_class_weights_as_keras_has_them_are_refused_with_the_way_out(call, way):
    expected = f"`class_weight` is not a keyword.*Write {way}: it counts.*label_weights"
    with pytest.raises(KeywordError, match=expected):
        call()


def test_the_way_out_is_taken():
    options = {"imbalance": "class_weight", "label_weights": {"LABEL": 2.5}}
    kerascls.RunSettings.from_options(**options)
    classifier = kerascls.KerasTextClassifier(options=options)
    assert classifier._settings().imbalance.method == "class_weight"


@pytest.mark.parametrize(
    "call",
    [
        lambda: kerascls.predict("run", "a.csv", "b.csv", class_weight={}),
        lambda: kerascls.evaluate("run", "a.csv", class_weight={}),
        lambda: kerascls.tune("run", "a.csv", class_weight={}),
        lambda: kerascls.skew_data("a.csv", class_weight={}),
        lambda: kerascls.Predictor.load("run", class_weight={}),
    ],
)
def test_where_nothing_is_trained_no_way_to_train_is_told(call):
    with pytest.raises(KeywordError, match="class_weight={}") as caught:
        call()
    assert "imbalance" not in str(caught.value)


def test_known_keywords_and_further_options_pass():
    @checked_keywords(["epochs"])
    def train(data, *, seed=1, **options):
        return data, seed, options

    assert train(data="a", seed=2, epochs=3) == ("a", 2, {"epochs": 3})
    assert known_keywords(train, ["epochs"]) == ("data", "seed", "epochs")
    assert train.__name__ == "train"


def test_a_keyword_without_a_neighbour_is_refused_with_all_names():
    with pytest.raises(KeywordError, match=r"zzz=1.*Leave it out. Known: run_a, run_b"):
        kerascls.diff("a", "b", zzz=1)


@pytest.mark.parametrize("settings", [{"epochs": 3}, "news.csv", "run.toml"])
def test_settings_of_another_kind_are_refused(settings):
    with pytest.raises(kerascls.errors.SettingsError, match="RunSettings.from_dict"):
        kerascls.fit(settings)


def test_values_without_a_name_are_counted_and_the_names_told():
    with pytest.raises(KeywordError, match="diff.. takes only run_a, run_b.*3 values"):
        kerascls.diff("a", "b", "c")
    with pytest.raises(KeywordError, match=r"2 values.*as in train=\(texts, labels\)"):
        kerascls.fit(["a"], ["b"])
