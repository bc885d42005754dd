"""Figures written down with the digits that a measurement has, not with so many decimals."""

from typing import Any

DIGITS = 5


def significant(value: float, digits: int = DIGITS) -> float:
    """A number rounded to so many significant digits; what is small stays what it is and never becomes zero."""
    return float(f"{value:.{digits}g}")


def rounded(values: Any) -> Any:
    """All floating-point numbers of nested dictionaries and lists with five significant digits; the rest as it is."""
    if isinstance(values, dict):
        return {k: rounded(v) for k, v in values.items()}
    if isinstance(values, list):
        return [rounded(v) for v in values]
    return significant(values) if isinstance(values, float) else values
