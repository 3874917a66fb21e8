"""The unit of work: one transaction, in which commands are the only way to write; and the glance, which has none."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar

from cardfile.database.tables import Record
from cardfile.errors import DeclarationError, InvalidInput, NotAllowed, NotFound, Refused, VersionConflict
from cardfile.journal.arguments import read_arguments, read_ids
from cardfile.journal.calls import Call
from cardfile.journal.commands import Command, Parameter, ParameterKind
from cardfile.journal.deeds import Deed
from cardfile.journal.host import Host, reading_of
from cardfile.journal.references import hangs_on, reaching
from cardfile.journal.rows import check_rows
from cardfile.journal.signatures import Values
from cardfile.journal.units import Unit
from cardfile.rights import Actor, Rights, Scope
from cardfile.texts import said

__all__ = ["Glance", "UnitOfWork", "unit_of_work"]

_OPEN: ContextVar[tuple["UnitOfWork", ...]] = ContextVar("cardfile_open_units", default=())


class UnitOfWork(Unit):
    """One transaction for one actor; made by `unit_of_work`."""

    async def do(self, name: str, /, *, expected_version: int | None = None, **arguments: object) -> object:
        """Do a command: permission, records, version, values, hooks, the command itself, its events.

        `arguments` are the command's own, by name: records as ids, global ids or objects, `values` as a
        mapping; the subject of a derived command is `record`. Raises `NotAllowed`, `NotFound` (for what is
        hidden, too), `VersionConflict`, `InvalidInput`; several wrong values are one `InvalidInputs`.
        """
        return await self.carry_out(Deed(self.app.commands[name], arguments, expected_version))

    async def carry_out(self, deed: Deed) -> object:
        """Do what may have been prepared outside, and prepare it here if it was not."""
        self.require_whole()
        if deed.awaits_preparation:
            deed = await Glance.of(self.app, self.actor, via=self.via).prepare(deed)
        call = Call(self, deed.command, prepared=deed.prepared)
        try:
            return await _done(call, deed)
        except BaseException as error:
            if call.has_written:
                self.break_off(error)
            raise


class Glance(Unit):
    """A look at the records by one actor, without a transaction: nothing is written in it."""

    @classmethod
    def of(cls, app: Host, actor: Actor, *, via: str | None = None) -> "Glance":
        """Return a glance as of now."""
        now = app.clock.now()
        return cls(app, actor, via or actor.via, now, reading_of(app, actor, now))

    async def do(self, name: str, /, *, expected_version: int | None = None, **arguments: object) -> object:
        """Do a command that writes nothing, with the checks of any other; raises what a unit of work does.

        Raises `DeclarationError` for a command that writes.
        """
        return await self.carry_out(Deed(self.app.commands[name], arguments, expected_version))

    async def carry_out(self, deed: Deed) -> object:
        """Do what writes nothing."""
        if deed.command.writes:
            raise DeclarationError(f"{deed.command.name!r} writes: do it in a unit of work")
        return await _done(Call(self, deed.command), deed)

    async def prepare(self, deed: Deed) -> Deed:
        """Return the deed with what its command prepares; who may not do it, or gave something wrong, is told."""
        if deed.command.prepare is None:
            return deed
        call = Call(self, deed.command)
        return deed.after(await deed.command.prepare(call, **await _arguments(call, deed)))


@asynccontextmanager
async def unit_of_work(
    app: Host,
    actor: Actor,
    *,
    via: str | None = None,
    batch: int | None = None,
    cause: int | None = None,
    lasting: bool = True,
) -> AsyncIterator[UnitOfWork]:
    """Open a unit of work: everything done in it is kept when the block ends, and nothing when it raises.

    Inside another one of the same task it is a savepoint, and shares its moment, batch and cause. `via` is by
    default the actor's own door. `batch` adds to a batch that was opened earlier; `cause` is the event that
    led to all this; `lasting` is as `Database.transaction` has it.
    """
    outer = next((one for one in reversed(_OPEN.get()) if one.app is app), None)
    now = outer.now if outer else app.clock.now()
    async with app.database.transaction(lasting=lasting) as transaction:
        work = UnitOfWork(
            app=app,
            actor=actor,
            via=via or actor.via,
            now=now,
            reading=reading_of(app, actor, now),
            held=transaction,
            batch=batch if batch is not None or outer is None else outer.batch,
            cause=cause if cause is not None or outer is None else outer.cause,
        )
        token = _OPEN.set((*_OPEN.get(), work))
        try:
            yield work
            work.require_whole()
        finally:
            _OPEN.reset(token)
            if outer is not None:
                # Whatever the outer commands knew of the records may be out of date now.
                outer.images.clear()
    if outer is not None:
        outer.join(work)


async def _done(call: Call, deed: Deed) -> object:
    command, arguments = deed.command, await _arguments(call, deed)
    await call.hooks.each("command_doing", call=call, command=command.name, arguments=arguments)
    result = await command.function(call, **arguments)
    await call.finish()
    return result


async def _arguments(call: Call, deed: Deed) -> dict[str, object]:
    """Return what the command is given: permitted, read, loaded and checked."""
    command = call.command
    scope = call.rights.scope(command.entity, command.action)
    if command.subject is None and scope is Scope.NONE:
        raise NotAllowed("You may not do this: {deed}.", deed=said(command.label, call.locale))
    arguments = read_arguments(command, deed.arguments, call.work.reading)
    for one in command.parameters:
        if one.kind is ParameterKind.RECORD and arguments.get(one.name) is not None:
            arguments[one.name] = await _loaded(call, one, arguments[one.name])
    subject = arguments.get(command.subject.name) if command.subject is not None else None
    if isinstance(subject, Record):
        _check_version(command, subject, deed.expected_version)
    if command.values is not None:
        given_values = arguments[command.values.name]
        if not isinstance(given_values, Mapping):
            raise InvalidInput("{name} takes fields of its own.", name=command.values.name)
        record = subject if isinstance(subject, Record) else None
        arguments[command.values.name] = await _checked_values(
            call, given_values, record, command.values.name
        )
    return arguments


async def _loaded(call: Call, parameter: Parameter, given: object) -> object:
    command, model = call.command, call.app.model
    path = (parameter.input_name,)
    try:
        ids = read_ids(parameter, given, model)
    except Refused as error:
        raise error.at(*path) from None
    table: type[Record] = parameter.type
    rights, action = _reach(call, parameter)
    is_locked = parameter.is_subject and call.writes
    found = await call.load(table, ids, rights=rights, action=action, lock=is_locked)
    if len({one.id for one in found}) < len(set(ids)):
        missing = next(one for one in ids if one not in {each.id for each in found})
        if action != "read" and await call.load(table, [missing]):
            raise NotAllowed("You may not do this: {deed}.", deed=said(command.label, call.locale))
        # Hidden and missing are told alike.
        raise NotFound(
            "There is no such record: {id}.", id=model.of_table(table).global_id(missing), path=path
        )
    if parameter.is_subject:
        for one in found:
            if one.archived_at is not None and not command.takes_archived:
                raise NotAllowed("This record is in the archive: restore it first.", path=path)
            if call.writes:
                call.be_about(one)
    return found if parameter.is_list else found[0]


def _reach(call: Call, parameter: Parameter) -> tuple[Rights, str]:
    """Return with which rights, and for which action, the record of a parameter is loaded.

    A command without a record of its own makes one: what that will hang on is as far in reach as the command.
    """
    command, model = call.command, call.app.model
    if parameter.is_subject:
        return call.rights, command.action
    record_type, other = model[command.entity], model.of_table(parameter.type)
    if command.subject is None and hangs_on(record_type, other):
        return reaching(call.rights, other, record_type, command.action)
    return call.rights, "read"


def _check_version(command: Command, subject: Record, expected: int | None) -> None:
    if expected is not None and subject.version != expected:
        raise VersionConflict(
            entity=command.entity, record=subject.id, expected=expected, current=subject.version
        )


async def _checked_values(
    call: Call, given: Mapping[str, object], record: Record | None, name: str
) -> Values:
    before = None if record is None else await call.values(record)
    creating = call.command.is_creation and record is None
    (checked,) = await check_rows(
        call, [given], befores=None if before is None else [before], creating=creating
    )
    if isinstance(checked, Refused):
        raise checked.at(name)
    return checked
