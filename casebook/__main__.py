"""`python -m casebook` is the command."""

from casebook.cli.main import entry

if __name__ == "__main__":
    entry()
