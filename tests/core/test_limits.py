"""The limits must make sense together."""

from genai_demo.core import limits


def test_all_limits_are_positive_and_ranges_are_not_empty():
    values = {name: value for name, value in vars(limits).items() if name.isupper()}
    assert [name for name, value in values.items() if not value > 0] == []
    for name in [name for name in values if name.startswith("MIN_")]:
        largest = "MAX_" + name.removeprefix("MIN_")
        assert values[name] <= values.get(largest, values[name]), name
    assert limits.MIN_KEYS < limits.MAX_KEYS
    assert limits.MIN_FRAMES < limits.MAX_FRAMES
    assert limits.MAX_KEYS <= limits.MAX_FRAMES


def test_seeds_fit_a_slider_and_a_generator():
    """A JavaScript number is exact up to 2^53, a JSON-borne 32-bit integer up to 2^31 - 1."""
    assert limits.MAX_SEED + limits.MAX_FACES < 2**53
    assert limits.MAX_SEED < 2**31


def test_the_smallest_side_lies_within_the_largest_picture():
    assert limits.MIN_UPLOAD_SIDE**2 < limits.MAX_UPLOAD_PIXELS
