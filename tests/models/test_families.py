from kerascls.models.families import FAMILIES, family_titles


def test_the_families_are_listed_for_people():
    assert family_titles() == "BERT, RoBERTa, ALBERT, ELECTRA or DistilBERT"


def test_no_two_families_share_an_alias_or_a_type():
    for kind in ("aliases", "model_types"):
        names = [name for row in FAMILIES.values() for name in getattr(row, kind)]
        assert len(set(names)) == len(names)
