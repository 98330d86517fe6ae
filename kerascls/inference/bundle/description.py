"""What a bundle holds, for people."""

from typing import Any

from kerascls.inference.bundle import ENCODER, WEIGHTS, Bundle


def bundle_facts(bundle: Bundle) -> dict[str, Any]:
    """Returns what `kerascls inspect` tells about a bundle, as plain JSON types.

    Args:
        bundle: A checked bundle.
    """
    parts = bundle.read(ENCODER)
    return {
        "bundle": str(bundle.path),
        "runtime": bundle.runtime,
        "task": bundle.task.value,
        "labels": list(bundle.label_set),
        "train_support": bundle.train_support,
        "text": bundle.input_spec.to_dict(),
        **({"model": parts["model"]} if "model" in parts else {}),
        "encoder": parts["config"],
        "pooling": parts.get("pooling"),
        "decision": bundle.decision.to_dict(),
        "weights_bytes": (bundle.path / WEIGHTS).stat().st_size,
        "exports": {
            name: {"bytes": (bundle.path / facts["file"]).stat().st_size, **facts}
            for name, facts in bundle.exports.items()
        },
    }


def bundle_lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Returns titles and texts for the screen.

    Args:
        facts: What `bundle_facts` returned.
    """
    text = facts["text"]
    labels = facts["labels"]
    shown = ", ".join(labels[:10]) + (", ..." if len(labels) > 10 else "")
    return [
        ("bundle", facts["bundle"]),
        ("task", facts["task"]),
        ("labels", f"{len(labels)}: {shown}"),
        ("text", f"{', '.join(text['text_columns'])}; {text['max_tokens']} tokens"),
        _model_line(facts),
        ("weights", f"{facts['weights_bytes'] / 1e6:.1f} MB"),
        *map(_export_line, facts["exports"].items()),
    ]


def _model_line(facts: dict[str, Any]) -> tuple[str, str]:
    sizes = facts["encoder"]
    if "model" in facts:
        shown = (f"{name}={value}" for name, value in sizes.items())
        return "model", f"{facts['model']}, {', '.join(shown)}"
    return (
        "encoder",
        f"{sizes['family']}, {sizes['num_layers']} layers of "
        f"{sizes['hidden_dim']}, pooling={facts['pooling']}",
    )


def _export_line(export: tuple[str, dict[str, Any]]) -> tuple[str, str]:
    name, facts = export
    found = facts["comparison"]
    return (
        name,
        f"{facts['file']}{', int8' if facts['int8'] else ''}, "
        f"{facts['bytes'] / 1e6:.1f} MB; on {found['rows']} texts of "
        f"{facts['compared_on']}: {found['changed']} with other labels, a probability "
        f"differs by {found['largest_difference']:.2g} at most",
    )
