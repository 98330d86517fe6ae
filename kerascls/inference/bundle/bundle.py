"""A bundle as it is written, found and read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerascls.data.labels import LabelSet, Task
from kerascls.data.readers import ReadOptions
from kerascls.decision.decision import Decision
from kerascls.decision.rule import Rule
from kerascls.errors import BundleError, KerasclsError, SettingsError
from kerascls.inference.bundle.files import (
    BUNDLE_FOLDER,
    DECISION,
    FIRST_RULE,
    LABELS,
    MANIFEST,
    RUN_FILE,
    SETTINGS,
    TEXT,
    TOKENIZERS,
    VOCAB,
    check_files,
    describe,
    exports_of,
    read_json,
)
from kerascls.inference.bundle.members import Member, copy_members, open_members
from kerascls.preprocessing.input_spec import InputSpec
from kerascls.system.files import replaced, write_json
from kerascls.system.runs import line_to_resume
from kerascls.system.tables import named

if TYPE_CHECKING:
    from kerascls.preprocessing.tokenizers.text_tokenizer import TextTokenizer

FORMAT_VERSION = 2
WITH_MEMBERS = 3  # what earlier versions would call damaged
READ_VERSIONS = (1, FORMAT_VERSION, WITH_MEMBERS)


def _damaged_if_it_fails(
    read: Callable[["Bundle"], ReadOptions],
) -> Callable[["Bundle"], ReadOptions]:
    """Tells values of another kind in settings.json as a damage of the bundle."""

    def checked(bundle: "Bundle") -> ReadOptions:
        try:
            return read(bundle)
        except (KeyError, TypeError, AttributeError, SettingsError) as error:
            problem = ValueError(
                f"{SETTINGS} does not say how texts were read: {error}"
            )
            raise _damage(bundle.path, problem) from error

    return checked


@dataclass(frozen=True)
class Bundle:
    """A checked bundle.

    Args:
        path: The directory with the manifest.
        runtime: What computes logits from it, e.g. `"keras"`.
        task: What a row's labels mean.
        label_set: Names of the columns of the logits.
        decision: How logits become probabilities and these labels.
        input_spec: How a row's texts become a sequence of tokens.
        train_support: Training rows of each label.
        exports: What `kerascls export` has put into it, by format: `file`, `int8`
            and what it was compared on.
        members: The classifiers of an ensemble; none of others.
        train_shares: Of distributions, the mean share of each label in training.
    """

    path: Path
    runtime: str
    task: Task
    label_set: LabelSet
    decision: Decision
    input_spec: InputSpec
    train_support: dict[str, int]
    exports: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    train_shares: dict[str, float] | None = None

    @property
    def rule(self) -> Rule:
        """How probabilities become labels."""
        return self.decision.rule

    @property
    @_damaged_if_it_fails
    def read_options(self) -> ReadOptions:
        """How its training text was read, as far as other files are read alike."""
        data = self.read(SETTINGS)["data"]
        joins = not self.task.has_one_label
        return ReadOptions(
            text=self.input_spec.text_columns,
            label=self.input_spec.label_column,
            # Earlier versions took, and did not use, a separator for multiclass.
            label_separator=data["label_separator"] if joins else None,
            label_names=data.get("label_names"),
            task=self.task,
        )

    @property
    def tokenizer_file(self) -> Path:
        """The file of its vocabulary."""
        there = (name for name in TOKENIZERS if (self.path / name).is_file())
        # Of vocab.txt it is told that it is missing.
        return self.path / next(there, VOCAB)

    def tokenizer(self) -> "TextTokenizer":
        """Returns the tokenizer of its training, read anew."""
        file = self.tokenizer_file
        kind: type[TextTokenizer] = named(TOKENIZERS[file.name])
        return kind.open(file, self.input_spec.do_lower_case)

    def read(self, name: str) -> dict[str, Any]:
        """Returns the content of one of the bundle's JSON files."""
        return read_json(self.path / name)


def write_bundle(
    path: Path,
    *,
    runtime: str,
    task: Task,
    label_set: LabelSet,
    decision: Decision,
    input_spec: InputSpec,
    train_support: dict[str, int],
    settings: dict[str, Any],
    write_model: Callable[[Path], None],
    members: Sequence[Member] = (),
    train_shares: dict[str, float] | None = None,
    replace: bool = False,
) -> Bundle:
    """Writes a bundle beside its path and renames it when it is complete.

    Args:
        path: The directory to appear.
        runtime: Which runtime reads the model files.
        task: What a row's labels mean.
        label_set: Names of the columns of the logits.
        decision: How logits become probabilities and these labels.
        input_spec: How a row's texts become a sequence of tokens.
        train_support: Training rows of each label, in the order of `label_set`.
        settings: All settings of the run, for people.
        write_model: Called with a directory; writes vocabulary, weights and what
            else the runtime needs there.
        members: Of an ensemble, the bundles to copy into it.
        train_shares: Of distributions, the mean share of each label in training.
        replace: Whether a bundle at `path` gives way to the new one.

    Raises:
        BundleError: When there is something at `path` already.
    """
    if path.exists() and not replace:
        raise BundleError(
            f"Expected a free path for the bundle. Received: path={str(path)!r}, "
            f"which exists. Move it away first."
        )
    with replaced(path) as work:
        work.mkdir()
        write_json(work / SETTINGS, settings)
        labels: dict[str, Any] = {"task": task.value, "train_rows": train_support}
        if train_shares is not None:
            labels["train_shares"] = train_shares
        write_json(work / LABELS, labels)
        write_json(work / TEXT, input_spec.to_dict())
        write_json(work / DECISION, decision.to_dict())
        write_model(work)
        files = {item.name: describe(item) for item in sorted(work.iterdir())}
        manifest = {
            "format_version": WITH_MEMBERS if members else FORMAT_VERSION,
            "runtime": runtime,
            "task": task.value,
            "decision": DECISION,
            "files": files,
        }
        if members:
            manifest["members"] = copy_members(work, members)
            open_members(work, manifest, open_bundle)  # as they were when opened
        write_json(work / MANIFEST, manifest)
        work.chmod(0o755)
    return open_bundle(path)


def open_bundle(path: str | Path) -> Bundle:
    """Reads and checks a bundle.

    Args:
        path: The bundle, or the run directory that holds it.

    Raises:
        BundleError: When there is none, a file is missing or differs from its
            recorded hash, or the format is of another version.
    """
    folder = _bundle_folder(Path(path))
    if folder is None:
        raise _absence(Path(path))
    manifest = read_json(folder / MANIFEST)
    try:
        return _opened(folder, manifest)
    except BundleError:
        # Somebody may have rewritten the decision just now.
        if (again := read_json(folder / MANIFEST)) == manifest:
            raise
        return _opened(folder, again)


def is_bundle(path: Path) -> bool:
    """Returns whether a path looks like a bundle, or a run directory that holds one."""
    folder = _bundle_folder(path)
    if folder is None or (folder / LABELS).is_file():
        return folder is not None
    try:
        return "format_version" in read_json(folder / MANIFEST)
    except BundleError:
        return False


def _bundle_folder(path: Path) -> Path | None:
    folders = (path, path / BUNDLE_FOLDER)
    return next((folder for folder in folders if (folder / MANIFEST).is_file()), None)


def _opened(path: Path, manifest: dict[str, Any]) -> Bundle:
    if manifest.get("format_version") not in READ_VERSIONS:
        raise BundleError(
            f"Expected a bundle of format {' or '.join(map(str, READ_VERSIONS))}. "
            f"Received: {str(path)!r}, "
            f"format_version={manifest.get('format_version')!r}. Read it with the "
            f"version of kerascls that wrote it, or train again."
        )
    try:
        decision_file = manifest.get("decision", FIRST_RULE)
        members = open_members(path, manifest, open_bundle)
        check_files(path, manifest["files"], decision_file, bool(members))
        labels = read_json(path / LABELS)
        decision = _read_decision(path / decision_file)
        decision.check_width(len(labels["train_rows"]))
        return Bundle(
            path=path,
            runtime=_runtime(manifest),
            task=Task(labels["task"]),
            label_set=LabelSet(tuple(labels["train_rows"])),
            decision=decision,
            input_spec=InputSpec.from_dict(read_json(path / TEXT)),
            train_support=labels["train_rows"],
            exports=exports_of(manifest),
            members=members,
            train_shares=_shares(labels),
        )
    except (KeyError, TypeError, ValueError, AttributeError, KerasclsError) as error:
        if isinstance(error, BundleError):
            raise
        raise _damage(path, error) from error


def _shares(labels: dict[str, Any]) -> dict[str, float] | None:
    """Returns the mean shares of labels, which every distribution has."""
    if not Task(labels["task"]).has_weights:
        return None
    return {name: labels["train_shares"][name] for name in labels["train_rows"]}


def _runtime(manifest: dict[str, Any]) -> str:
    runtime = manifest["runtime"]
    if not isinstance(runtime, str):
        raise TypeError(f"runtime={runtime!r:.200} in {MANIFEST} is no name")
    return runtime


def _damage(path: Path, error: Exception) -> BundleError:
    return BundleError(
        f"Expected a complete bundle. Received: {str(path)!r}, damaged: "
        f"{str(error).removesuffix('.')}. Copy it again from where it was made."
    )


def _absence(path: Path) -> BundleError:
    status, cure = "", "Give the --out of a finished `kerascls fit`."
    if (path / RUN_FILE).is_file():
        run = read_json(path / RUN_FILE)
        status = f" It is a run whose status is {run.get('status')!r}."
    if line := line_to_resume(path):
        cure = f"Go on with it first: `{line}`."
    return BundleError(
        f"Expected a bundle: a directory with {MANIFEST}, or a run directory with "
        f"{BUNDLE_FOLDER}/{MANIFEST}. Received: {str(path)!r}.{status} {cure}"
    )


def _read_decision(path: Path) -> Decision:
    values = read_json(path)
    try:
        if path.name == FIRST_RULE:
            return Decision(Rule.from_dict(values))
        return Decision.from_dict(values)
    except BundleError as error:  # which does not know the file
        raise _damage(path, error) from error
