"""Files that stand where another should be: pointers, web pages, other formats."""

from pathlib import Path

from kerascls.errors import CheckpointError

# How a file begins, what it is, and what to do. Other magic numbers than these begin
# no JSON, vocabulary, safetensors or TensorFlow file.
ZIP, PICKLE, HDF5 = b"PK\x03\x04", b"\x80\x02", b"\x89HDF"
_BEGINNINGS = (
    (
        b"version https://git-lfs.github.com/spec/",
        "a Git LFS pointer and not the file itself",
        "Run `git lfs pull` in its directory (`git lfs install` before, if git does "
        "not know `lfs`), or download the file",
    ),
    (b"<!doctype html", "a web page", "Download the file itself"),
    (b"<html", "a web page", "Download the file itself"),
    (
        ZIP,
        "a zip archive, as PyTorch writes its *.bin",
        "If these are weights, call it pytorch_model.bin; else unpack it",
    ),
    (
        PICKLE,
        "a Python pickle, as PyTorch writes its *.bin",
        "If these are weights, call it pytorch_model.bin",
    ),
    (
        HDF5,
        "an HDF5 file, as Keras writes its *.h5",
        "If these are weights, call it tf_model.h5",
    ),
    (b"\x1f\x8b", "packed with gzip", "Unpack it"),
)


def refuse_placeholder(path: Path, but: tuple[bytes, ...] = ()) -> None:
    """Raises where a file is empty or plainly of another kind than its name says.

    Args:
        path: The file.
        but: What a file of this name may begin with.

    Raises:
        CheckpointError: It says what the file is, and what to do.
    """
    try:
        with path.open("rb") as file:
            begin = file.read(200)
    except OSError:
        return  # whoever reads the file says so
    if not begin:
        raise CheckpointError(
            f"Expected a file with content. Received: {path}, which is empty. Copy or "
            f"download it again."
        )
    for sign, what, cure in _BEGINNINGS:
        is_it = begin.lstrip().lower().startswith(sign.lower())
        if is_it and sign not in but:
            raise CheckpointError(
                f"Expected the file that the name says. Received: {path}, which is "
                f"{what}. {cure}."
            )
