"""The outputs of one cell, capped: the middle of what it prints is dropped and counted."""

from __future__ import annotations

from collections import deque
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from casebook.execute.cap import HEAD, TAIL, cut, note

MOST_DISPLAYS = 500  # displayed values of one cell
MOST_CHARACTERS = 50_000_000  # of all of them together


class CellOutputs:
    """What one cell put out so far, as the client hears of it."""

    def __init__(self, head: int = HEAD, tail: int = TAIL) -> None:
        self._head_left = head
        self._tail_limit = tail
        self._tail: deque[tuple[str, str]] = deque()
        self._tail_size = 0
        self._dropped_lines = 0
        self._dropped = 0
        self._displays = 0
        self._characters = 0
        self._refused = 0

    def stream(self, outputs: list[NotebookNode], name: str, text: str) -> None:
        """Keep a piece of a stream: at the end of `outputs`, or in the tail that may be dropped."""
        head, rest = text[: self._head_left], text[self._head_left :]
        self._head_left -= len(head)
        if head:
            append_stream(outputs, name, head)
        if rest:
            self._keep_tail(name, rest)

    def _keep_tail(self, name: str, text: str) -> None:
        self._tail.append((name, text))
        self._tail_size += len(text)
        while self._tail_size > self._tail_limit:
            oldest_name, oldest = self._tail.popleft()
            excess = min(len(oldest), self._tail_size - self._tail_limit)
            if excess < len(oldest):
                self._tail.appendleft((oldest_name, oldest[excess:]))
            self._tail_size -= excess
            self._dropped += excess
            self._dropped_lines += oldest.count("\n", 0, excess)

    def admits(self, content: dict[str, Any]) -> bool:
        """Whether there is room for one more displayed value; counts it where there is not."""
        size = sum(len(str(value)) for value in content.get("data", {}).values())
        room = self._displays < MOST_DISPLAYS and self._characters + size <= MOST_CHARACTERS
        if room:
            self._displays += 1
            self._characters += size
        else:
            self._refused += 1
            self._dropped_lines += 1
            self._dropped += size
        return room

    def close(self, outputs: list[NotebookNode]) -> None:
        """Append the note of what was dropped and the kept tail, once the cell has ended."""
        if self._dropped:
            append_stream(outputs, "stderr", f"\n{note(self._dropped_lines, self._dropped)}\n")
        for name, text in self._tail:
            append_stream(outputs, name, text)


def append_stream(outputs: list[NotebookNode], name: str, text: str) -> None:
    """Append to the last output where it is the same stream, else as a new one."""
    last = outputs[-1] if outputs else None
    if last is not None and last.output_type == "stream" and last.name == name:
        last.text += text
    else:
        outputs.append(new_output("stream", name=name, text=text))


def cut_error(content: dict[str, Any]) -> dict[str, Any]:
    """The content of an error message with long texts cut."""
    return {
        **content,
        "evalue": cut(content.get("evalue", "")),
        "traceback": [cut(line) for line in content.get("traceback", [])],
    }
