"""Keys that the person gave to bindings: checked against every binding that there is, and their clashes told."""

import importlib
import pkgutil
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from textual.binding import Binding, BindingType
from textual.keys import Keys

import tui
from core.config import KeySetting
from core.config.problems import suggestion
from core.errors import ConfigurationError

_MODIFIERS = frozenset({"ctrl", "alt", "shift", "super", "hyper", "meta"})
_NAMES = frozenset(key.value.rpartition("+")[2] for key in Keys)
_SAME_AS = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+h": "Backspace", "ctrl+left_square_bracket": "Esc"}
"""What terminals send for these is what they send for those."""
_TOGETHER = {"prompt": "workbench", "view": "workbench", "editor": "workbench"}
"""Groups of ids whose widgets stand on the Workbench."""


@cache
def every_binding() -> Mapping[str, Binding]:
    """All bindings that have an id, by it. Imports every screen: called only where keys are changed or listed."""
    found: dict[str, Binding] = {}
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name.startswith("tui.cli"):
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and kind.__module__ == module.name:
                found |= {binding.id: binding for binding in with_id(vars(kind).get("BINDINGS", [])) if binding.id}
    return found


def with_id(bindings: Iterable[BindingType]) -> Iterator[Binding]:
    """Those of ``bindings`` that can be given another key."""
    return (each for each in bindings if isinstance(each, Binding) and each.id)


def keymap_of(settings: Mapping[str, KeySetting]) -> dict[str, str]:
    """The keymap for Textual.

    Raises:
        ConfigurationError: there is no binding of a name, or a key is none.
    """
    keymap = {}
    for id_, setting in settings.items():
        if id_ not in every_binding():
            near = suggestion(id_, every_binding())
            hint = near if "did you mean" in near else "; Help (F1) lists the names of all keys."
            raise ConfigurationError(f"{setting.place}: keys.{id_} is not the name of a key{hint}")
        keys = [key.strip() for key in setting.keys.split(",")]
        for key in keys:
            if not is_key(key):
                raise ConfigurationError(
                    f'{setting.place}: keys.{id_}: "{key}" is no key; write one such as "ctrl+l", "f4" or "alt+z", '
                    "or several with commas between them."
                )
        keymap[id_] = ",".join(keys)
    return keymap


def is_key(key: str) -> bool:
    """Whether ``key`` is the name of a key, with modifiers in front or without."""
    *modifiers, name = key.split("+") if key != "+" else [key]
    if not set(modifiers) <= _MODIFIERS:
        return False
    if len(name) == 1 or name in _NAMES:
        return True
    try:
        unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return False
    return True


def clashes(keymap: Mapping[str, str]) -> list[str]:
    """A sentence for every key that two bindings have which are in force at the same time."""
    in_force = {id_: keys_in_force(binding, keymap) for id_, binding in every_binding().items()}
    told = []
    for id_ in keymap:
        for key in in_force[id_]:
            if key in _SAME_AS:
                told.append(f"keys.{id_}: terminals send the same for {key} and {_SAME_AS[key]}; choose another key.")
            others = [other for other, keys in in_force.items() if other != id_ and key in keys and _meet(id_, other)]
            # A key that opens a screen and closes it again has two bindings from the start.
            others = [other for other in others if not {key} <= _default(id_) & _default(other)]
            # Two that were both changed are told once.
            others = [other for other in others if other not in keymap or other > id_]
            if others:
                told.append(f"keys.{id_}: {key} is also the key of {others[0]}; give one of them another key.")
    return told


def keys_in_force(binding: Binding, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of ``binding``, those that the person gave it where there are any."""
    keys = keymap.get(binding.id or "") or binding.key
    return tuple(key.strip() for key in keys.split(","))


def _default(id_: str) -> set[str]:
    return set(keys_in_force(every_binding()[id_], {}))


def _meet(one: str, other: str) -> bool:
    groups = {_TOGETHER.get(group, group) for group in (one.partition(".")[0], other.partition(".")[0])}
    return len(groups) == 1 or "app" in groups
