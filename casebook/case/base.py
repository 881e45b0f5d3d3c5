"""What every section of the record shares: kinds of answers, and how a question is declared."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from casebook.language import N_, _


def complaint(message: str, field: str = "") -> PydanticCustomError:
    """An error of our own, already in the reader's language.

    field: the field within the section that it is about; empty for the section or value itself.
    """
    return PydanticCustomError("casebook", "{message}", {"message": message, "field": field})


def _yes_or_no(value: object) -> object:
    """`true` and `false` are taken for yes and no: people and editors write both."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


def _day(value: object) -> object:
    """A day from text or a date; a number is refused, pydantic would count seconds from 1970."""
    if isinstance(value, datetime):
        raise complaint(_("a day without a time is expected, as 2025-01-31"))
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise complaint(_("a day is expected, as 2025-01-31")) from None


def _one_line(value: str) -> str:
    if not value.strip() or len(value.splitlines()) > 1:
        raise complaint(_("one line of text is expected"))
    return value


def _single(value: object) -> object:
    """One value of YAML: text, a number, true or false."""
    if isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise complaint(_("one value is expected: text, a number, true or false"))


def _number_as_text(value: object) -> object:
    """Numbers in a list of texts, as `missing: [999]`, are meant as they are written."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Answer = Annotated[Literal["yes", "no", "unsure"], BeforeValidator(_yes_or_no)]
Either = Annotated[Literal["yes", "no"], BeforeValidator(_yes_or_no)]
Day = Annotated[date, BeforeValidator(_day)]
Line = Annotated[str, AfterValidator(_one_line)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=1)]
Positive = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Flag = Annotated[bool, Field(strict=True)]
Scalar = Annotated[str | int | float | bool, BeforeValidator(_single)]
Token = Annotated[str, BeforeValidator(_number_as_text)]
Period = Literal["day", "week", "month"]


def asked(text: str, kind: str = "", **limits: Any) -> Any:
    """A question that a case should answer; `null` until somebody does.

    text: the question in plain words, marked by `N_`.
    kind: what is typed, where its type does not say: "expression", "aggregate", "column",
        "table", "paragraph" or "person".
    """
    return Field(default=None, description=text, json_schema_extra=_extra(kind), **limits)


def optional(text: str, kind: str = "", default: object = None) -> Any:
    """A field that nobody has to fill in: a setting with a sensible default, a note, a name."""
    extra = _extra(kind) | {"x-optional": True}
    return Field(default=default, description=text, json_schema_extra=extra)


def required(text: str, kind: str = "") -> Any:
    """A field without which its entry says nothing."""
    return Field(description=text, json_schema_extra=_extra(kind))


def listed(text: str, kind: str = "", *, optional: bool = False) -> Any:
    """A list of answers; empty until somebody answers."""
    extra = _extra(kind) | ({"x-optional": True} if optional else {})
    return Field(default=(), description=text, json_schema_extra=extra)


def mapped(text: str, kind: str = "") -> Any:
    """Named values that nobody has to give."""
    extra = _extra(kind) | {"x-optional": True}
    return Field(default_factory=dict, description=text, json_schema_extra=extra)


def section(model: type[Section], text: str) -> Any:
    """A part of the record that is always there, its questions unanswered."""
    return Field(default_factory=model, description=text)


def _extra(kind: str) -> dict[str, Any]:
    return {"x-kind": kind} if kind else {}


class Section(BaseModel):
    """A part of the record: frozen, and strict about names."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_unanswered(cls, value: object) -> object:
        """`rules:` with nothing after it means the same as `rules: []`."""
        if not isinstance(value, dict):
            return value
        return {k: v for k, v in value.items() if v is not None or not cls._has_an_empty_form(k)}

    @classmethod
    def _has_an_empty_form(cls, name: object) -> bool:
        """Whether a field that holds nothing is something else than null."""
        field = cls.model_fields.get(str(name))
        return field is not None and not field.is_required() and field.default is not None

    # The field whose question is that of the section itself, as a check's answer; or none.
    leading: ClassVar[str] = ""

    def not_asked(self) -> frozenset[str]:
        """Questions that other answers of this section have made needless."""
        return frozenset()


class Decision(Section):
    """Who decided, when and why."""

    by: str | None = optional(N_("Who decided?"), "person")
    on: Day | None = optional(N_("On which day?"))
    reason: str | None = asked(N_("Why?"), "paragraph")
