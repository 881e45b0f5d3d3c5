"""Candidates: everything that is compared, one factory a file, all scikit-learn estimators."""
