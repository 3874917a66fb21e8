"""Loading plugins: in order, by version, and never past one that is broken."""

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from cardfile.errors import DeclarationError, SettingsError
from cardfile.model.fields import CardField, Kind
from cardfile.plugins import Plugin, load_plugins
from cardfile.plugins.loader import find_plugins
from cardfile.settings import Settings


class Core(Plugin):
    name = "core"
    label = "Core"
    requires = "cardfile>=0.1"


def plugin(plugin_name: str, *needs: str, wanted: str = "cardfile>=0.1,<0.2") -> type[Plugin]:
    class Made(Plugin):
        name = plugin_name
        label = plugin_name.title()
        requires = wanted
        depends = needs

    return Made


def names(*extra: type[Plugin], settings: Settings | None = None) -> list[str]:
    loaded = load_plugins(settings or Settings(), core=Core, extra=extra, entries=())
    return [one.name for one in loaded]


def announce(monkeypatch: pytest.MonkeyPatch, name: str, what: object) -> EntryPoint:
    """Put `what` into a module of its own and return the entry point that leads there."""
    module = ModuleType(f"announced_{name}")
    module.__dict__["Thing"] = what
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return EntryPoint(name, f"{module.__name__}:Thing", "cardfile.plugins")


def test_plugins_come_after_what_they_depend_on_and_else_by_name() -> None:
    assert names(plugin("zebra"), plugin("desk", "zebra"), plugin("ant")) == ["core", "ant", "zebra", "desk"]


def test_the_order_does_not_depend_on_the_order_of_finding() -> None:
    made = [plugin("a", "c"), plugin("b"), plugin("c"), plugin("d", "b", "a")]
    assert names(*made) == names(*reversed(made)) == ["core", "b", "c", "a", "d"]


def test_a_circle_of_dependencies_is_shown() -> None:
    with pytest.raises(DeclarationError, match=r"a → b → a|b → a → b"):
        names(plugin("a", "b"), plugin("b", "a"))


def test_a_missing_dependency_is_named_with_the_remedy() -> None:
    with pytest.raises(DeclarationError, match=r"^a: it depends on the plugin 'b', which is not installed"):
        names(plugin("a", "b"))


def test_a_plugin_for_another_version_is_refused() -> None:
    with pytest.raises(DeclarationError, match=r"^a: it needs cardfile>=9, and this is cardfile 0\.1\.0"):
        names(plugin("a", wanted="cardfile>=9"))


def test_two_plugins_of_one_name_are_both_named() -> None:
    first, second = plugin("twin"), plugin("twin")
    second.__qualname__ = "TheOther"
    with pytest.raises(DeclarationError, match=r"are called 'twin', one from .*Made, one from .*TheOther"):
        names(first, second)


def test_nobody_can_be_called_core() -> None:
    with pytest.raises(DeclarationError, match="choose another name"):
        names(plugin("core"))


def test_an_installed_plugin_is_found_and_given_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = plugin("club")
    entries = [announce(monkeypatch, "club", made)]
    loaded = load_plugins(Settings(), core=Core, extra=[made], entries=entries)
    assert [one.name for one in loaded] == ["core", "club"]


def test_settings_choose_among_the_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [announce(monkeypatch, name, plugin(name)) for name in ("a", "b", "c")]
    some = find_plugins(Settings(plugins=("a", "b"), disabled_plugins=("b",)), entries=entries)
    assert [one.plugin.name for one in some] == ["a"]


def test_a_setting_that_names_no_installed_plugin_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [announce(monkeypatch, "fitness", plugin("fitness"))]
    with pytest.raises(SettingsError, match=r"disabled_plugins names 'fitnes'.*did you mean 'fitness'"):
        find_plugins(Settings(disabled_plugins=("fitnes",)), entries=entries)


def test_a_disabled_plugin_is_not_even_imported() -> None:
    broken = EntryPoint("broken", "no_such_module_anywhere:Thing", "cardfile.plugins")
    assert find_plugins(Settings(disabled_plugins=("broken",)), entries=[broken]) == []


def test_a_plugin_that_cannot_be_imported_stops_the_start_and_is_named() -> None:
    broken = EntryPoint("broken", "no_such_module_anywhere:Thing", "cardfile.plugins")
    with pytest.raises(DeclarationError, match=r"the plugin 'broken' .*ModuleNotFoundError"):
        find_plugins(Settings(), entries=[broken])


def test_what_is_no_plugin_stops_the_start_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeclarationError, match=r"the plugin 'thing' .*is no cardfile\.Plugin class"):
        find_plugins(Settings(), entries=[announce(monkeypatch, "thing", 42)])


def test_a_plugin_announced_under_another_name_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeclarationError, match=r"the plugin 'club' .*announced as 'clubb'"):
        find_plugins(Settings(), entries=[announce(monkeypatch, "clubb", plugin("club"))])


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        pytest.param({"name": "Two Words"}, "its name 'Two Words'", id="name"),
        pytest.param({"label": ""}, "odd: it has no label", id="label"),
        pytest.param({"requires": "0.1"}, "odd: requires is '0.1'; say which versions", id="requires"),
        pytest.param({"requires": ""}, "odd: requires is ''", id="no requires"),
        pytest.param({"entities": []}, "odd: entities is a list", id="list"),
        pytest.param(
            {"card_fields": ("goal",)}, "card_fields holds 'goal', which is no CardField", id="type"
        ),
        pytest.param({"commands": (print,)}, "print is listed as a command: mark it", id="command"),
        pytest.param({"settings": dict}, "odd: settings is the class of a pydantic model", id="settings"),
        pytest.param(
            {"card_field": (CardField("goal", "Goal", Kind.TEXT, on="client"),)},
            "odd: nobody reads 'card_field'; what it holds belongs into: card_fields",
            id="misspelt list",
        ),
    ],
)
def test_a_wrong_declaration_is_named_when_the_class_is_made(
    declared: dict[str, object], sentence: str
) -> None:
    right = {"name": "odd", "label": "Odd", "requires": "cardfile>=0.1"}
    with pytest.raises(DeclarationError, match=sentence):
        type("Odd", (Plugin,), right | declared)
