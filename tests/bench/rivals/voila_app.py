"""The model behind plain Voila, as its users write it; the bench makes a notebook of this file."""

import ipywidgets as w
import saved
from IPython.display import display

estimator, about = saved.load(), saved.described()


def field(column):
    """The control of a column."""
    name, usual = column["name"], column["typical"]
    if column["levels"]:
        return w.Dropdown(options=column["levels"], value=usual, description=name)
    return w.FloatText(value=usual, description=name)


fields = [field(column) for column in about["columns"]]
output = w.HTML().add_class("answer")


def answer(_change=None):
    """Show what the model says of the form."""
    output.value = saved.said(estimator, about, [one.value for one in fields])


for one in fields:
    one.observe(answer, "value")
answer()
display(w.VBox([*fields, output]))
