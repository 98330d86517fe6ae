"""The epochs of a run, or its validations between them, for TensorBoard."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import keras


class EpochTensorBoard(keras.callbacks.Callback):
    """Writes the numbers of every epoch for TensorBoard.

    As Keras's own callback does: training's numbers and the learning rate go to
    `train`, those that start with `val_` to `validation`, both as `epoch_NAME`, so
    that TensorBoard draws them into one picture. That one needs the package
    tensorboard to write, which TensorFlow no longer brings; this one does not. The
    numbers are on disk when the epoch has ended. Another process may go on in the
    same folder.

    Where `logs` has `steps`, Keras's epoch is a round of some steps, and the numbers
    are written at the steps done, as `NAME`; `epochs` is one of them.
    """

    def __init__(self, folder: str | Path) -> None:
        super().__init__()
        self.folder = Path(folder)
        self._writers: dict[str, Any] = {}
        _leave_devices_to_the_backend()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Writes what is in `logs`."""
        logs = {"learning_rate": learning_rate(self.model), **(logs or {})}
        steps = logs.pop("steps", None)
        prefix = "epoch_" if steps is None else ""
        folders: dict[str, dict[str, float]] = {"train": {}, "validation": {}}
        for name, value in logs.items():
            folder = "validation" if name.startswith("val_") else "train"
            folders[folder][f"{prefix}{name.removeprefix('val_')}"] = value
        for folder, numbers in folders.items():
            self._write(folder, epoch if steps is None else steps, numbers)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Closes the files."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def _write(self, folder: str, step: int, numbers: dict[str, float]) -> None:
        import tensorflow
        from tensorflow.compat.v1 import SummaryMetadata

        if folder not in self._writers:
            path = str(self.folder / folder)
            self._writers[folder] = tensorflow.summary.create_file_writer(path)
        # What `tensorflow.summary.scalar` writes, which needs the package tensorboard.
        kind = SummaryMetadata(plugin_data={"plugin_name": "scalars"}, data_class=1)
        with self._writers[folder].as_default(step=step):
            for tag, value in numbers.items():
                number = tensorflow.constant(value, "float32")
                tensorflow.summary.write(tag, number, metadata=kind)


def learning_rate(model: keras.Model) -> float:
    """Returns the learning rate of the next step, on every backend."""
    return float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))


def _leave_devices_to_the_backend() -> None:
    """Keeps TensorFlow, which writes the files, from taking another one's memory."""
    if keras.backend.backend() == "tensorflow":
        return
    import tensorflow

    with suppress(RuntimeError):  # it has started already
        tensorflow.config.set_visible_devices([], "GPU")
