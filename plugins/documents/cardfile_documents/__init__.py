"""Documents of deals for Cardfile: offers, invoices, acts, and what a business writes itself."""

from cardfile_documents.choices import DocumentKind, Engine, FileState, Language, Status
from cardfile_documents.entities import documents, templates
from cardfile_documents.plugin import DocumentsPlugin
from cardfile_documents.tables import Document, Template

__all__ = [
    "Document",
    "DocumentKind",
    "DocumentsPlugin",
    "Engine",
    "FileState",
    "Language",
    "Status",
    "Template",
    "documents",
    "templates",
]
