"""The documents plugin keeps to what every plugin keeps to."""

from cardfile.testing.contract import PluginContract
from cardfile_documents import DocumentsPlugin


class TestDocumentsContract(PluginContract):
    """The contract, for the documents plugin."""

    plugin = DocumentsPlugin
