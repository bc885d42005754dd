"""Values of endpoints: what fits is taken, everything else is answered with a sentence."""

import math

import pytest

from genai_demo.ui.api.values import (
    Amounts,
    File,
    Flag,
    Found,
    Number,
    OneOf,
    Part,
    Value,
    Whole,
    Wholes,
    Words,
    component,
)

GOOD = [
    (Number(-1, 1), 0.5, 0.5), (Number(-1, 1), 1, 1.0), (Whole(0, 9), 9, 9), (Whole(0, 9), 3.0, 3),
    (Words(3), "abc", "abc"), (OneOf(("a", "b")), "b", "b"), (OneOf(lambda: ["c"]), "c", "c"), (Flag(), True, True),
    (Wholes(1, 2, 9), [3, 4.0], [3, 4]), (Amounts(4), {"smile": -4}, {"smile": -4.0}), (Amounts(4), {}, {}),
    (File(), "path", "path"), (File(), None, None),
]  # fmt: skip
BAD = [
    (Number(-1, 1), 1.5, "must be a number from -1 to 1"), (Number(-1, 1), "0", "a number"),
    (Number(-1, 1), True, "a number"), (Number(-1, 1), math.nan, "a number"), (Number(-1, 1), None, "a number"),
    (Whole(0, 9), 1.5, "a whole number from 0 to 9"), (Whole(0, 9), 10, "whole"), (Whole(0, 9), math.inf, "whole"),
    (Whole(0, 9), False, "whole"), (Whole(0, 9), "3", "whole"), (Words(3), "abcd", "4 characters, and 3 are possible"),
    (Words(3), 7, "must be words"), (OneOf(("a", "b")), "c", "must be one of 'a', 'b'"), (OneOf(("a",)), 1, "one of"),
    (OneOf(("a",)), ["a"], "one of"), (Flag(), 1, "true or false"), (Flag(), "yes", "true or false"),
    (Wholes(1, 2, 9), [], "a list of 1 to 2 whole numbers"), (Wholes(1, 2, 9), "12", "a list"),
    (Wholes(1, 2, 9), [1, 2, 3], "a list"), (Wholes(1, 2, 9), [10], "whole number from 0 to 9"),
    (Amounts(4), {"smile": 5}, r"x\['smile'\] must be a number from -4 to 4"),
    (Amounts(4), [1], "an object of numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given", "taken"), GOOD)
def test_what_fits_is_taken(kind, given, taken):
    found = kind.check("x", given)
    assert found == taken and type(found) is type(taken)


@pytest.mark.parametrize(("kind", "given", "words"), BAD)
def test_what_does_not_fit_is_a_sentence(kind, given, words):
    with pytest.raises(ValueError, match=words) as error:
        kind.check("x", given)
    assert str(error.value).startswith("x") and str(error.value).endswith(".")


@pytest.mark.parametrize("kind", [k for k, _, _ in GOOD if not isinstance(k, File)])
def test_a_component_tells_schema_description_and_default(kind):
    made = component(Part(kind, "what it is", None))
    assert isinstance(made, Value)
    told = made.api_info()
    assert told["additional_description"] == "what it is" + kind.told
    assert {key: told[key] for key in kind.schema()} == kind.schema()


def test_results_of_any_shape_are_json():
    assert Found().check("x", {"a": [1]}) == {"a": [1]}
