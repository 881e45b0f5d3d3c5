"""The bytes of a model: to and from skops, and what else pretends to be such a file.

Nothing here, nor anywhere in Casebook, reads a pickle: pickles and joblib files run what is in
them. skops is imported late, as it loads every estimator of scikit-learn first.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from typing import Any

from casebook.exceptions import ModelError
from casebook.language import N_, _
from casebook.models.trusted import allowed

MOST_BYTES = 2**30
MOST_UNPACKED = 2**31

PICKLE = N_("it is a pickle (of Python or joblib), and reading it would run whatever is in it")
PACKED = N_("it is a compressed file, as joblib writes around a pickle")
OTHER = N_("it is neither a skops file nor anything else that holds a model")

# How other files begin -> why they are not read.
MAGIC = (
    (b"\x80", PICKLE),  # every protocol from 2 on
    (b"(", PICKLE),
    (b"c__builtin__", PICKLE),
    (b"ccopy_reg", PICKLE),
    (b"cposix", PICKLE),
    (b"\x93NUMPY", N_("it is an array of NumPy, not a model")),
    (b"\x78", PACKED),  # zlib
    (b"\x1f\x8b", PACKED),
    (b"BZh", PACKED),
    (b"\xfd7zXZ", PACKED),
    (b"\x5d\x00", PACKED),  # lzma
    (b"\x04\x22\x4d\x18", PACKED),  # lz4
)


def dumped(estimator: Any) -> bytes:
    """A fitted estimator as the bytes of a compressed skops file.

    Raises ModelError where skops has no form for something in it.
    """
    import skops.io

    try:
        return bytes(skops.io.dumps(estimator, compression=zipfile.ZIP_DEFLATED))
    except Exception as error:  # whatever a foreign estimator's state raises
        raise ModelError(
            _("{estimator} cannot be saved without a pickle: {error}",
              estimator=type(estimator).__name__, error=error),
            hint=_("Casebook writes no pickles. Choose a candidate that skops knows."),
        ) from error  # fmt: skip


def types_in(blob: bytes) -> tuple[str, ...]:
    """The types in a skops file that skops itself does not trust. Nothing is brought to life."""
    import skops.io

    return tuple(skops.io.get_untrusted_types(data=blob))


def loaded(blob: bytes, trust: Iterable[str]) -> Any:
    """The estimator in a skops file. Raises what skops raises; a child goes first."""
    import skops.io

    return skops.io.loads(blob, trusted=allowed(trust))


def check_form(blob: bytes, place: str) -> None:
    """Raises ModelError, with the reason, for what is not a skops file at all."""
    if not blob.startswith(b"PK"):
        why = next((why for magic, why in MAGIC if blob.startswith(magic)), OTHER)
        if not blob:
            why = N_("it is empty")
        raise ModelError(
            _("this is not read as a model: {why}.", why=_(why)),
            place=place,
            hint=_("Save the model again with casebook.models.file.save_model."),
        )
