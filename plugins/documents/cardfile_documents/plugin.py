"""Offers, invoices and acts: all that the plugin adds, on one page."""

from collections.abc import Sequence
from importlib.resources import files
from typing import ClassVar

from cardfile.app import App
from cardfile.deals import Deal
from cardfile.journal import Call
from cardfile.plugins import Plugin, hookimpl
from cardfile.seeds import Seed
from cardfile_documents.entities import ENTITIES
from cardfile_documents.finishing import JOB_KIND, fail_file, keep_file
from cardfile_documents.following import cancel, pay, send, sign
from cardfile_documents.guards import TemplateRules
from cardfile_documents.issuing import issue, issue_for_stage, preview, retry, revise
from cardfile_documents.migrations import MIGRATIONS
from cardfile_documents.rendering import Renders
from cardfile_documents.settings import DocumentsSettings
from cardfile_documents.shipped import SHIPPED

__all__ = ["DocumentsPlugin"]

_VERBS = ("issue", "revise", "retry", "send", "sign", "pay", "cancel")


def _work(scope: str) -> str:
    return " ".join(f"{verb}:{scope}" for verb in ("read", *_VERBS))


class DocumentsPlugin(TemplateRules, Renders, Plugin):
    """Documents of deals: made from templates, numbered without gaps, attached to their deals."""

    name = "documents"
    label: ClassVar = {"en": "Documents", "ru": "Документы"}
    version = "0.1.0"
    requires = "cardfile>=0.1,<0.2"

    entities = ENTITIES
    commands = (issue, preview, revise, retry, send, sign, pay, cancel, keep_file, fail_file)
    grants: ClassVar = {
        "owner": {"documents.document": "keep_file:all fail_file:all"},
        "head": {
            "documents.template": "read:all create:all edit:all archive:all",
            "documents.document": _work("team"),
        },
        "manager": {"documents.template": "read:all", "documents.document": _work("own")},
        "specialist": {"documents.template": "read:all", "documents.document": "read:own"},
        "analyst": {"documents.template": "read:all", "documents.document": "read:all"},
    }
    migrations = MIGRATIONS
    jobs = (JOB_KIND,)
    settings = DocumentsSettings
    texts = (files("cardfile_documents") / "texts" / "ru.toml",)

    def seeds(self, app: App) -> Sequence[Seed]:
        """Return the shipped templates."""
        return SHIPPED

    @hookimpl
    async def document_making(self, call: Call, deal: Deal, kind: str, template: str | None) -> None:
        """Make the document that a stage asks for."""
        await issue_for_stage(call, deal, kind, template)
