"""The windows edition keeps to what every plugin keeps to."""

from cardfile.testing.contract import PluginContract
from cardfile_windows import WindowsPlugin


class TestWindowsContract(PluginContract):
    """The contract, for the windows plugin."""

    plugin = WindowsPlugin
