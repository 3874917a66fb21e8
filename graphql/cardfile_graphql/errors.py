"""Top-level errors: each with a code for programs, none with text from the inside."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import orjson

from cardfile.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    RateLimited,
    Refused,
    TooExpensive,
    Unauthenticated,
    VersionConflict,
)  # fmt: skip
from cardfile.texts import Texts
from graphql import GraphQLError

__all__ = ["Code", "RequestError", "error_of_refusal", "errors_json"]


class Code(StrEnum):
    """What went wrong, for programs."""

    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    BAD_REQUEST = "BAD_REQUEST"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_EXPENSIVE = "QUERY_TOO_EXPENSIVE"
    TIMEOUT = "TIMEOUT"
    INTERNAL = "INTERNAL_SERVER_ERROR"


STATUS: Mapping[Code, int] = {
    Code.UNAUTHENTICATED: 401,
    Code.FORBIDDEN: 403,
    Code.RATE_LIMITED: 429,
}
CODE_OF: Sequence[tuple[type[Refused], Code]] = (
    (Unauthenticated, Code.UNAUTHENTICATED),
    (RateLimited, Code.RATE_LIMITED),
    (TooExpensive, Code.TOO_EXPENSIVE),
    (NotAllowed, Code.FORBIDDEN),
    (NotFound, Code.NOT_FOUND),
    (InvalidInput, Code.BAD_USER_INPUT),
    (VersionConflict, Code.BAD_USER_INPUT),
)


class RequestError(Exception):
    """The whole request is refused before anything is read: its errors and the HTTP status."""

    def __init__(self, errors: Sequence[Mapping[str, object]], *, status: int = 400) -> None:
        super().__init__("; ".join(str(error.get("message")) for error in errors))
        self.errors = errors
        self.status = status

    @classmethod
    def of(
        cls, code: Code, message: str, *, status: int | None = None, **extensions: object
    ) -> "RequestError":
        """Return the refusal with one error."""
        return cls(
            [error_json(code, message, path=None, **extensions)], status=status or STATUS.get(code, 400)
        )

    @classmethod
    def of_graphql(cls, code: Code, errors: Sequence[GraphQLError]) -> "RequestError":
        """Return the refusal with the errors that parsing or validation found."""
        return cls([graphql_error_json(code, error) for error in errors])


def error_json(
    code: Code, message: str, *, path: Sequence[str | int] | None = None, **extensions: object
) -> dict[str, object]:
    """Return an error of an answer."""
    error: dict[str, object] = {"message": message, "extensions": {"code": code, **extensions}}
    if path is not None:
        error["path"] = list(path)
    return error


def graphql_error_json(code: Code, error: GraphQLError, **extensions: object) -> dict[str, object]:
    """Return an error that graphql-core found in a document or its variables."""
    found = error_json(code, error.message, path=None, **extensions)
    if error.locations:
        found["locations"] = [{"line": one.line, "column": one.column} for one in error.locations]
    if error.path:
        found["path"] = list(error.path)
    return found


def error_of_refusal(
    refusal: Refused, texts: Texts, *, path: Sequence[str | int] | None = None
) -> dict[str, object]:
    """Return a refusal as a top-level error; the argument at fault is named, and the way to the member in it."""
    code = next((code for kind, code in CODE_OF if isinstance(refusal, kind)), Code.BAD_USER_INPUT)
    extensions: dict[str, object] = {}
    if refusal.path:
        extensions["argumentName"] = str(refusal.path[0])
        extensions["argumentPath"] = [str(step) for step in refusal.path]
    return error_json(code, refusal.say(texts), path=path, **extensions)


def errors_json(errors: Sequence[Mapping[str, object]]) -> bytes:
    """Return the answer that has only errors."""
    return orjson.dumps({"errors": errors})
