"""The queries that are written by hand: what the installation tells of itself."""

from typing import Annotated, cast

import strawberry

from cardfile_graphql import vocabulary
from cardfile_graphql.context import RequestContext

__all__ = ["WrittenQuery"]


def _record_types(info: strawberry.Info) -> list[vocabulary.RecordType]:
    context = cast(RequestContext, info.context)
    return context.built.metadata.record_types(context.actor.rights, context.locale)


Name = Annotated[str, strawberry.argument(description="The type or the key: FitnessVisit, fitness.visit.")]


def _record_type(info: strawberry.Info, name: Name) -> vocabulary.RecordType | None:
    return next((one for one in _record_types(info) if name in {one.name, one.key}), None)


@strawberry.type(name="Query", description="What may be read.")
class WrittenQuery:
    """The hand-written part of the root."""

    record_types: list[vocabulary.RecordType] = strawberry.field(
        resolver=_record_types,
        description="The nouns of this installation with their fields and actions, as you may see them.",
    )
    record_type: vocabulary.RecordType | None = strawberry.field(
        resolver=_record_type,
        description="One noun of this installation; null when there is none of that name that you may see.",
    )
