import pytest

from kerascls.checkpoints.conversion_mark import foreign_in, write_mark


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"12")
    write_mark(tmp_path)
    return tmp_path


def test_what_is_as_it_was_written_is_known_again(folder):
    assert foreign_in(folder) == ""
    (folder / "config.json").unlink()
    assert foreign_in(folder) == ""


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("model.safetensors", b"13", "'model.safetensors', which was changed since"),
        ("config.json", b"", "'config.json', which was changed since"),
        ("notes.md", b"", "'notes.md', which is of somebody else"),
        ("kerascls.json", b"{}", "'config.json' and no kerascls.json of a conversion"),
        ("kerascls.json", b"?", "'config.json' and no kerascls.json of a conversion"),
    ],
)
def test_anything_else_is_named(folder, name, content, what):
    (folder / name).write_bytes(content)
    assert foreign_in(folder) == f"holds {what}"


def test_a_folder_in_place_of_a_file_is_of_somebody_else(folder):
    (folder / "config.json").unlink()
    (folder / "config.json").mkdir()
    assert "'config.json', which is of somebody else" in foreign_in(folder)
