"""Checkpoints from the Hugging Face hub or a mirror of it, when asked for."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kerascls.checkpoints.weight_files.weight_file import first_line
from kerascls.errors import CheckpointError, SettingsError
from kerascls.models.presets import (
    PRESETS,
    find_pretrained,
    holds_weights,
    pretrained_folders,
)
from kerascls.system.disk import is_full, told_when_full
from kerascls.system.files import locked
from kerascls.system.keywords import checked_keywords
from kerascls.system.tables import known_name

HUB = "https://huggingface.co"
ENDPOINT_VARIABLE = "HF_ENDPOINT"
# The first kind that is there is taken; all hold the same numbers.
_WEIGHTS = (
    r"model(-\d{5}-of-\d{5})?\.safetensors|model\.safetensors\.index\.json",
    r"pytorch_model(-\d{5}-of-\d{5})?\.bin|pytorch_model\.bin\.index\.json",
    r"tf_model\.h5",
)
_BESIDE = (
    r"(config|tokenizer|tokenizer_config|special_tokens_map|added_tokens|vocab)\.json"
    r"|[^/]*vocab[^/]*\.txt|merges\.txt|[^/]*\.model"
)
_REPOSITORY = re.compile(r"\w[\w.-]*/\w[\w.-]*")
_BYTES_AT_ONCE = 2**20


@checked_keywords()
def download(
    name: str,
    *,
    to: str | Path | None = None,
    mirror: str | None = None,
    on_file: Callable[[str, int], None] | None = None,
) -> Path:
    """Fetches a checkpoint from the Hugging Face hub.

    A download that broke off goes on where it was. A folder appears when all files are
    there and have the sizes and digests that the hub states.

    Args:
        name: A preset that comes with weights, or `OWNER/NAME` of a repository.
        to: The folder to write. Default: one that `--model` finds, of the
            repository's name, in the first of `pretrained_folders()`.
        mirror: Address of a mirror. Default: `$HF_ENDPOINT`, else the hub. Proxies are
            those of `$HTTPS_PROXY` and `$HTTP_PROXY`.
        on_file: Called with name and size in bytes of each file before it is fetched.

    Returns:
        The folder; one that holds a checkpoint already is left as it is.

    Raises:
        SettingsError: When there is no preset of that name, or it has no weights; when
            the folder holds something else.
        CheckpointError: When the repository is not there or holds no weights we read,
            or the download failed.
        DiskFullError: When there is no room.
    """
    repository = _repository(name)
    folder = _folder(name, repository) if to is None else Path(to).expanduser()
    if _holds_files(folder):
        return folder
    endpoint = (mirror or os.environ.get(ENDPOINT_VARIABLE) or HUB).rstrip("/")
    work = folder.with_name(f"{folder.name}.partial")
    with told_when_full(folder), _told(repository, endpoint, folder):
        work.mkdir(parents=True, exist_ok=True)
        with locked(work):
            if _holds_files(folder):  # another process has fetched it meanwhile
                return folder
            _fetch(repository, endpoint, work, on_file)
            shutil.rmtree(work / ".cache", ignore_errors=True)
            work.replace(folder)
    return folder


def _repository(name: str) -> str:
    if _REPOSITORY.fullmatch(name):
        return name
    if name in PRESETS and not PRESETS[name].folders:
        raise SettingsError(
            f"Expected a model that comes with weights. Received: name={name!r}, which "
            f"needs none. Train it at once: kerascls fit --model {name}."
        )
    hubs = {key: preset.hub for key, preset in PRESETS.items() if preset.hub}
    return hubs[known_name(hubs, name, "name")]


def _folder(name: str, repository: str) -> Path:
    preset = PRESETS.get(name)
    found = find_pretrained(preset) if preset else None
    return found or pretrained_folders()[0] / repository.rpartition("/")[2]


def _holds_files(folder: Path) -> bool:
    if folder.exists() and not folder.is_dir():
        raise SettingsError(
            f"Expected a folder to write to. Received: to={str(folder)!r}, which is a "
            f"file. Choose another name with --to."
        )
    if not folder.is_dir() or not any(folder.iterdir()):
        return False
    if not holds_weights(folder):
        raise SettingsError(
            f"Expected an empty folder, or one of a checkpoint. Received: "
            f"to={str(folder)!r}, which holds other files. Choose another with --to."
        )
    return True


def _fetch(
    repository: str,
    endpoint: str,
    work: Path,
    on_file: Callable[[str, int], None] | None,
) -> None:
    from huggingface_hub import HfApi, hf_hub_download

    info = HfApi(endpoint=endpoint).model_info(repository, files_metadata=True)
    files = {file.rfilename: file for file in info.siblings or ()}
    for name in _wanted(files, repository, endpoint):
        if on_file:
            on_file(name, files[name].size or 0)
        hf_hub_download(
            repository, name, revision=info.sha, local_dir=work, endpoint=endpoint
        )
        _check(work / name, files[name])


def _wanted(names: Iterable[str], repository: str, endpoint: str) -> list[str]:
    """Returns the files of one checkpoint, the small ones before the weights."""
    names = sorted(names)
    kinds = ([n for n in names if re.fullmatch(kind, n)] for kind in _WEIGHTS)
    weights = next((found for found in kinds if found), None)
    if weights is None:
        raise CheckpointError(
            f"Expected a repository with model.safetensors, pytorch_model.bin or "
            f"tf_model.h5. Received: {repository} at {endpoint} with "
            f"{', '.join(names[:10]) or 'no file'}. Choose another repository."
        )
    return [*(name for name in names if re.fullmatch(_BESIDE, name)), *weights]


def _check(path: Path, file: Any) -> None:
    """Compares a file with what the hub states of it; a wrong one is removed."""
    size = path.stat().st_size
    stated_size = size if file.size is None else file.size  # not all mirrors state it
    found, stated = f"{size:,} bytes", f"{stated_size:,} bytes"
    if size == stated_size:
        found, stated = _digests(path, file)
    if found == stated:
        return
    path.unlink()
    raise CheckpointError(
        f"Expected the file that the hub describes. Received: {path.name} of {found}, "
        f"not {stated}. Give the command again; where that ends so too, use another "
        f"--mirror."
    )


def _digests(path: Path, file: Any) -> tuple[str, str]:
    """Returns digests as found and as stated: of a large file SHA-256, else git's."""
    if file.lfs:
        return f"sha256 {_hex(hashlib.sha256(), path)}", f"sha256 {file.lfs.sha256}"
    if not file.blob_id:
        return "", ""
    git = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    return f"git blob {_hex(git, path)}", f"git blob {file.blob_id}"


def _hex(digest: Any, path: Path) -> str:
    with path.open("rb") as stream:
        while chunk := stream.read(_BYTES_AT_ONCE):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _told(repository: str, endpoint: str, folder: Path) -> Iterator[None]:
    """Makes one error of what huggingface_hub and the network have to say."""
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

    # Of whichever HTTP client this version of it is made with, and OSError.
    failures: Any = (*HfHubHTTPError.__bases__, ValueError)

    try:
        yield
    except RepositoryNotFoundError as error:
        raise CheckpointError(
            f"Expected a repository that everybody may read. Received: {repository}, "
            f"which is not at {endpoint}, or is not public. Check the name; of one "
            f"that is not public, log in first with `hf auth login`."
        ) from error
    except failures as error:
        if is_full(error):
            raise
        raise CheckpointError(
            f"Expected {repository} from {endpoint}. Received: "
            f"{first_line(error)}. Give the command again, and it goes on where it "
            f"was; behind a firewall set $HTTPS_PROXY, or name a mirror with --mirror "
            f"(${ENDPOINT_VARIABLE}). Files fetched in another way are as good: put "
            f"them into {folder}."
        ) from error
