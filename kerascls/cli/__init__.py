"""The `kerascls` command: thin commands that call plain functions of the same name."""
