"""The `kerascls` command: thin commands that call plain functions of the same name."""

from kerascls.cli.app import main

__all__ = ["main"]
