"""Columns that tell groups apart whom a decision must not treat unfairly, found by their names."""

from __future__ import annotations

import re

_ENGLISH = frozenset({
    "sex", "gender", "race", "racial", "ethnic", "ethnicity", "nationality", "nation", "native",
    "citizenship", "citizen", "religion", "religious", "faith", "disability", "disabilities",
    "disabled", "handicap", "birth", "birthday", "birthdate", "dob", "birthyear", "marital",
    "married", "pregnant", "pregnancy", "orientation", "caste", "tribe", "immigrant", "immigration",
    "senior", "elderly", "minority", "foreigner", "veteran",
})  # fmt: skip
# `age` alone, or with words that make it a person's: a house has an age as well
_AGE = frozenset({"age", "ages", "aged"})
_WITH_AGE = frozenset({
    "age", "ages", "aged", "group", "band", "bracket", "range", "class", "category", "bin", "in",
    "years", "year", "yrs", "at", "of", "the", "customer", "client", "patient", "person", "user",
    "guest", "applicant", "borrower", "employee", "member", "driver", "owner", "student", "worker",
    "passenger", "child", "mother", "father", "parent", "insured", "current", "my", "respondent",
})  # fmt: skip
_KOREAN = (
    "성별", "나이", "연령", "국적", "인종", "민족", "종교", "장애", "생년", "생일", "출생", "혼인",
    "결혼", "임신", "외국인", "내국인", "병역", "주민등록번호", "노인", "성적지향", "고령",
)  # fmt: skip
_NOT_KOREAN = ("출생아", "장애물", "무장애")


def sensitive_word(name: str) -> str:
    """The word of a column's name that makes it sensitive; empty where none does.

    >>> sensitive_word("SeniorCitizen"), sensitive_word("고객성별")
    ('senior', '성별')
    >>> sensitive_word("housing_median_age")
    ''
    """
    words = [word.lower() for word in _words(name)]
    for word in words:
        if word in _ENGLISH:
            return word
    if _AGE & set(words) and set(words) <= _WITH_AGE:
        return "age"
    bare = name
    for other in _NOT_KOREAN:
        bare = bare.replace(other, "")
    return next((word for word in _KOREAN if word in bare), "")


def _words(name: str) -> list[str]:
    """The words of `camelCase`, `snake_case`, `kebab-case` and plain names."""
    parted = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    parted = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", parted)
    return re.findall(r"[A-Za-z]+", parted)
