"""From a case to reasons and a change, with models that went through their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from casebook.case import load_case, new_record_text
from casebook.models.about import About
from casebook.models.file import load_model, save_model
from casebook.models.labelled import labelled
from casebook.models.registry import CANDIDATES
from casebook.prototype.answer import answer
from casebook.prototype.change import change_or_reason
from casebook.prototype.opened import opened
from casebook.prototype.rows import plain_rows
from casebook.prototype.values import Trust
from casebook.prototype.why import warm, why
from casebook.tables import open_table

FILES = {
    "telco": ("telco_churn.csv", "Churn"),
    "california": ("california_housing.csv", "median_house_value"),
}


def case_of(name, root, realdata, folder):
    if name == "restaurant":
        return load_case(root / "data" / name)
    file, target = FILES[name]
    (folder / "case.yaml").write_text(
        new_record_text(name, {"rows": str(realdata / file)}, target=target), "utf-8"
    )
    return load_case(folder)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("restaurant", "linear"), ("telco", "boosting"), ("california", "boosting")],
)
def test_real_rows_have_reasons_and_changes(name, kind, root, realdata, tmp_path: Path):
    case = case_of(name, root, realdata, tmp_path)
    table = open_table(case)
    data = labelled(case, table, most=4000)
    made = next(c for c in CANDIDATES if c.name == kind).make(data.setting)
    save_model(tmp_path, made.fit(data.X, data.y), data, about=About(name, kind))
    prototype = opened(case, table, load_model(tmp_path), Trust())
    warm(prototype)
    turned = 0
    for row in plain_rows(prototype.known.X.iloc[:4]):
        said = answer(prototype, row)
        found = why(prototype, said)
        total = found.start + sum(one.amount for one in found.contributions)
        assert total == pytest.approx(found.end, rel=1e-12, abs=1e-9)
        assert len(found.contributions) == len(prototype.model.file.columns)
        wanted = None if data.classes else (1.2 * said.said, 1.5 * said.said)
        change = change_or_reason(prototype, said, wanted=wanted)
        assert change.sentence
        if change.change is not None:
            turned += 1
            after = answer(prototype, change.change.row)
            assert after.said == change.change.said
            assert after.decision != said.decision or wanted[0] <= after.said <= wanted[1]
    assert turned >= 2
    if name == "restaurant":
        assert "choosing_minutes" in found.rule or "None of the rules" in found.rule
