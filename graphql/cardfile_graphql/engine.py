"""Answers GraphQL requests: by one statement, by a few, or by the plain executor.

A query whose fields are all the model's is compiled, and the database's text becomes the answer. Mutations,
introspection and hand-written fields go through graphql-core. A statement that fails sends its document there
too, which then tells the errors as the specification wants them.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

import orjson

from cardfile.app import App
from cardfile.errors import DatabaseError, Refused, TooExpensive
from cardfile.query.compiler import Limits, compile_plan
from cardfile.query.given import Guards
from cardfile.query.pieces import Plan
from cardfile.query.running import run_at_once, run_plan
from cardfile_graphql.built import BuiltSchema
from cardfile_graphql.card_fields import fill_batch
from cardfile_graphql.context import RequestContext
from cardfile_graphql.documents import Document, Documents, Operation
from cardfile_graphql.errors import (
    Code,
    RequestError,
    error_json,
    error_of_refusal,
    errors_json,
    graphql_error_json,
)
from cardfile_graphql.limits import DocumentLimits
from cardfile_graphql.selecting import NotCompilable, Selecting
from graphql import ExecutionResult, GraphQLError, execute

__all__ = ["Answer", "Engine", "Request"]

LOG = logging.getLogger("cardfile.graphql")


class Request(NamedTuple):
    """What a client sent."""

    query: str
    variables: Mapping[str, object] = MappingProxyType({})
    operation: str | None = None


class Answer(NamedTuple):
    """The body of the response, and its HTTP status under `application/graphql-response+json`."""

    body: bytes
    status: int = 200


class Engine:
    """Serves the schema of one app. `rungs` counts by which way documents were answered."""

    def __init__(self, app: App, built: BuiltSchema, *, limits: Limits | None = None) -> None:
        self.app = app
        self.built = built
        given = app.settings.limits
        self.documents = Documents(
            built.schema,
            limits=DocumentLimits(
                characters=given.document_bytes, tokens=given.document_tokens, depth=given.query_depth
            ),
        )
        # A little less than the gate's own patience, so that the refusal has the form that clients expect.
        self.seconds = given.request_seconds * 0.95
        self.limits = limits or replace(Limits.of(app.database.dialect), cost=given.query_cost)
        self.rungs: Counter[str] = Counter()

    async def answer(self, request: Request, context: RequestContext) -> Answer:
        """Answer a request; never raises for what a client can cause."""
        try:
            document = self.documents.get(request.query)
            operation = document.operation(request.operation)
            variables = operation.signature.coerce(request.variables)
        except RequestError as error:
            return Answer(orjson.dumps({"errors": error.errors}), error.status)
        try:
            at_once = self._at_once(operation, variables, context)
            if at_once is not None:
                return at_once
            async with asyncio.timeout(self.seconds):
                return await self._run(document, operation, variables, request, context)
        except TimeoutError:
            message = context.texts.say(
                "This took longer than {seconds} seconds and was given up.", seconds=self.seconds
            )
            return _failed(error_json(Code.TIMEOUT, message, requestId=context.request_id), 503)
        except Refused as refusal:
            told = self._located(refusal, document, operation, variables, context)
            said = error_of_refusal(told, context.texts)
            if isinstance(told, TooExpensive):
                return Answer(errors_json([said]), 400)
            return _failed(said, 200)

    def _located(
        self,
        refusal: Refused,
        document: Document,
        operation: Operation,
        variables: Mapping[str, object],
        context: RequestContext,
    ) -> Refused:
        """Return the refusal with the way to the argument: a plan that was kept does not know where a value stood."""
        if refusal.path or not operation.is_compilable:
            return refusal
        try:
            self._compile(document, operation, variables, context)
        except Refused as told:
            return told
        except NotCompilable:
            pass
        return refusal

    def _at_once(
        self, operation: Operation, variables: Mapping[str, object], context: RequestContext
    ) -> Answer | None:
        """Return the answer when its statement is known and quick, so that nothing has to be waited for."""
        plan = operation.plan(context.plan_key, variables)
        if plan is None:
            return None
        try:
            text = run_at_once(plan, self.app.database, context.moment(variables))
        except DatabaseError:
            return None  # it will fail again, where that is told and made up for
        return self._answer(plan, text) if text is not None else None

    async def _run(
        self,
        document: Document,
        operation: Operation,
        variables: Mapping[str, object],
        request: Request,
        context: RequestContext,
    ) -> Answer:
        if operation.is_compilable:
            try:
                return await self._compiled(document, operation, variables, context)
            except NotCompilable:
                operation.is_compilable = False
            except DatabaseError:
                LOG.exception("request %s: a compiled statement failed", context.request_id)
        return await self._plain(document, operation, request, context)

    async def _compiled(
        self,
        document: Document,
        operation: Operation,
        variables: Mapping[str, object],
        context: RequestContext,
    ) -> Answer:
        plan = self._plan(document, operation, variables, context)
        text = await run_plan(plan, self.app.database, context.moment(variables), fill_batch(context))
        return self._answer(plan, text)

    def _answer(self, plan: Plan, text: bytes) -> Answer:
        self.rungs["one statement" if plan.is_one_statement else "levels"] += 1
        cost = b',"extensions":{"cost":{"requested":%d,"most":%d}}}' % (plan.cost, self.limits.cost)
        return Answer(b"".join((b'{"data":', text, cost)))

    def _plan(
        self,
        document: Document,
        operation: Operation,
        variables: Mapping[str, object],
        context: RequestContext,
    ) -> Plan:
        known = operation.plan(context.plan_key, variables)
        if known is None:
            known = self._compile(document, operation, variables, context)
            operation.keep(context.plan_key, known)
        return known

    def _compile(
        self,
        document: Document,
        operation: Operation,
        variables: Mapping[str, object],
        context: RequestContext,
    ) -> Plan:
        guards: Guards = {}
        selecting = Selecting(
            self.built.schema, self.built.map, self.app.model, document.fragments, variables, guards
        )
        return compile_plan(
            selecting.roots(operation.node.selection_set),
            model=self.app.model,
            dialect=self.app.database.dialect,
            rights=context.actor.rights,
            reading=context.reading,
            guards=guards,
            limits=self.limits,
        )

    async def _plain(
        self,
        document: Document,
        operation: Operation,
        request: Request,
        context: RequestContext,
    ) -> Answer:
        self.rungs["plain"] += 1
        executed = execute(
            self.built.schema,
            document.ast,
            context_value=context,
            variable_values=dict(request.variables),
            operation_name=operation.name,
            hide_suggestions=True,
        )
        result = executed if isinstance(executed, ExecutionResult) else await executed
        body: dict[str, object] = {}
        if result.errors:
            body["errors"] = self._errors(result.errors, context)
        body["data"] = result.data
        return Answer(orjson.dumps(body, default=str))

    def _errors(self, errors: Sequence[GraphQLError], context: RequestContext) -> list[Mapping[str, object]]:
        told: list[Mapping[str, object]] = []
        for error in errors:
            cause = error.original_error
            if isinstance(cause, Refused):
                told.append(error_of_refusal(cause, context.texts, path=error.path))
            elif cause is None or isinstance(cause, GraphQLError):
                told.append(graphql_error_json(Code.BAD_USER_INPUT, error))
            else:
                LOG.error("request %s: a resolver failed", context.request_id, exc_info=cause)
                message = context.texts.say(
                    "Something went wrong on our side; it is in the log under {request}.",
                    request=context.request_id,
                )
                told.append(error_json(Code.INTERNAL, message, path=error.path, requestId=context.request_id))
        return told


def _failed(error: Mapping[str, object], status: int) -> Answer:
    return Answer(orjson.dumps({"errors": [error], "data": None}), status)
