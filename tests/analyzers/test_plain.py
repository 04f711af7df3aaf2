"""Plain values and calls are read as Python reads them, or not at all."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.plain import NOT_PLAIN, plain_assert, plain_call, plain_value
from analyzers.pysource import parse_expression, parse_module

_SOURCES = st.text(st.sampled_from("[](){},.:'\"-+#\\ \n\t=0123456789_eEjfbNaT\u00e9\0"), max_size=14)
_LITERALS = st.recursive(
    st.integers(-99, 10**20) | st.floats(allow_nan=False) | st.text(max_size=4) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(_SOURCES | _LITERALS.map(repr))
def test_a_plain_value_is_the_value_of_the_literal_and_is_written_back_the_same(source: str) -> None:
    value = plain_value(source)
    if value is not NOT_PLAIN:
        tree = parse_expression(source)
        assert tree is not None
        assert repr(ast.literal_eval(tree)) == repr(value) == ast.unparse(tree)


@given(_SOURCES | st.lists(_LITERALS, max_size=3).map(lambda values: ", ".join(map(repr, values))))
def test_a_plain_call_is_the_call_of_a_name_with_these_values(inside: str) -> None:
    source = f"f({inside})"
    plain = plain_call(source)
    if plain is not None:
        tree = parse_expression(source)
        assert isinstance(tree, ast.Call)
        assert isinstance(tree.func, ast.Name)
        assert plain[0] == tree.func.id == "f"
        assert not tree.keywords
        assert repr(plain[1]) == repr(tuple(map(ast.literal_eval, tree.args)))


@given(_SOURCES, _SOURCES | _LITERALS.map(repr))
def test_a_plain_assert_compares_such_a_call_with_a_value(inside: str, result: str) -> None:
    source = f"assert f({inside}) == {result}"
    plain = plain_assert(source)
    if plain is not None:
        tree = parse_module(source)
        assert tree is not None
        match tree.body:
            case [
                ast.Assert(test=ast.Compare(left=ast.Call(args=args), ops=[ast.Eq()], comparators=[right]), msg=None)
            ]:
                assert repr(plain) == repr(("f", tuple(map(ast.literal_eval, args)), ast.literal_eval(right)))
            case _:
                pytest.fail(f"{source!r} is more than plain: {ast.dump(tree)}")


@pytest.mark.parametrize(
    "source",
    ["7", "-12", "1.5", "'a'", '"b c"', "[1, [2, 'x'], []]", " [ 1,\n2 ] ", "True", "(1, 2)", "(1,)", "()", "(1)",
     "[('a', None), (2.5, False)]", "[\"it's\", 'b']", "((1,), [])"],
)  # fmt: skip
def test_numbers_texts_lists_and_tuples_are_plain(source: str) -> None:
    assert repr(plain_value(source)) == repr(ast.literal_eval(source.strip()))


@pytest.mark.parametrize(
    "source",
    ["", "true", "null", "NaN", "01", "1.", "1_0", "1e5", "-0", "{'a': 1}", "'it\\'s'", "'a' \"b\"", "[,]", "[1,]",
     "1, 2", "x", "[1 2]", "[1, 2][0]", "(1)(2)", "(1]", "1 # one", "'é'", "[" * 30 + "]" * 30, "1" * 400],
)  # fmt: skip
def test_other_values_are_not_plain(source: str) -> None:
    assert plain_value(source) is NOT_PLAIN


@pytest.mark.parametrize(
    "source", ["not(1)", "f (1)", "f(1) ", "f(*[1])", "f(x=1)", "f(1)(2)", "f(x)", "a.f(1)", "1(2)"]
)
def test_other_calls_are_not_plain(source: str) -> None:
    assert plain_call(source) is None


@pytest.mark.parametrize(
    "source",
    [
        "assert f(1)",
        "assert f(1) == \n2",
        "assert f(1) == 2, 'why'",
        "assert f(1) is 2",
        " assert f(1) == 2",
        "assert f(1) == 2 == 2",
    ],
)
def test_other_asserts_are_not_plain(source: str) -> None:
    assert plain_assert(source) is None
