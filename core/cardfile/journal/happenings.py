"""What people call events: the words by which the history of a client tells what happened."""

from collections.abc import Mapping
from typing import Final

from cardfile.journal.commands import Command, CommandBook
from cardfile.model.model import Happening, Model
from cardfile.texts import Label, said

__all__ = ["happenings_of"]

# Nouns in Russian: a participle would have to agree with the gender of each record type.
_DERIVED: Final[Mapping[str, Label]] = {
    "created": {"en": "created", "ru": "создание"},
    "updated": {"en": "changed", "ru": "изменение"},
    "archived": {"en": "archived", "ru": "перенос в архив"},
    "restored": {"en": "restored", "ru": "возврат из архива"},
    "shared": {"en": "opened to others", "ru": "открытие доступа"},
}


def happenings_of(model: Model, book: CommandBook) -> Mapping[str, Happening]:
    """Return the events that may stand on the timeline of a client, by name.

    Each is told by the label of its record type and what was done: the words of the command (`done`, else its
    label), or those of what is done to every record.
    """
    found: dict[str, Happening] = {}
    for key, plan in book.plans.items():
        if plan.to_client is not None:
            label = plan.record_type.entity.label
            found |= {
                f"{key}.{name}": Happening(key, _sentence(label, done)) for name, done in _DERIVED.items()
            }
    for command in book:
        plan_of = book.plans.get(command.entity)
        if command.is_derived or not command.writes or plan_of is None or plan_of.to_client is None:
            continue
        for name, done in _told(command, found).items():
            label = model[command.entity].entity.label
            found[name] = Happening(command.entity, _sentence(label, done))
    return found


def _told(command: Command, known: Mapping[str, Happening]) -> Mapping[str, Label]:
    own = command.done or (None if command.event in known else command.label)
    return {**({command.event: own} if own else {}), **command.also}


def _sentence(label: Label, done: Label) -> Label:
    locales = {locale for one in (label, done) if isinstance(one, Mapping) for locale in one} | {"en"}
    return {locale: f"{said(label, locale)}: {said(done, locale)}" for locale in sorted(locales)}
