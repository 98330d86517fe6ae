"""In which forms weights are read: one table, by the ending of a file's name."""

from dataclasses import dataclass
from pathlib import Path

from kerascls.checkpoints.names import LayoutName
from kerascls.checkpoints.weight_files.shards import INDEX
from kerascls.checkpoints.weight_files.weight_file import WeightFile
from kerascls.system.tables import named


@dataclass(frozen=True, kw_only=True)
class WeightFormat:
    """One form of weight files.

    Args:
        layout: Whose names the weights have.
        endings: Of the names of its files.
        main: The name that takes precedence when several files fit; "" for none.
        reader: `module:name` of the `WeightFile` that reads it.
        turn: Forms of the first turn are looked for in a directory before those of
            the second: what a hub offers beside a file is the same in another form.
        has_index: Whether `ENDING.index.json` may list several files.
    """

    layout: LayoutName
    endings: tuple[str, ...]
    main: str = ""
    reader: str
    turn: int
    has_index: bool = True

    def fits(self, name: str) -> bool:
        """Whether a file of that name holds weights of this form, or lists them."""
        return name.removesuffix(INDEX if self.has_index else "").endswith(self.endings)

    def is_main(self, name: str) -> bool:
        """Whether that name takes precedence over others of this form."""
        return self.main != "" and name.removesuffix(INDEX) == self.main


_PACKAGE = "kerascls.checkpoints.weight_files"
FORMATS = {
    "safetensors": WeightFormat(
        layout="huggingface",
        endings=(".safetensors",),
        main="model.safetensors",
        reader=f"{_PACKAGE}.safetensors_files:SafetensorsFiles",
        turn=1,
    ),
    "tensorflow": WeightFormat(
        layout="google",
        endings=(".index",),
        reader=f"{_PACKAGE}.tensorflow_checkpoint:TensorFlowCheckpoint",
        turn=1,
        has_index=False,
    ),
    "torch": WeightFormat(
        layout="huggingface",
        endings=(".bin", ".pt", ".pth"),
        main="pytorch_model.bin",
        reader=f"{_PACKAGE}.torch_files:TorchFiles",
        turn=2,
    ),
    "hdf5": WeightFormat(
        layout="huggingface",
        endings=(".h5", ".hdf5"),
        main="tf_model.h5",
        reader=f"{_PACKAGE}.hdf5_files:Hdf5Files",
        turn=3,
    ),
}


def format_of(path: Path) -> WeightFormat:
    """Returns the form of a weight file, its index file, or a TensorFlow prefix."""
    fitting = (form for form in FORMATS.values() if form.fits(path.name))
    return next(fitting, FORMATS["tensorflow"])


def open_weights(path: Path) -> WeightFile:
    """Opens a weight file, its index file, or a TensorFlow prefix.

    Raises:
        CheckpointError: When it is damaged, or another file than its name says.
    """
    weights: WeightFile = named(format_of(path).reader)(path)
    return weights
