"""What a template imports before it forks, and what must be the same for those it forks."""

from __future__ import annotations

import os
from collections.abc import Mapping

PROTOCOL = 1


# Kind of template -> what it imports, a package that ends in `.*` with all the modules in it.
KINDS: Mapping[str, tuple[str, ...]] = {
    "kernel": (
        "numpy",
        "pandas",
        "scipy.stats",
        "sklearn.compose",
        "sklearn.dummy",
        "sklearn.ensemble",
        "sklearn.inspection",
        "sklearn.linear_model",
        "sklearn.metrics",
        "sklearn.model_selection",
        "sklearn.pipeline",
        "sklearn.preprocessing",
        "sklearn.tree",
        "matplotlib.pyplot",
        "matplotlib.backends.backend_agg",
        "matplotlib.backends.backend_svg",
        "IPython.core.completerlib",
        "IPython.extensions.storemagic",
        "ipykernel.debugger",
        "ipykernel.ipkernel",
        "ipykernel.kernelapp",
        "ipykernel.zmqshell",
        "sqlite3",
        "sqlalchemy.dialects.sqlite",
        "tornado.platform.asyncio",
        "encodings.cp437",  # of names in a zip file, as a saved model is one
        "ipywidgets",
        "openpyxl",
        "skops.io",
        "duckdb",
        "pyarrow.pandas_compat",
        "pyarrow.parquet",
        "casebook.workspace",
        "casebook.evidence.*",
        "casebook.expressions.*",
        "casebook.figures.*",
        "casebook.models.*",
        "casebook.pages.*",
        "casebook.phases.*",
        "casebook.prototype.*",
        "casebook.runs.*",
        "casebook.stats.*",
        "casebook.tables.*",
        "widgets",
    ),
    "worker": (
        "duckdb",
        "pyarrow.parquet",
        "casebook.cli.run",
        "casebook.execute.work",
        "casebook.expressions.*",
        "casebook.pages.notebook",
        "casebook.tables.*",
    ),
}

# Kind of template -> `module:function`, called once after its imports: what is slow the first time.
WARM_UPS: Mapping[str, str] = {
    "kernel": "casebook.warm.kernel:warm_up",
    "worker": "casebook.execute.work:warm_up",
}

# What a forked process does -> `module:function`, called with its arguments; it returns an exit
# status or nothing.
ENTRIES: Mapping[str, str] = {
    "kernel": "casebook.warm.kernel:main",
    "worker": "casebook.execute.worker:main",
    "command": "casebook.cli.main:main",
    "further": "casebook.warm.further:main",
}

# Page of `casebook app` -> `module:function`, called in a further template: what all visitors of
# the page have in common, made before the first comes. `case`: what those of all pages have.
AHEAD: Mapping[str, str] = {
    "case": "casebook.warm.pages:case",
    "prototype": "casebook.warm.pages:prototype",
}

ADDRESS_VARIABLE = "CASEBOOK_TEMPLATE"  # where a further template listens that a kernel is asked of


# Libraries start threads while they are imported unless told otherwise, and a process with
# threads cannot be forked safely. What each process may use is set after the fork.
QUIET: Mapping[str, str] = {
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    # Arrow's own pool takes a gigabyte at once, which counts as a process's memory though it is
    # not used, so that a limit of two is reached early.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}

THREADS = (  # of OpenMP and BLAS; read after the fork
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "GOTO_NUM_THREADS",
    "MKL_NUM_THREADS",
)

# Variables that are read when Python or a library starts: where one differs from the template's,
# only an ordinary start does what it says.
READ_AT_START = (
    "ARROW_", "BLIS_", "FONTCONFIG_", "GLIBC_TUNABLES", "GOMP_", "HOME", "JE_ARROW_", "KMP_",
    "LD_", "MALLOC_", "MATPLOTLIBRC", "MKL_", "MPLCONFIGDIR", "NPY_", "OMP_", "OPENBLAS_",
    "PANDAS_", "PYTHON", "SCIPY_", "SKLEARN_", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
)  # fmt: skip

# Of these, what libraries set themselves: a client that has imported them has it, another has not.
SET_BY_IMPORTS = ("KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK")

IDLE_VARIABLE = "CASEBOOK_WARM_IDLE"  # seconds without any process, after which a template ends
IDLE = 900.0
OFF_VARIABLE = "CASEBOOK_WARM"  # "0": every start is an ordinary one
START_TIMEOUT = 60.0  # seconds for a template to import what it imports
ANSWER_TIMEOUT = 10.0  # seconds for a template to fork
LEAST_MEMORY = 512_000_000  # bytes; less than Python with pandas and scikit-learn needs


def read_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that are read at start and cannot be set after a fork."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith(READ_AT_START) and name not in (*THREADS, *SET_BY_IMPORTS)
    }


def is_off() -> bool:
    """Whether warm starts are switched off, or cannot be."""
    return os.environ.get(OFF_VARIABLE) == "0" or not os.path.exists("/proc/self/ns")
