"""Which rules are on after layers of selectors."""

import pytest

from analyzers.rules import ALL_RULES
from core.linting.selection import Selectors, named, resolve


def codes(*layers: Selectors) -> set[str]:
    return {rule.code for rule in resolve(layers)}


ALL = {rule.code for rule in ALL_RULES}


def family(prefix: str) -> set[str]:
    return {code for code in ALL if code.startswith(prefix)}


def test_everything_is_on_by_default() -> None:
    assert codes() == codes(Selectors()) == codes(Selectors(select=("ALL",))) == ALL


def test_an_empty_select_turns_everything_off() -> None:
    assert codes(Selectors(select=())) == set()


@pytest.mark.parametrize("selector", ["EX1", "ex1", " EX "])
def test_a_prefix_selects_its_family(selector: str) -> None:
    assert codes(Selectors(select=(selector,))) == family("EX")


def test_a_name_selects_its_rule() -> None:
    assert codes(Selectors(select=("no-example",))) == {"EX101"}


def test_the_more_specific_selector_wins_whatever_the_order() -> None:
    assert codes(Selectors(select=("EX101",), ignore=("EX",))) == {"EX101"}
    assert codes(Selectors(select=("EX",), ignore=("EX101",))) == family("EX") - {"EX101"}
    assert codes(Selectors(ignore=("ALL",), extend_select=("no-example",))) == {"EX101"}


def test_of_two_that_are_equally_specific_ignoring_wins() -> None:
    assert codes(Selectors(select=("EX101",), ignore=("EX101",))) == set()


def test_a_later_layer_without_select_changes_the_one_below() -> None:
    below = Selectors(select=("EX",))
    assert codes(below, Selectors(ignore=("EX101",))) == family("EX") - {"EX101"}
    assert codes(below, Selectors(extend_select=("TC703",))) == family("EX") | {"TC703"}


def test_a_later_layer_with_select_starts_anew() -> None:
    assert codes(Selectors(select=("EX",), ignore=("TC",)), Selectors(select=("TC703",))) == {"TC703"}


def test_gates_can_be_named_though_settings_turn_them_on() -> None:
    assert named(("SC801", "EX101")) == {"SC801", "EX101"}
    assert codes(Selectors(ignore=("SC801",))) == ALL


@pytest.mark.parametrize("selector", ["", "EX11", "QQ", "ALLL", "no-exampel"])
def test_an_unknown_selector_is_an_error(selector: str) -> None:
    with pytest.raises(ValueError, match="There is no rule"):
        resolve((Selectors(select=(selector,)),))
