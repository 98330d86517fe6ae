import zipfile

import numpy as np
import pytest
import torch_writer as writer

from kerascls.checkpoints.weight_files.torch_archive import open_archive
from kerascls.checkpoints.weight_files.torch_files import TorchFiles
from kerascls.errors import CheckpointError

NUMBERS = np.arange(6, dtype="float32")
ONE = {"w": writer.tensor(writer.storage("0", "float32", 6), (6,))}
ONE_OLD = {"w": writer.tensor(writer.storage("0", "float32", 6, old=True), (6,))}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "pytorch_model.bin"


def rewritten(path, changes):
    """Puts other contents into the parts of an archive; None leaves one out."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (parts | changes).items():
            if content is not None:
                archive.writestr(name, content)


def refuses(path, said):
    with pytest.raises(ValueError, match=said):
        open_archive(path)
    with pytest.raises(CheckpointError, match=said):
        TorchFiles(path)


def test_numbers_have_the_byte_order_that_the_file_states(path):
    writer.write_zip(path, writer.dict_of(ONE), [NUMBERS.astype(">f4")])
    rewritten(path, {"archive/byteorder": b"big"})
    archive = open_archive(path)
    np.testing.assert_array_equal(archive.numbers(archive.value["w"].storage), NUMBERS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"archive/data/0": None}, "0 bytes in place of 6 numbers"),
        ({"archive/data/0": bytes(20)}, "20 bytes in place of 6 numbers"),
        ({"archive/data/0": bytes(28)}, "28 bytes in place of 6 numbers"),
        ({"archive/data.pkl": None}, "with 0 parts called data.pkl"),
        ({"other/data.pkl": b""}, "with 2 parts called data.pkl"),
        ({"archive/data.pkl": b""}, "exhausted"),
        ({"archive/byteorder": b"middle"}, "the byte order b'middle'"),
        ({"archive/byteorder": bytes(4_000_001)}, "4000001 bytes"),
        ({"archive/data.pkl": bytes(4_000_001)}, "4000001 bytes"),
    ],
)
def test_an_archive_whose_parts_do_not_fit_is_refused(path, changes, said):
    writer.write_zip(path, writer.dict_of(ONE), [NUMBERS])
    rewritten(path, changes)
    refuses(path, said)


def test_compressed_parts_are_refused_and_not_unpacked(path):
    writer.write_zip(path, writer.dict_of(ONE), [NUMBERS], zipfile.ZIP_DEFLATED)
    refuses(path, "data.pkl', which is compressed")


def test_a_part_that_claims_more_than_the_file_has_is_refused(path):
    writer.write_zip(path, writer.dict_of(ONE), [NUMBERS])
    content = path.read_bytes()
    held, claimed = (size.to_bytes(4, "little") for size in (24, 2**31))
    path.write_bytes(content.replace(held, claimed))
    refuses(path, "of which it has not all")


@pytest.mark.parametrize(
    ("value", "storages", "said"),
    [
        (writer.dict_of(ONE_OLD), [], "not those of its tensors"),
        (writer.dict_of(ONE_OLD), [NUMBERS, NUMBERS], "not those of its tensors"),
        (writer.dict_of(ONE_OLD), [NUMBERS[:5]], "20 bytes in place of 6 numbers"),
    ],
)
def test_an_old_file_whose_storages_do_not_fit_is_refused(path, value, storages, said):
    writer.write_old(path, value, storages)
    refuses(path, said)


def test_an_old_file_that_claims_more_than_it_has_is_refused(path):
    writer.write_old(path, writer.dict_of(ONE_OLD), [NUMBERS])
    content = path.read_bytes()
    begin = content[: -8 - NUMBERS.nbytes]
    path.write_bytes(begin + (2**40).to_bytes(8, "little") + NUMBERS.tobytes())
    refuses(path, "which is more than it has")


@pytest.mark.parametrize("content", [b"no weights", writer.pickled(b"K\1")])
def test_another_file_is_refused(path, content):
    path.write_bytes(content)
    refuses(path, "begin as torch.save|exhausted")


def test_an_empty_file_is_told_as_such(path):
    path.touch()
    with pytest.raises(CheckpointError, match="which is empty"):
        TorchFiles(path)


def test_an_old_file_of_an_unknown_form_is_refused(path):
    writer.write_old(path, writer.dict_of(ONE_OLD), [NUMBERS])
    known, other = (writer.pickled(writer.number(n)) for n in (1001, 1002))
    path.write_bytes(path.read_bytes().replace(known, other))
    refuses(path, "in a form of PyTorch that is not known")


def test_a_directory_that_stands_behind_its_parts_is_refused(path, monkeypatch):
    writer.write_zip(path, writer.dict_of(ONE), [NUMBERS])
    monkeypatch.setattr(np, "fromfile", lambda *_: np.zeros(1, np.uint8))
    refuses(path, "1 bytes where .* should be")
