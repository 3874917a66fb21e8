"""The documents plugin keeps to what every plugin keeps to."""

from typing import ClassVar

from cardfile.testing.contract import PluginContract
from cardfile_documents import DocumentsPlugin


class TestDocumentsContract(PluginContract):
    """The contract, for the documents plugin."""

    plugin = DocumentsPlugin
    unmade: ClassVar = {"documents.document": "made of a template by its own commands"}
