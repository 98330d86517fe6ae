"""What a bundle holds, for people."""

from typing import Any

from kerascls.errors import BundleError
from kerascls.inference.bundle import MANIFEST, WEIGHTS, Bundle
from kerascls.inference.bundle.architecture import read_architecture


def describe_bundle(bundle: Bundle) -> dict[str, Any]:
    """Returns what `kerascls inspect` tells about a bundle, as plain JSON types.

    Args:
        bundle: A checked bundle.

    Raises:
        BundleError: When it describes no model, or one that does not fit it.
    """
    architecture = read_architecture(bundle)
    return {
        "bundle": str(bundle.path),
        "runtime": bundle.runtime,
        "task": bundle.task.value,
        "labels": list(bundle.label_set),
        "train_support": bundle.train_support,
        "text": bundle.input_spec.to_dict(),
        **({"model": architecture["model"]} if "model" in architecture else {}),
        "encoder": architecture["config"],
        "pooling": architecture.get("pooling"),
        "window_pooling": architecture.get("window_pooling"),
        "decision": bundle.decision.to_dict(),
        **_members(bundle),
        "weights_bytes": _weights_bytes(bundle),
        "exports": {
            name: {"bytes": (bundle.path / export["file"]).stat().st_size, **export}
            for name, export in bundle.exports.items()
        },
    }


def _members(bundle: Bundle) -> dict[str, Any]:
    """Returns the members of an ensemble, each with its weight."""
    if not bundle.members:
        return {}
    return {
        "members": [
            {"name": one.name, "weight": one.weight} | describe_bundle(one.bundle)
            for one in bundle.members
        ]
    }


def _weights_bytes(bundle: Bundle) -> int:
    if bundle.members:
        return sum(_weights_bytes(one.bundle) for one in bundle.members)
    return (bundle.path / WEIGHTS).stat().st_size


def bundle_lines(description: dict[str, Any]) -> list[tuple[str, ...]]:
    """Returns titles and texts for the screen.

    Args:
        description: What `describe_bundle` returned.

    Raises:
        BundleError: When what is told of an export cannot be read.
    """
    text, labels = description["text"], description["labels"]
    shown = ", ".join(labels[:10]) + (", ..." if len(labels) > 10 else "")
    return [
        ("bundle", description["bundle"]),
        ("task", description["task"]),
        ("labels", f"{len(labels)}: {shown}"),
        ("text", f"{', '.join(text['text_columns'])}; {_length(description)}"),
        _model_line(description),
        *map(_member_line, description.get("members", ())),
        ("weights", f"{description['weights_bytes'] / 1e6:.1f} MB"),
        *(_export_line(*item) for item in description["exports"].items()),
    ]


def _length(description: dict[str, Any]) -> str:
    if "members" in description:
        return "each member reads it as told below"
    text = description["text"]
    most = text["max_tokens"]
    if most is None:
        return "read whole"
    if (windows := text.get("max_windows", 1)) == 1:
        return f"{most} tokens"
    overlap = text["window_overlap"]
    return f"up to {windows} windows of {most} tokens, overlapping by {overlap}"


def _model_line(description: dict[str, Any]) -> tuple[str, str]:
    sizes = description["encoder"]
    if "model" in description:
        shown = (f"{name}={value}" for name, value in sizes.items())
        return "model", f"{description['model']}, {', '.join(shown)}"
    poolings = (
        f", {name}={description[name]}"
        for name in ("pooling", "window_pooling")
        if description[name] is not None
    )
    return (
        "encoder",
        f"{sizes['family']}, {sizes['num_layers']} layers of "
        f"{sizes['hidden_dim']}{''.join(poolings)}",
    )


def _member_line(member: dict[str, Any]) -> tuple[str, str]:
    kind, sizes = _model_line(member)
    exports = "".join(f", {name}" for name in member["exports"])
    what = sizes if kind == "model" else f"{kind} {sizes}"
    # A member that is an ensemble has members of its own, which are not shown.
    reads = "" if "members" in member else f"; {_length(member)}"
    return "member", f"{member['weight']:.3f} {member['name']}: {what}{reads}{exports}"


def _export_line(name: str, export: dict[str, Any]) -> tuple[str, str]:
    try:
        comparison = export["comparison"]
        return (
            name,
            f"{export['file']}{', int8' if export['int8'] else ''}, "
            f"{export['bytes'] / 1e6:.1f} MB; on {comparison['rows']} texts of "
            f"{export['compared_on']}: {comparison['changed']} with other labels, a "
            f"probability differs by {comparison['largest_difference']:.2g} at most",
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"Expected an export with its comparison. Received: exports[{name!r}]="
            f"{export!r:.200} in {MANIFEST}. Export it again with `kerascls export`."
        ) from error
