"""`reports`: a field for each report of the core and of plugins, typed by what it takes and gives."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from cardfile.app import App
from cardfile.errors import TooExpensive
from cardfile.model.names import camel
from cardfile.plugins import Report
from cardfile.texts import said
from cardfile_graphql.context import RequestContext
from cardfile_graphql.inputs import InputTypes
from cardfile_graphql.naming import TypeNames
from cardfile_graphql.outputs import Info
from cardfile_graphql.results import ResultTypes
from cardfile_graphql.wrapping import list_of, required
from graphql import GraphQLArgument, GraphQLField, GraphQLInputType, GraphQLObjectType

__all__ = ["MOST_AT_ONCE", "reports_field"]

MOST_AT_ONCE: Final = 10
"""How many reports one request is answered with: each reads many records."""


def reports_field(app: App, names: TypeNames, inputs: InputTypes, results: ResultTypes) -> GraphQLField:
    """Return the root field that holds all reports."""
    fields = {camel(one.key): _field(one, inputs, results) for one in _sorted(app.reports)}
    type_ = GraphQLObjectType(
        names.take("Reports", "core"), fields, description="Questions about many records at once."
    )
    return GraphQLField(
        required(type_),
        resolve=lambda _parent, _info: {},
        description="Reports: each counts what you may see, and each number tells the filter of the list behind it.",
    )


def _sorted(reports: Iterable[Report]) -> list[Report]:
    return sorted(reports, key=lambda one: one.key)


def _field(one: Report, inputs: InputTypes, results: ResultTypes) -> GraphQLField:
    arguments = {}
    for parameter in one.command.parameters:
        type_: GraphQLInputType = inputs.type_of_parameter(parameter, one.command)
        if parameter.is_list:
            type_ = list_of(type_)
        is_default = not parameter.is_required and parameter.default is not None and not parameter.is_optional
        arguments[camel(parameter.name)] = GraphQLArgument(
            required(type_) if parameter.is_required else type_,
            description=(parameter.description or _worded(parameter.name))
            + (f" {_shown(parameter.default)} when left out." if is_default else ""),
        )
    label = said(one.label, "en")
    return GraphQLField(
        results.of(one.result, one.command.name, one.plugin),
        args=arguments,
        resolve=_resolver(one),
        description=f"{label}. {one.command.description}".strip(),
    )


def _resolver(one: Report) -> Any:
    async def resolve(_parent: object, info: Info, **given: Any) -> object:
        context: RequestContext = info.context
        context.reports_made += 1
        if context.reports_made > MOST_AT_ONCE:
            raise TooExpensive(
                "At most {most} reports are made at once: ask again for more.", most=MOST_AT_ONCE
            )
        told = {camel(each.name): each for each in one.command.parameters}
        # Null means what leaving out means, for an argument that is never null itself.
        arguments = {
            told[name].name: value
            for name, value in given.items()
            if value is not None or told[name].is_required
        }
        return await one.make(context.app, replace(context.actor, locale=context.locale), **arguments)

    return resolve


def _shown(default: object) -> str:
    return {True: "Yes", False: "No"}[default] if isinstance(default, bool) else str(default)


def _worded(name: str) -> str:
    return name.replace("_", " ").capitalize() + "."
