"""The model behind Gradio, as its users write it: every field's change asks again."""

import os
from typing import Any

import gradio as gr
import saved

estimator, about = saved.load(), saved.described()


def field(column: dict[str, Any]) -> Any:
    """The control of a column."""
    name, usual = column["name"], column["typical"]
    if column["levels"]:
        return gr.Dropdown(column["levels"], value=usual, label=name)
    return gr.Number(usual, label=name)


def answer(*values: Any) -> str:
    """What the model says of the form."""
    return saved.said(estimator, about, values)


with gr.Blocks(title=about["target"]) as page:
    fields = [field(column) for column in about["columns"]]
    output = gr.Markdown(elem_id="answer")
    gr.on([page.load, *(one.change for one in fields)], answer, fields, output)

page.launch(server_name="127.0.0.1", server_port=int(os.environ["RIVAL_PORT"]))
