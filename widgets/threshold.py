"""The threshold in one's hands: what each one brings, costs, and asks of people, at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from casebook import language
from casebook.case import Case
from casebook.formats import number, percent
from casebook.language import _
from casebook.pages import baseline_threshold as pages
from casebook.pages.base import Html, details, element, headline, join, notice
from casebook.pages.states import Kind
from casebook.phases.baseline_threshold import Decision
from casebook.phases.baseline_threshold_words import chance, per_period
from widgets.base import Panel, guarded
from widgets.parts import ClashBox, button, dressed, fragment, number_or_text, watch
from widgets.threshold_model import PATHS, PLAYED, ThresholdModel

__all__ = ["ThresholdModel", "ThresholdPanel"]

_SLIDER = """
const wait = setInterval(() => {
  const slide = this.closest('.cb-panel')?.querySelector('.cb-slide');
  const handle = slide?.querySelector('[role=slider]');
  if (!handle) return;
  clearInterval(wait);
  const label = slide.querySelector('label').textContent;
  const said = slide.querySelector('.widget-readout');
  handle.setAttribute('aria-label', label);
  const say = () => {
    const text = said.textContent;
    if (handle.getAttribute('aria-valuetext') !== text) handle.setAttribute('aria-valuetext', text);
  };
  new MutationObserver(say).observe(slide,
    {attributes: true, childList: true, characterData: true, subtree: true});
  say();
}, 100);
"""

_STATES: dict[str, Kind] = {"saved": "ok", "waiting": "warning", "clash": "warning"}


class ThresholdPanel(Panel):
    """Slide the threshold, change costs, capacity and the band by hand; save what is to be used.

    decision: the findings; no data are needed. None, or one without a curve, has nothing to play
    with. by: who answers; None takes the account's name, or asks behind a link that many open.
    """

    def __init__(self, case: Case, decision: Decision | None, by: str | None = None) -> None:
        with language.using(case.record.language):
            found = Decision((_nothing(),), "") if decision is None else decision
            self.model = ThresholdModel(case, found, by)
            super().__init__()
            look = dressed(self, self.static())
            if found.curve is None:
                self.children = [*look, w.HTML(fragment(_lead(found)))]
                return
            self._filling = False
            self.children = [*look, *self._parts(found)]
        self._bind()
        self._show(None)
        watch(self.model, self._look)

    def _named(self, change: dict[str, Any]) -> None:
        self.model.by = change["new"].strip()

    def static(self) -> Html:
        """The same without a kernel: what was found, and the outcomes at the threshold in use."""
        model = self.model
        with language.using(model.case.record.language):
            if model.decision.curve is None:
                return _lead(model.decision)
            shown = pages.confusion(model.decision, model.threshold, model.band)
            return join(_lead(model.decision), shown, _sums(model))

    def _parts(self, found: Decision) -> list[w.Widget]:
        assert found.curve is not None
        self.name = _text(_("Your name"), model_value=self.model.by)
        options = [(chance(one), min(one, 1.0)) for one in found.curve.threshold]
        self.slider = w.SelectionSlider(
            options=options, description=_("Threshold"), continuous_update=True, readout=False,
            style={"description_width": "initial"},
        )  # fmt: skip
        self.slider.add_class("cb-slide")
        self.fields = {name: _text(label) for name, label in _labels(found).items()}
        self.table, self.sums, self.status = w.HTML(), w.HTML(), w.HTML()
        self.marks = [button(self.model, text, "", act) for text, act in self._suggestions(found)]
        self.using = button(
            self.model, _("Use this threshold"), _("Save it in the record"), self._use
        )
        self.clashes = [ClashBox(self.model, path, path, _said, self._taker(path))
                        for path in PATHS]  # fmt: skip
        asked = [] if self.model.by.strip() else [self.name]
        curve = details(_("The whole curve, at the costs of the record"), pages.picture(found))
        folded = w.HTML(fragment(curve))
        top = [
            w.HTML(fragment(_lead(found))),
            *asked,
            self.slider,
            _named_slider(),
            _side([self.fields["threshold"]]),
        ]
        return [*top, _side(self.marks), self.sums, self.table, *self._played(), folded,
                self.using, self.status, *self.clashes]  # fmt: skip

    def _played(self) -> list[w.Widget]:
        hint = _("Costs, capacity and the band may be changed to see what would follow.")
        costs = [self.fields[name] for name in ("right_yes", "wrong_yes", "wrong_no", "right_no")]
        rest = [self.fields[name] for name in ("capacity", "low", "high", "effort")]
        return [w.HTML(fragment(element("p", hint, class_="cb-small"))), _side(costs), _side(rest)]

    def _suggestions(self, found: Decision) -> list[tuple[str, Callable[[], None]]]:
        """Thresholds and the band that the findings name, each on a button."""
        model, said = self.model, []
        if found.choice is not None:
            best = found.choice.chosen
            said.append((_("Best: {chance}", chance=chance(best)), lambda: model.suggest(best)))
        if found.capacity is not None:
            limit = found.capacity.limit
            said.append(
                (_("Capacity: {chance}", chance=chance(limit)), lambda: model.suggest(limit))
            )
        band = found.band
        if band is not None:
            text = _("By hand: {low} to {high}", low=chance(band.low), high=chance(band.high))
            said.append((text, lambda: model.hand(band.low, band.high)))
        return [*said, (_("Nothing by hand"), lambda: model.hand(None, None))]

    def _bind(self) -> None:
        self.slider.observe(guarded(self.model, self._slid), "index")
        self.name.observe(guarded(self.model, self._named), "value")
        for name, control in self.fields.items():
            control.observe(guarded(self.model, self._giver(name)), "value")
        self.model.observe(self._show, [*PLAYED, "cost", "confusion"])
        self.model.observe(self._say, "status")

    def _giver(self, name: str) -> Callable[[dict[str, Any]], None]:
        def given(change: dict[str, Any]) -> None:
            if not self._filling and not self.model.give(name, change["new"]):
                self._fill()

        return given

    def _taker(self, path: str) -> Callable[[], None]:
        return lambda: self.model.take(path) if not self.model.status else None

    def _slid(self, change: dict[str, Any]) -> None:
        if not self._filling:
            self.model.threshold = min(1.0, self.model.curve.threshold[change["new"]])

    def _use(self) -> None:
        self.model.use()

    def _show(self, _change: object) -> None:
        """All that follows from what is tried; the sentence is read out, the table is not."""
        model = self.model
        with language.using(model.case.record.language):
            self._fill()
            told = element("div", _sums(model), role="status", aria_live="polite")
            self.sums.value = fragment(told)
            self.table.value = fragment(
                pages.confusion(model.decision, model.threshold, model.band)
            )

    def _fill(self) -> None:
        model = self.model
        self._filling = True
        try:
            self.slider.index = model.curve.place(model.threshold)
            for name, control in self.fields.items():
                value = getattr(model, name)
                control.value = "" if value is None else number_or_text(value)
        finally:
            self._filling = False

    def _say(self, _change: object) -> None:
        model = self.model
        if not model.message:
            self.status.value = ""
            return
        with language.using(model.case.record.language):
            box = notice(_STATES.get(model.status, "failed"), model.message)
        self.status.value = fragment(element("div", box, role="status", aria_live="polite"))

    def _look(self) -> None:
        self.model.refresh()


def _nothing() -> str:
    return _("There is no threshold to choose: that takes two classes, and probabilities.")


def _lead(found: Decision) -> Html:
    return headline(found.headline[:1])


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return f"{number(value['low'])} – {number(value['high'])}"
    return _("nothing") if value is None else number_or_text(value)


def _side(controls: list[w.Widget]) -> w.HBox:
    return w.HBox(controls).add_class("cb-side")


def _text(label: str, model_value: str = "") -> w.Text:
    made = w.Text(value=model_value, description=label, continuous_update=False)
    return made.add_class("cb-field").add_class("cb-short")


def _named_slider() -> w.HTML:
    """What ipywidgets leaves out: the slider's name, and its threshold in place of its step.

    An image that is none runs the script, as in `parts`.
    """
    script = " ".join(_SLIDER.split())
    return w.HTML(Html('<img hidden alt="" src="data:," onerror="{}">').format(script))


def _labels(found: Decision) -> dict[str, str]:
    """What each of `PLAYED` is called."""
    unit = found.unit or _("no unit named")
    yes, no = found.yes, found.no
    period = "" if found.volume is None else per_period(found.volume)
    return {
        "threshold": _("Threshold, from 0 to 1"),
        "right_yes": _("Cost of a right “{yes}” ({unit})", yes=yes, unit=unit),
        "wrong_yes": _("Cost of a wrong “{yes}” ({unit})", yes=yes, unit=unit),
        "wrong_no": _("Cost of a wrong “{no}” ({unit})", no=no, unit=unit),
        "right_no": _("Cost of a right “{no}” ({unit})", no=no, unit=unit),
        "capacity": _("People can act on, {period}", period=period),
        "low": _("A person decides from"),
        "high": _("A person decides up to"),
        "effort": _("Cost of a person's decision ({unit})", unit=unit),
    }


def _sums(model: ThresholdModel) -> Html:
    """Cost now against the least, answers to act on against the capacity, rows by hand."""
    return join(*(element("p", text) for text in (_cost(model), _handed(model)) if text),
                _room(model))  # fmt: skip


def _cost(model: ThresholdModel) -> str:
    unit = model.decision.unit
    if model.cost is None:
        return _("What this costs is not known.")
    said = _("1,000 rows cost {cost} {unit}", cost=number(model.cost), unit=unit).strip()
    if model.least is None or model.cheapest is None:
        return f"{said}."
    more = model.cost - model.least
    if abs(more) < 1e-9 * max(1.0, abs(model.least)):
        return _("{said}: the least on these rows without a person.", said=said)
    words = {"said": said, "more": number(abs(more)), "chance": chance(model.cheapest)}
    if more > 0:
        return _("{said}: {more} more than at {chance}, the least on these rows.", **words)
    return _("{said}: {more} less than without a person at {chance}.", **words)


def _handed(model: ThresholdModel) -> str:
    if model.band is None:
        return ""
    return _("A person decides {share} of the rows.", share=percent(model.handed))


def _room(model: ThresholdModel) -> Html:
    """How many answers people act on, and a bar of how much of the capacity that is."""
    found = model.decision
    acted = found.yes if model.on_yes else found.no
    period = "" if found.volume is None else per_period(found.volume)
    words = {"n": number(round(model.flagged)), "acted": acted, "period": period}
    if model.capacity is None:
        return element("p", _("{n} “{acted}” {period}.", **words))
    share = model.flagged / model.capacity
    words |= {"room": number(model.capacity), "share": percent(share, 0)}
    said = _("{n} “{acted}” {period}: {share} of the {room} that people can act on.", **words)
    filled = Html('<span class="{}" style="width:{}%"></span>').format(
        "cb-over" if share > 1 else "", round(100 * min(share, 1.0), 1)
    )
    bar = element("div", filled, class_="cb-room", aria_hidden="true")
    return join(element("p", said), bar)
