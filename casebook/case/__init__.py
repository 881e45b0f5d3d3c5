"""The record of a case, `case.yaml`: what people answered and decided, typed, placed and dated."""

from casebook.case.file import FILE_NAME, Case, load_case
from casebook.case.journal import Change
from casebook.case.journal import read as read_journal
from casebook.case.questions import Question, open_questions, questions
from casebook.case.record import PHASE_SECTIONS, Record
from casebook.case.save import save_answers
from casebook.case.schema import json_schema
from casebook.case.sections_data import TableSource
from casebook.case.template import new_record_text

__all__ = [
    "FILE_NAME",
    "PHASE_SECTIONS",
    "Case",
    "Change",
    "Question",
    "Record",
    "TableSource",
    "json_schema",
    "load_case",
    "new_record_text",
    "open_questions",
    "questions",
    "read_journal",
    "save_answers",
]
