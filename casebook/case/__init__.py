"""The record of a case, `case.yaml`: what people answered and decided, typed, placed and dated."""

from casebook.case.file import FILE_NAME, Case, load_case
from casebook.case.record import PHASE_SECTIONS, Record
from casebook.case.save import save_answers

__all__ = ["FILE_NAME", "PHASE_SECTIONS", "Case", "Record", "load_case", "save_answers"]
