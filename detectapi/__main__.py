"""`python -m detectapi` is the command line."""

from detectapi.cli.main import main

if __name__ == "__main__":
    main()
