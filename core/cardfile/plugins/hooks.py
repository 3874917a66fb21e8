"""Asking the plugins: one typed helper for each colour of hook."""

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pluggy
from pluggy import HookImpl, PluginValidationError

from cardfile.errors import DeclarationError
from cardfile.plugins.hookspecs import PROJECT, SPECS, Befores, Colour, Spec, colour_of

if TYPE_CHECKING:
    from cardfile.plugins.plugin import Plugin

__all__ = ["Hooks"]


@dataclass(frozen=True, slots=True)
class _Implementation:
    """One plugin's answer to one hook."""

    plugin: str
    function: Callable[..., Any]
    parameters: tuple[str, ...]

    def call(self, values: Mapping[str, object]) -> Any:
        if len(self.parameters) == len(values):  # no others than those of the hook are let in
            return self.function(**values)
        return self.function(**{name: values[name] for name in self.parameters})


class Hooks:
    """The hooks of one app with the implementations of its plugins, in the order in which these were loaded.

    Hooks are named by their function in `cardfile.plugins.hookspecs` or by its name. An implementation marked
    `tryfirst` comes before all others, one marked `trylast` after them.
    """

    def __init__(self, plugins: Sequence["Plugin"], *, log: logging.Logger | None = None) -> None:
        self._log = log or logging.getLogger("cardfile.hooks")
        registry = pluggy.PluginManager(PROJECT)
        registry.add_hookspecs(type("Specs", (), dict(SPECS)))
        for plugin in plugins:
            self._register(registry, plugin)
        self._implementations: dict[str, tuple[_Implementation, ...]] = {
            name: tuple(_implementations(registry, name)) for name in SPECS
        }
        self._known: dict[tuple[Spec | str, Colour], tuple[_Implementation, ...]] = {}
        self._alone: dict[str, tuple[_Implementation, ...]] = {}

    def has(self, spec: Spec | str, /) -> bool:
        """Tell whether any plugin takes part in the hook."""
        return bool(self._implementations[_name(spec)])

    def gather(self, spec: Spec | str, /, **values: object) -> list[tuple[str, Any]]:
        """Call a declare hook; return what each plugin said, with the plugin's name."""
        return [(one.plugin, one.call(values)) for one in self._of(spec, Colour.DECLARE)]

    async def each(self, spec: Spec | str, /, **values: object) -> None:
        """Call a before hook, plugin by plugin; what one raises ends the deed."""
        number = len(values)
        for one in self._of(spec, Colour.BEFORE):
            await (one.function(**values) if len(one.parameters) == number else one.call(values))

    async def each_creating(
        self, call: object, entity: str, rows: Sequence[MutableMapping[str, object]]
    ) -> None:
        """Show new records to every plugin: all at once by `records_creating`, else one by one."""
        many = self._of("records_creating", Colour.BEFORE)
        for one in many:
            await one.call({"call": call, "entity": entity, "rows": rows})
        for one in self._without(many, "record_creating"):
            for values in rows:
                await one.call({"call": call, "entity": entity, "values": values})

    async def each_changing(
        self,
        call: object,
        entity: str,
        records: Callable[[], Awaitable[Mapping[int, object]]],
        befores: Befores,
        changes: Mapping[int, MutableMapping[str, object]],
    ) -> None:
        """Show changes of records to every plugin: all at once by `records_changing`, else one by one.

        `befores` reads the records' values by path, `records` the same as objects.
        """
        many = self._of("records_changing", Colour.BEFORE)
        for one in many:
            await one.call({"call": call, "entity": entity, "befores": befores, "changes": changes})
        for one in self._without(many, "record_changing"):
            found = await records()
            for record, values in changes.items():
                await one.call({"call": call, "entity": entity, "record": found[record], "changes": values})

    async def notify_one(self, plugin: str, spec: Spec | str, /, **values: object) -> bool:
        """Call an after hook of one plugin; tell whether it went well: what it raises is logged."""
        for one in self._of(spec, Colour.AFTER):
            if one.plugin != plugin:
                continue
            try:
                await one.call(values)
            except Exception:  # noqa: BLE001  One plugin's fault must not disturb the others.
                self._log.exception("the plugin %s failed in its hook %s", plugin, _name(spec))
                return False
        return True

    def listeners(self, spec: Spec | str, /) -> tuple[str, ...]:
        """Return the plugins that take part in the hook."""
        return tuple(one.plugin for one in self._implementations[_name(spec)])

    async def first(self, spec: Spec | str, /, **values: object) -> Any:
        """Ask a question; return the first answer that is not None, or None."""
        for one in self._of(spec, Colour.FIRST):
            answer = await one.call(values)
            if answer is not None:
                return answer
        return None

    def _of(self, spec: Spec | str, colour: Colour) -> tuple[_Implementation, ...]:
        known = self._known.get((spec, colour))
        if known is not None:
            return known
        name = _name(spec)
        if colour_of(SPECS[name]) is not colour:
            raise TypeError(
                f"the hook {name} is a {colour_of(SPECS[name])} hook and was called as a {colour} hook"
            )
        found = self._known[spec, colour] = self._implementations[name]
        return found

    def _without(self, many: Sequence[_Implementation], name: str) -> Iterable[_Implementation]:
        """Return the implementations of `name` by plugins that have none among `many`."""
        known = self._alone.get(name)
        if known is None:
            answered = {one.plugin for one in many}
            known = tuple(one for one in self._of(name, Colour.BEFORE) if one.plugin not in answered)
            self._alone[name] = known
        return known

    @staticmethod
    def _register(registry: pluggy.PluginManager, plugin: "Plugin") -> None:
        _check_parameters(registry, plugin)
        try:
            registry.register(plugin, name=plugin.name)
        except PluginValidationError as error:
            raise DeclarationError(f"{plugin.name}: {_first_line(error)}") from None
        for caller in registry.get_hookcallers(plugin) or ():
            if caller.has_spec():
                continue
            close = get_close_matches(caller.name, SPECS, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(SPECS)}"
            raise DeclarationError(f"{plugin.name}: there is no hook {caller.name!r}; {hint}")


def _check_parameters(registry: pluggy.PluginManager, plugin: "Plugin") -> None:
    """Raise `DeclarationError` for a parameter that its hook does not give."""
    for attribute in dir(plugin):
        options = registry.parse_hookimpl_opts(plugin, attribute)
        if options is None:
            continue
        name = options.get("specname") or attribute
        if name not in SPECS:
            continue
        known = list(inspect.signature(SPECS[name]).parameters)
        for one in inspect.signature(getattr(plugin, attribute)).parameters.values():
            if one.name in known or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
                continue
            close = get_close_matches(one.name, known, n=1)
            hint = f"did you mean {close[0]!r}? It" if close else "it"
            raise DeclarationError(
                f"{plugin.name}: its hook {name!r} takes {one.name!r}, which is not given to it; "
                f"{hint} is given: {', '.join(known)}"
            )


def _name(spec: Spec | str) -> str:
    name = spec if isinstance(spec, str) else spec.__name__
    if name not in SPECS:
        raise DeclarationError(f"there is no hook {name!r}; there are: {', '.join(SPECS)}")
    return name


def _implementations(registry: pluggy.PluginManager, name: str) -> Iterable[_Implementation]:
    is_async = colour_of(SPECS[name]) is not Colour.DECLARE
    # A stable sort keeps the order of loading, which pluggy itself would turn round.
    for one in sorted(getattr(registry.hook, name).get_hookimpls(), key=_place):
        if one.wrapper or one.hookwrapper:
            raise DeclarationError(
                f"{one.plugin_name}: the hook {name!r} cannot be wrapped: implement it plainly"
            )
        if inspect.iscoroutinefunction(one.function) is not is_async:
            wanted = "async def" if is_async else "def without async"
            raise DeclarationError(
                f"{one.plugin_name}: the hook {name!r} is called otherwise: write it as {wanted}"
            )
        yield _Implementation(one.plugin_name, one.function, (*one.argnames, *one.kwargnames))


def _place(one: HookImpl) -> int:
    return 0 if one.tryfirst else 2 if one.trylast else 1


def _first_line(error: PluginValidationError) -> str:
    """Return what pluggy found wrong, as one sentence."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(line for line in lines if not line.startswith("Plugin "))
