from kerascls.models.families import FAMILIES, family_titles


def test_the_families_are_listed_for_people():
    assert family_titles() == "BERT, ALBERT or ELECTRA"


def test_no_name_or_alias_stands_for_two_families():
    names = [name for key, row in FAMILIES.items() for name in (key, *row.aliases)]
    assert len(set(names)) == len(names)
