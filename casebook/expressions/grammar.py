"""What an expression may consist of: functions, types and kinds of nodes, as literal tables.

All that is not named here is refused. Left out on purpose: functions that grow a text or a list
without bound (`repeat`, `lpad`, `range`, `list`, `string_agg`), that read anything but the row
(files, settings, variables, the clock, chance), whose time grows with the square of the text
(`levenshtein`), and windows, whose meaning depends on the order of rows.
"""

from __future__ import annotations

from casebook.language import N_

LONGEST = 4_000  # characters of an expression
DEEPEST = 64  # brackets, or nodes, within one another
MOST_NODES = 600
MOST_JOINS = 20  # concatenations: each may add the length of a cell
MOST_HEAVY = 5  # functions of HEAVY
MOST_WILDCARDS = 3  # % beside _ in a LIKE pattern, whose time grows with their power

AGGREGATES = frozenset({
    "any_value", "approx_count_distinct", "arg_max", "arg_min", "avg", "bool_and", "bool_or",
    "corr", "count", "count_if", "count_star", "covar_pop", "covar_samp", "entropy", "first",
    "kurtosis", "last", "mad", "max", "max_by", "mean", "median", "min", "min_by", "mode",
    "product", "quantile", "quantile_cont", "quantile_disc", "regr_intercept", "regr_r2",
    "regr_slope", "skewness", "stddev", "stddev_pop", "stddev_samp", "sum", "var_pop",
    "var_samp", "variance",
})  # fmt: skip

OPERATORS = frozenset({
    "+", "-", "*", "/", "//", "%", "**", "^", "||", "~~", "!~~", "~~*", "!~~*", "like_escape",
    "not_like_escape", "ilike_escape", "not_ilike_escape", "regexp_full_match",
})  # fmt: skip

SCALARS = frozenset({
    # numbers
    "abs", "acos", "asin", "atan", "atan2", "cbrt", "ceil", "ceiling", "cos", "degrees", "exp",
    "fdiv", "floor", "fmod", "greatest", "isfinite", "isinf", "isnan", "least", "ln", "log",
    "log10", "log2", "mod", "nullif", "pow", "power", "radians", "round", "sign", "sin", "sqrt",
    "tan", "trunc",
    # texts
    "ascii", "concat", "contains", "ends_with", "left", "length", "lower", "ltrim", "prefix",
    "regexp_extract", "regexp_matches", "regexp_replace", "replace", "reverse", "right", "rtrim",
    "split_part", "starts_with", "strip_accents", "strlen", "strpos", "substr", "substring",
    "suffix", "trim", "upper",
    # days and times
    "century", "date_diff", "date_part", "date_sub", "date_trunc", "datediff", "datepart",
    "datesub", "datetrunc", "day", "dayname", "dayofmonth", "dayofweek", "dayofyear", "decade",
    "epoch", "hour", "isodow", "isoyear", "last_day", "make_date", "make_timestamp", "minute",
    "month", "monthname", "quarter", "second", "strftime", "strptime", "to_days", "to_hours",
    "to_minutes", "to_months", "to_seconds", "to_weeks", "to_years", "to_quarters", "try_strptime",
    "week", "weekday", "weekofyear", "year", "yearweek", "time_bucket", "epoch_ms",
    # choices
    "coalesce", "if", "ifnull",
})  # fmt: skip

# Each may double a text, or take it apart into as many pieces as it has characters.
HEAVY = frozenset({"regexp_replace", "regexp_extract", "split_part", "strip_accents"})

TYPES = frozenset({
    "bigint", "boolean", "bool", "date", "decimal", "double", "float", "int", "integer", "int4",
    "int8", "interval", "numeric", "real", "smallint", "text", "string", "time", "timestamp",
    "tinyint", "varchar",
})  # fmt: skip

# Arguments, by place from 0, that must be written out as a constant: a pattern or a format made
# of data could be of any length and take any time.
CONSTANT_ARGUMENTS: dict[str, tuple[int, ...]] = {
    "~~": (1,),
    "!~~": (1,),
    "~~*": (1,),
    "!~~*": (1,),
    "like_escape": (1, 2),
    "not_like_escape": (1, 2),
    "ilike_escape": (1, 2),
    "not_ilike_escape": (1, 2),
    "regexp_full_match": (1,),
    "regexp_matches": (1,),
    "regexp_extract": (1,),
    "regexp_replace": (1, 2),
    "replace": (1, 2),
    "strftime": (1,),
    "strptime": (1,),
    "try_strptime": (1,),
    "date_trunc": (0,),
    "quantile": (1,),
    "quantile_cont": (1,),
    "quantile_disc": (1,),
}

# class of a node: the fields that hold its parts
NODES: dict[str, tuple[str, ...]] = {
    "FUNCTION": ("arguments", "filter"),
    "COLUMN_REF": (),
    "CONSTANT": (),
    "COMPARISON": ("left", "right"),
    "CONJUNCTION": ("children",),
    "OPERATOR": ("children",),
    "CASE": ("case_checks", "else_expr"),
    "CAST": ("child",),
    "BETWEEN": ("input", "lower", "upper"),
}

# Fields of a node that say how, not what; any other field that is filled is refused.
PLAIN_FIELDS = frozenset({
    "class", "type", "query_location", "query_location_length", "function_name", "is_operator",
    "qualified_name", "column_names", "literal", "value", "try_cast", "type_expr", "distinct",
    "alias",
})  # fmt: skip

OPERATOR_TYPES = frozenset({
    "COMPARE_IN", "COMPARE_NOT_IN", "OPERATOR_NOT", "OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL",
    "OPERATOR_COALESCE", "OPERATOR_NULLIF",
})  # fmt: skip

REFUSED: dict[str, str] = {
    "SUBQUERY": N_("a query within an expression"),
    "WINDOW": N_("a window (OVER)"),
    "STAR": N_("a star for all columns"),
    "LAMBDA": N_("a function of its own (lambda)"),
    "PARAMETER": N_("a parameter (? or $1)"),
    "COLLATE": N_("a collation"),
    "POSITIONAL_REFERENCE": N_("a column by its number"),
    "DEFAULT": N_("a default"),
}
