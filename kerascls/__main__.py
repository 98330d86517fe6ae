"""`python -m kerascls` is the `kerascls` command."""

from kerascls.cli.app import main

if __name__ == "__main__":
    main()
