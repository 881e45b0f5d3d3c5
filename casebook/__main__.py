"""`python -m casebook` is the command."""

from casebook.cli.main import main

if __name__ == "__main__":
    main()
