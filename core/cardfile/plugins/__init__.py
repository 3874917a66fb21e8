"""Plugins: what one is, how it is found, and how it is asked."""

from cardfile.plugins.demo import Demo, SignIn
from cardfile.plugins.hooks import Hooks
from cardfile.plugins.hookspecs import hookimpl
from cardfile.plugins.job_kinds import JobKind, JobRun
from cardfile.plugins.loader import load_plugins
from cardfile.plugins.plugin import Plugin
from cardfile.plugins.reports import Report, ReportBook, report

__all__ = [
    "Demo",
    "Hooks",
    "JobKind",
    "JobRun",
    "Plugin",
    "Report",
    "ReportBook",
    "SignIn",
    "hookimpl",
    "load_plugins",
    "report",
]
