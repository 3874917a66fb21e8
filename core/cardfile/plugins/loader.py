"""Finding plugins and putting them in order: what is wrong with one stops the start and is named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import EntryPoint, entry_points, version

from packaging.version import Version

from cardfile.errors import CardfileError, DeclarationError, SettingsError
from cardfile.model.record_types import CORE
from cardfile.plugins.plugin import Plugin, required_versions
from cardfile.settings import Settings, nearest

__all__ = [
    "GROUP",
    "Found",
    "find_plugin",
    "find_plugins",
    "installed_names",
    "installed_version",
    "load_plugins",
]

GROUP = "cardfile.plugins"
"""The entry-point group under which distributions announce their plugins."""


@dataclass(frozen=True, slots=True)
class Found:
    """A plugin class and where it comes from: a distribution, or the program itself."""

    plugin: type[Plugin]
    origin: str
    version: str


def installed_version() -> str:
    """Return the version of Cardfile that runs."""
    return version("cardfile")


def installed_names() -> frozenset[str]:
    """Return the names under which plugins are installed, whether they can be imported or not."""
    return frozenset(one.name for one in entry_points(group=GROUP))


def find_plugins(settings: Settings, *, entries: Iterable[EntryPoint] | None = None) -> list[Found]:
    """Import the installed plugins that the settings ask for, sorted by name.

    Raises `DeclarationError` that names the plugin and the remedy, `SettingsError` for a name that is not
    installed.
    """
    installed = sorted(
        entry_points(group=GROUP) if entries is None else entries, key=lambda one: (one.name, _origin(one))
    )
    names = {one.name for one in installed}
    for setting, wanted in (
        ("plugins", settings.plugins or ()),
        ("disabled_plugins", settings.disabled_plugins),
    ):
        for name in wanted:
            if name not in names:
                raise SettingsError(
                    f"The setting {setting} names {name!r}, which is not installed{nearest(name, names)}"
                )
    return [
        _import(one)
        for one in installed
        if one.name not in settings.disabled_plugins
        and (settings.plugins is None or one.name in settings.plugins)
    ]


def find_plugin(name: str, settings: Settings) -> Found | None:
    """Import one installed plugin alone; None when there is no such plugin or it is not to be loaded."""
    if name in settings.disabled_plugins or (settings.plugins is not None and name not in settings.plugins):
        return None
    announced = sorted(entry_points(group=GROUP, name=name), key=_origin)
    return _import(announced[0]) if announced else None


def load_plugins(
    settings: Settings,
    *,
    core: type[Plugin],
    extra: Sequence[type[Plugin]] = (),
    entries: Iterable[EntryPoint] | None = None,
) -> tuple[Plugin, ...]:
    """Return one instance of every plugin, dependencies first, else by name; the core comes before all.

    `extra` are classes given by the program itself; one that is installed as well is taken once.
    """
    found = find_plugins(settings, entries=entries)
    known = {one.plugin for one in found}
    found += [
        Found(one, f"{one.__module__}.{one.__qualname__}", one.version)
        for one in dict.fromkeys(extra)
        if one not in known
    ]
    by_name: dict[str, Found] = {}
    for one in found:
        name = one.plugin.name
        if name == CORE:
            raise DeclarationError(f"{one.origin}: a plugin cannot be called {CORE!r}: choose another name")
        if name in by_name:
            raise DeclarationError(
                f"two plugins are called {name!r}, one from {by_name[name].origin}, one from {one.origin}: "
                "uninstall one of them, or rename one"
            )
        by_name[name] = one
    for one in found:
        _check_version(one)
        _check_dependencies(one, by_name, settings)
    first = _instance(Found(core, "cardfile", installed_version()))
    return (first, *(_instance(by_name[name]) for name in _ordered(by_name)))


def _origin(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


def _import(entry: EntryPoint) -> Found:
    origin = _origin(entry)
    remedy = f"repair or uninstall it, or put {entry.name!r} into disabled_plugins"
    try:
        loaded = entry.load()
    except CardfileError as error:
        raise DeclarationError(f"the plugin {entry.name!r} of {origin} cannot be loaded: {error}") from error
    except Exception as error:
        raise DeclarationError(
            f"the plugin {entry.name!r} of {origin} cannot be imported from {entry.value}: "
            f"{type(error).__name__}: {error}; {remedy}"
        ) from error
    if not (isinstance(loaded, type) and issubclass(loaded, Plugin)):
        raise DeclarationError(
            f"the plugin {entry.name!r} of {origin}: {entry.value} is no cardfile.Plugin class; {remedy}"
        )
    if loaded.name != entry.name:
        raise DeclarationError(
            f"the plugin {loaded.name!r} of {origin} is announced as {entry.name!r}: "
            f'write {loaded.name} = "{entry.value}" under its entry points {GROUP}'
        )
    return Found(loaded, origin, loaded.version or (entry.dist.version if entry.dist else ""))


def _check_version(one: Found) -> None:
    ours, wanted = installed_version(), required_versions(one.plugin)
    if not wanted.contains(Version(ours), prereleases=True):
        raise DeclarationError(
            f"{one.plugin.name}: it needs {one.plugin.requires}, and this is cardfile {ours}: "
            f"install another version of {one.origin}, or put {one.plugin.name!r} into disabled_plugins"
        )


def _check_dependencies(one: Found, by_name: dict[str, Found], settings: Settings) -> None:
    for name in one.plugin.depends:
        if name in by_name or name == CORE:
            continue
        why = "is disabled by the settings" if name in settings.disabled_plugins else "is not installed"
        raise DeclarationError(
            f"{one.plugin.name}: it depends on the plugin {name!r}, which {why}: "
            f"install and enable {name!r}, or put {one.plugin.name!r} into disabled_plugins"
        )


def _ordered(by_name: dict[str, Found]) -> list[str]:
    graph = {name: [d for d in one.plugin.depends if d != CORE] for name, one in sorted(by_name.items())}
    sorter = TopologicalSorter(graph)
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        raise DeclarationError(
            f"these plugins depend on each other in a circle: {circle}: remove one dependency"
        ) from None
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order


def _instance(one: Found) -> Plugin:
    made = one.plugin()
    if not one.plugin.version:
        # The class may be shared by several apps; the version belongs to the distribution it came from.
        vars(made)["version"] = one.version
    return made
