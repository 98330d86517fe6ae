"""`python -m kerascls` is the `kerascls` command."""

from kerascls.cli import main

if __name__ == "__main__":
    main()
