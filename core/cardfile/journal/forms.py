"""What may be written into a record, and how a given value becomes a kept one."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cardfile.errors import InvalidInput, InvalidInputs, NotAllowed, Refused
from cardfile.journal.entries import read_entries
from cardfile.journal.plans import EntryPlan, Plan, Slot
from cardfile.journal.signatures import Values
from cardfile.model.fields import Field, Kind
from cardfile.model.kinds import KINDS, Reading
from cardfile.model.model import Model
from cardfile.model.names import camel, snake
from cardfile.model.record_types import RecordType
from cardfile.rights import Rights
from cardfile.texts import Label, said

__all__ = ["Form", "build_forms", "raise_all"]

TEXTS: Final = (Kind.TEXT, Kind.LONG_TEXT, Kind.PHONE, Kind.EMAIL, Kind.URL)
SCALED: Final = (Kind.DECIMAL, Kind.PERCENT)

Read = Callable[[object, Reading], object]


@dataclass(frozen=True, slots=True)
class Blank:
    """One place of a form: the path, how its value is read, and whether people may fill it.

    `accept` reads a value that a command gives: what is scaled in the database is scaled already.
    """

    path: str
    read: Read
    accept: Read
    label: Label
    is_open: bool
    is_shown: bool

    def may_be_filled(self, hidden: Container[str]) -> bool:
        """Tell whether the place is offered to somebody from whom `hidden` is hidden."""
        return self.is_open and self.is_shown and self.path not in hidden


Names = Mapping[str, "Blank | dict[str, Blank]"]
Known = defaultdict[str, dict[str, object]]
"""What texts were read as, by path: never anything that could be changed."""
Path = tuple[str | int, ...]


class Form:
    """The form of one record type: every name under which a value may be given, in either spelling.

    `read` is for what people and programs outside give: rights apply, and everything wrong is told at once.
    `take` is for commands: they may write read-only fields and columns that no field shows.
    """

    def __init__(self, plan: Plan, model: Model) -> None:
        self.plan = plan
        self._names: Names = _names(plan, model)
        lines = plan.record_type.lines.values()
        self._required = tuple(line.path for line in lines if line.field.required and line.field.is_editable)
        self.references: tuple[tuple[str, str], ...] = tuple(
            (slot.path, slot.target) for slot in plan.slots.values() if slot.target is not None
        )

    def read(
        self, given: Mapping[str, object], reading: Reading, rights: Rights, *, creating: bool
    ) -> Values:
        """Return the values by path; raises one refusal, `InvalidInputs` when there is more than one."""
        key = self.plan.key
        hidden = frozenset(path for entity, path in rights.hidden if entity == key)
        locked = frozenset(path for entity, path in rights.locked if entity == key)
        locale = reading.locale
        values = Values()
        errors: list[Refused] = []
        for blank, value, path in self._filled(given, errors, hidden):
            if not blank.is_shown or blank.path in hidden:
                errors.append(self._unknown(path, hidden))
            elif not blank.is_open:
                errors.append(NotAllowed("{field} is read-only.", field=said(blank.label, locale), path=path))
            elif blank.path in locked:
                errors.append(
                    NotAllowed("You may not change {field}.", field=said(blank.label, locale), path=path)
                )
            else:
                try:
                    values[blank.path] = blank.read(value, reading)
                except Refused as error:
                    errors.extend(error.at(*path).errors)
        self._require(values, errors, locale, creating=creating)
        raise_all(errors)
        return values

    def take(self, given: Mapping[str, object], reading: Reading) -> Values:
        """Return what a command gives as values by path; `Values` are taken as they are."""
        if isinstance(given, Values):
            return given
        try:
            return self._taken(given, reading)
        except (KeyError, Refused):
            pass  # Something is wrong, so everything is looked through and told at once.
        values = Values()
        errors: list[Refused] = []
        for blank, value, path in self._filled(given, errors, ()):
            try:
                values[blank.path] = blank.accept(value, reading)
            except Refused as error:
                errors.extend(error.at(*path).errors)
        raise_all(errors)
        return values

    def take_all(self, rows: Iterable[Mapping[str, object]], reading: Reading) -> Iterator[Values]:
        """Yield what a command gives for each of many rows; a text that comes again in a place is read once."""
        known: Known = defaultdict(dict)
        for given in rows:
            if isinstance(given, Values):
                yield given
                continue
            try:
                values = self._taken(given, reading, known)
            except (KeyError, Refused):
                values = self.take(given, reading)
            yield values

    def _taken(self, given: Mapping[str, object], reading: Reading, known: Known | None = None) -> Values:
        values = Values()
        names = self._names
        for name, value in given.items():
            blank = names[name]
            if isinstance(blank, dict):
                if not isinstance(value, dict):
                    raise KeyError(name)
                for inner, part in value.items():
                    inside = blank[inner]
                    values[inside.path] = _accepted(inside, part, reading, known)
            else:
                values[blank.path] = _accepted(blank, value, reading, known)
        return values

    def _filled(
        self, given: Mapping[str, object], errors: list[Refused], hidden: Container[str]
    ) -> Iterator[tuple[Blank, object, Path]]:
        for name, value in given.items():
            blank = self._names.get(name)
            if isinstance(blank, Blank):
                yield blank, value, (name,)
            elif blank is None:
                errors.append(self._unknown((name,), hidden))
            elif isinstance(value, Mapping):
                for inner, part in value.items():
                    inside = blank.get(inner)
                    if inside is None:
                        errors.append(self._unknown((name, inner), hidden))
                    else:
                        yield inside, part, (name, inner)
            elif value is not None:
                errors.append(InvalidInput("{name} takes fields of its own.", name=name, path=(name,)))

    def _unknown(self, path: Path, hidden: Container[str]) -> Refused:
        names = self._names if len(path) == 1 else self._names[str(path[0])]
        known = sorted(
            key
            for key, blank in (() if isinstance(names, Blank) else names.items())
            if "." not in key
            and key == snake(key)
            and (not isinstance(blank, Blank) or blank.may_be_filled(hidden))
        )
        return InvalidInput(
            "{entity} has no field {name}; there are: {known}.",
            entity=self.plan.record_type.name,
            name=str(path[-1])[:80],
            known=", ".join(known),
            path=path,
        )

    def _require(self, values: Values, errors: list[Refused], locale: str, *, creating: bool) -> None:
        wrong = {error.path for error in errors}
        for path in self._required:
            is_asked = path in values or (creating and path not in self.plan.defaults)
            if not is_asked or values.get(path) not in (None, "", ()):
                continue
            parts = tuple(path.split("."))
            if parts not in wrong and tuple(map(camel, parts)) not in wrong:
                label = said(self.plan.record_type.lines[path].field.label, locale)
                errors.append(InvalidInput("{field} must be filled in.", field=label, path=parts))


def _accepted(blank: Blank, value: object, reading: Reading, known: Known | None) -> object:
    if known is None or type(value) is not str:
        return blank.accept(value, reading)
    texts = known[blank.path]
    if value not in texts:
        texts[value] = blank.accept(value, reading)
    return texts[value]


def raise_all(errors: list[Refused]) -> None:
    """Raise what was collected: the one refusal as it is, several as `InvalidInputs`."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InvalidInputs(errors)


def build_forms(plans: Mapping[str, Plan], model: Model) -> Mapping[str, Form]:
    """Return the form of every record type that can be written."""
    return {key: Form(plan, model) for key, plan in plans.items()}


def _names(plan: Plan, model: Model) -> Names:
    names: dict[str, Blank | dict[str, Blank]] = {}
    groups: dict[str, dict[str, Blank]] = {}
    for slot in plan.slots.values():
        line = slot.line
        is_open = line is not None and line.field.is_editable
        label = line.field.label if line is not None else slot.path
        read = _reader(slot, model)
        _add(names, groups, Blank(slot.path, read, _acceptor(slot, read), label, is_open, line is not None))
    for path, one in plan.record_type.lines.items():
        if path not in plan.slots:
            closed = _closed(one.field.label)
            _add(names, groups, Blank(path, closed, closed, one.field.label, is_open=False, is_shown=True))
    for path, entry in plan.entries.items():
        read = _entry_reader(entry)
        _add(names, groups, Blank(path, read, read, entry.link.label, is_open=True, is_shown=True))
    for group, inside in groups.items():
        names[group] = names[camel(group)] = inside
    return names


def _add(
    names: dict[str, Blank | dict[str, Blank]], groups: dict[str, dict[str, Blank]], blank: Blank
) -> None:
    group, _, key = blank.path.rpartition(".")
    names[blank.path] = names[".".join(map(camel, blank.path.split(".")))] = blank
    if group:
        inside = groups.setdefault(group, {})
        inside[key] = inside[camel(key)] = blank


def _closed(label: Label) -> Read:
    def read(_value: object, reading: Reading) -> object:
        field = said(label, reading.locale)
        raise InvalidInput("{field} is kept by the journal itself and cannot be given.", field=field)

    return read


def _entry_reader(entry: EntryPlan) -> Read:
    return lambda value, reading: read_entries(entry, value, reading)


def _acceptor(slot: Slot, read: Read) -> Read:
    if slot.line is None or slot.line.kind not in SCALED:
        return read
    return lambda value, reading: value if type(value) is int else read(value, reading)


def _reader(slot: Slot, model: Model) -> Read:
    if slot.line is None:
        return lambda value, _reading: value
    field = slot.line.field
    parse = _parser(field, model[slot.target] if slot.target else None)
    empty = "" if not slot.is_null and field.kind in TEXTS else None
    refuses_empty = not slot.is_null and empty is None

    def read(value: object, reading: Reading) -> object:
        if value is None or value == "" or (type(value) is str and not value.strip()):
            if refuses_empty:
                raise InvalidInput("{field} cannot be empty.", field=said(field.label, reading.locale))
            return empty
        return parse(value, field, reading)

    return read


def _parser(field: Field, target: RecordType | None) -> Callable[[object, Field, Reading], object]:
    parse = KINDS[field.kind].parse
    if target is None:
        return parse

    def reference(value: object, line: Field, reading: Reading) -> object:
        if isinstance(value, str):
            return target.local_id(value)
        return parse(getattr(value, "id", value), line, reading)

    return reference
