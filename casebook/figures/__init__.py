"""Figures: findings in, a `CaseFigure` out; one module a phase beside the shared base."""
