"""What a bundle says of its model, checked against what else it holds."""

from typing import TYPE_CHECKING, Any

from kerascls.checkpoints.weight_files.safetensors_files import SafetensorsFiles
from kerascls.errors import (
    BundleError,
    CheckpointError,
    MissingPackageError,
    SettingsError,
)
from kerascls.inference.bundle.files import ENCODER, WEIGHTS
from kerascls.models.encoder_config import EncoderConfig, weight_shapes
from kerascls.models.presets import architecture_of
from kerascls.models.registry import POOLINGS, WINDOW_POOLINGS
from kerascls.system.tables import known_name

if TYPE_CHECKING:
    from kerascls.inference.bundle.bundle import Bundle


def read_architecture(bundle: "Bundle") -> dict[str, Any]:
    """Returns the content of encoder.json: the blueprint of the model.

    Raises:
        BundleError: When it describes no model, or one that knows fewer tokens,
            positions or segments than the bundle will give it.
    """
    content = bundle.read(ENCODER)
    try:
        sizes = dict(content["config"])
        if not bundle.members:
            architecture_of(content.get("model"))
        if content.get("model") is None:
            config = EncoderConfig(**sizes)
            _check_shapes(bundle, config)
            sizes = config.to_dict()
            known_name(POOLINGS, content["pooling"], "pooling")
        _check_room(bundle, sizes)
        _check_windows(bundle, content.get("window_pooling"))
    except MissingPackageError:
        raise  # it is what the tokenizer lacks, and the bundle is whole
    except (KeyError, TypeError, ValueError, CheckpointError, SettingsError) as error:
        raise BundleError(
            f"Expected weights that fit their configuration. Received: "
            f"{str(bundle.path)!r}, {ENCODER}: {_told(error)}. Copy the "
            f"bundle again from where it was made."
        ) from error
    return content


def _check_shapes(bundle: "Bundle", config: EncoderConfig) -> None:
    """Compares sizes with the weights, before anything of such sizes is made."""
    shapes = SafetensorsFiles(bundle.path / WEIGHTS).shapes()
    for name, shape in weight_shapes(config).items():
        if shapes.get(name) != shape:
            found = shapes.get(name, "missing")
            raise ValueError(
                f"wrong shape: {name} is {found} in {WEIGHTS}, not {shape}"
            )


def _check_room(bundle: "Bundle", sizes: dict[str, Any]) -> None:
    """Refuses ids for which a table has no row: a GPU would look up zeros."""
    spec = bundle.input_spec
    if spec.max_tokens is None:  # it reads texts
        return
    wanted = {
        "vocab_size": bundle.tokenizer().vocab_size,
        "max_positions": spec.max_tokens,
        "num_token_types": 2 if spec.pair else 0,
    }
    for name, least in wanted.items():
        known = sizes.get(name)
        if type(known) is int and known < least:
            raise ValueError(f"{name}={known}, and its texts need {least}")


def _check_windows(bundle: "Bundle", window_pooling: str | None) -> None:
    """Refuses windows for a model that reads none, and the other way round."""
    most = bundle.input_spec.max_windows
    if window_pooling is not None:
        known_name(WINDOW_POOLINGS, window_pooling, "window_pooling")
    if (window_pooling is not None) != (most > 1):
        raise ValueError(
            f"window_pooling={window_pooling!r}, and its texts have {most} window(s)"
        )


def _told(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing"
    return str(error).removesuffix(".")
