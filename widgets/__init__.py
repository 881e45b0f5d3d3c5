"""Panels: the hands of Casebook in JupyterLab and Voila."""
