"""The exercises can be solved, and what solves them cannot do anything else."""

import math

import pytest

from genai_demo.text import evaluate, sandbox
from genai_demo.text.exercises import EXERCISES, Exercise, first_function, pass_at, passes

SOLUTIONS = {
    "add": "return a + b",
    "square": "return x * x",
    "is_even": "return n % 2 == 0",
    "maximum": "return max(items)",
    "mean": "return sum(numbers) / len(numbers)",
    "reverse": "return text[::-1]",
    "is_palindrome": "return text == text[::-1]",
    "count_vowels": "return sum(c in 'aeiou' for c in text)",
    "factorial": "return 1 if n == 0 else n * factorial(n - 1)",
    "fibonacci": "return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)",
    "gcd": "return a if not b else gcd(b, a % b)",
    "is_prime": "return n > 1 and all(n % i for i in range(2, n))",
    "sum_of_digits": "return sum(int(d) for d in str(n))",
    "unique": "return list(dict.fromkeys(items))",
    "flatten": "return [i for l in lists for i in l]",
    "word_count": "return len(text.split())",
    "capitalize_words": "return ' '.join(w.capitalize() for w in text.split())",
    "count_items": "return {i: items.count(i) for i in items}",
    "clamp": "return max(low, min(high, value))",
    "celsius_to_fahrenheit": "return celsius * 9 / 5 + 32",
}
PLAIN = Exercise("f", "def f():\n", "assert f() == 1")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.name)
def test_every_exercise_is_solved_by_its_solution_and_not_by_nothing(exercise):
    assert passes(exercise, f"    {SOLUTIONS[exercise.name]}\n")
    assert not passes(exercise, "    pass\n")


def test_what_follows_the_function_is_left_out():
    assert first_function("    return 1\n\n\ndef g():\n    return 2\n") == "    return 1\n\n"
    assert passes(PLAIN, "    return 1\n\nraise SystemExit(3)\n")


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "x = 'a' * 10**10",
        "open('trace', 'w').write('x')",
        "import os; os.system('true')",
        "import socket; socket.socket()",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.remove('/tmp/nothing')",
        "open('/etc/passwd')",
        "import os; os.listdir('/')",
        "import gc; gc.get_objects()",
        "import sys; sys.exit(0)",
        "import os; os._exit(0)",
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (9, 9))",
    ],
)
def test_what_is_not_allowed_fails(body):
    assert not passes(PLAIN, f"    {body}\n    return 1\n")


def test_pass_at_k():
    assert pass_at(0, 10, 1) == 0.0
    assert pass_at(3, 10, 1) == pytest.approx(0.3)
    assert pass_at(3, 10, 10) == pass_at(10, 10, 1) == 1.0
    assert pass_at(2, 5, 2) == pytest.approx(1 - math.comb(3, 2) / math.comb(5, 2))


def test_where_nothing_limits_a_program_none_is_run_and_nothing_is_measured(monkeypatch) -> None:
    assert sandbox.CAN_RUN
    for module in (sandbox, evaluate):
        monkeypatch.setattr(module, "CAN_RUN", False)
    with pytest.raises(ValueError, match="only POSIX systems have"):
        passes(EXERCISES[0], "    return a + b")
    assert evaluate.exercises(2) == {}
