"""The command: parse, call, print. Everything it does works without it too."""
