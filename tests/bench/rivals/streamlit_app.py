"""The model behind Streamlit, as its users write it: cached, and run again from top to bottom."""

from typing import Any

import saved
import streamlit as st

estimator = st.cache_resource(saved.load)()
about = st.cache_resource(saved.described)()


def field(column: dict[str, Any]) -> Any:
    """The control of a column."""
    name, usual = column["name"], column["typical"]
    if column["levels"]:
        return st.selectbox(name, column["levels"], index=column["levels"].index(usual))
    return st.number_input(name, value=usual)


st.title(about["target"])
values = [field(column) for column in about["columns"]]
st.subheader(saved.said(estimator, about, values))
