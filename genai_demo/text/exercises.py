"""Small Python exercises for the model.

The tasks are ours, in the manner of MBPP (Austin et al. 2021): a signature with a docstring, and
checks that decide.
"""

import math
from dataclasses import dataclass

from genai_demo.text.sandbox import completes


@dataclass(frozen=True)
class Exercise:
    """``start`` is what the model goes on from; ``checks`` are statements that must hold afterwards."""

    name: str
    start: str
    checks: str


def _exercise(name: str, arguments: str, words: str, *checks: str) -> Exercise:
    start = f'def {name}({arguments}):\n    """{words}"""\n'
    return Exercise(name, start, "\n".join(f"assert {check}" for check in checks))


EXERCISES = (
    _exercise("add", "a, b", "Return the sum of a and b.", "add(2, 3) == 5", "add(-1, 1) == 0"),
    _exercise("square", "x", "Return the square of x.", "square(4) == 16", "square(-3) == 9"),
    _exercise("is_even", "n", "Return True if n is even, else False.", "is_even(4) is True", "is_even(7) is False"),
    _exercise("maximum", "items", "Return the largest item of a list.",
              "maximum([3, 9, 2]) == 9", "maximum([-5]) == -5"),
    _exercise("mean", "numbers", "Return the mean of a list of numbers.", "mean([1, 2, 3]) == 2", "mean([4]) == 4"),
    _exercise("reverse", "text", "Return the string reversed.", "reverse('abc') == 'cba'", "reverse('') == ''"),
    _exercise("is_palindrome", "text", "Return True if the string reads the same backwards.",
              "is_palindrome('level')", "not is_palindrome('ab')"),
    _exercise("count_vowels", "text", "Return the number of vowels in the string.",
              "count_vowels('banana') == 3", "count_vowels('xyz') == 0"),
    _exercise("factorial", "n", "Return n factorial.", "factorial(5) == 120", "factorial(0) == 1"),
    _exercise("fibonacci", "n", "Return the n-th Fibonacci number, with fibonacci(0) == 0 and fibonacci(1) == 1.",
              "fibonacci(10) == 55", "fibonacci(1) == 1"),
    _exercise("gcd", "a, b", "Return the greatest common divisor of a and b.", "gcd(12, 18) == 6", "gcd(7, 5) == 1"),
    _exercise("is_prime", "n", "Return True if n is a prime number.",
              "is_prime(13)", "not is_prime(9)", "not is_prime(1)"),
    _exercise("sum_of_digits", "n", "Return the sum of the digits of n.",
              "sum_of_digits(123) == 6", "sum_of_digits(0) == 0"),
    _exercise("unique", "items", "Return the items of a list without duplicates, in order.",
              "unique([1, 2, 1, 3]) == [1, 2, 3]", "unique([]) == []"),
    _exercise("flatten", "lists", "Return one list with the items of all lists.",
              "flatten([[1], [2, 3]]) == [1, 2, 3]"),
    _exercise("word_count", "text", "Return the number of words in a string.",
              "word_count('a bc d') == 3", "word_count('') == 0"),
    _exercise("capitalize_words", "text", "Return the string with every word capitalized.",
              "capitalize_words('red fox') == 'Red Fox'"),
    _exercise("count_items", "items", "Return a dictionary with the number of times each item occurs.",
              "count_items(['a', 'b', 'a']) == {'a': 2, 'b': 1}"),
    _exercise("clamp", "value, low, high", "Return value limited to the range from low to high.",
              "clamp(5, 0, 3) == 3", "clamp(-1, 0, 3) == 0", "clamp(2, 0, 3) == 2"),
    _exercise("celsius_to_fahrenheit", "celsius", "Convert a temperature from Celsius to Fahrenheit.",
              "celsius_to_fahrenheit(100) == 212", "celsius_to_fahrenheit(0) == 32"),
)  # fmt: skip


def first_function(text: str) -> str:
    """The lines of a continuation that still belong to the function: up to the first that is not indented."""
    kept: list[str] = []
    for line in text.split("\n"):
        if line.strip() and not line.startswith((" ", "\t")):
            break
        kept.append(line)
    return "\n".join(kept)


def passes(exercise: Exercise, continuation: str) -> bool:
    """Whether the exercise, continued so, passes its checks in a process of its own, see ``sandbox``.

    Raises ValueError where the system has no limits for it, see ``CAN_RUN``.
    """
    return completes(f"{exercise.start}{first_function(continuation)}\n{exercise.checks}")


def pass_at(right: int, tries: int, k: int) -> float:
    """Chance that at least one of k tries is right, given ``right`` of ``tries`` were (Chen et al. 2021, eq. 1)."""
    if tries - right < k:
        return 1.0
    return 1.0 - math.comb(tries - right, k) / math.comb(tries, k)
