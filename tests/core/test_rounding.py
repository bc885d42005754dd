"""Measurements are written down with the digits they have: what is small never becomes zero."""

import math

import pytest

from genai_demo.core.rounding import rounded, significant


@pytest.mark.parametrize("exponent", range(-300, 300, 37))
@pytest.mark.parametrize("digits", [1, 5, 7])
def test_the_error_is_a_share_of_the_value(exponent: int, digits: int) -> None:
    for value in (1.23456789 * 10.0**exponent, -9.87654321 * 10.0**exponent):
        assert significant(value, digits) == pytest.approx(value, rel=0.5 * 10.0 ** (1 - digits))
        assert significant(value, digits) != 0


def test_what_is_no_number_stays_as_it_is() -> None:
    assert significant(0.0) == 0.0 and math.isnan(significant(math.nan)) and significant(math.inf) == math.inf


def test_nested_figures_keep_their_form() -> None:
    given = {"seconds": 0.000123456, "count": 1_234_567, "name": "x", "rows": [{"psnr": 24.83164}, None], "right": True}
    assert rounded(given) == {
        "seconds": 0.00012346, "count": 1_234_567, "name": "x", "rows": [{"psnr": 24.832}, None], "right": True,
    }  # fmt: skip
