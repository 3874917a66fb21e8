"""The windows edition keeps to what every plugin keeps to."""

from typing import ClassVar

from cardfile.testing.contract import PluginContract
from cardfile_windows import WindowsPlugin


class TestWindowsContract(PluginContract):
    """The contract, for the windows plugin."""

    plugin = WindowsPlugin
    values: ClassVar = {"windows.opening": {"width": 1_200, "height": 1_400}}
    unmade: ClassVar = {
        "windows.measurement": "planned for a deal, together with the task of the measurer",
        "windows.estimate": "counted of the openings or of lines",
        "windows.estimate_line": "comes with its estimate",
        "windows.installation": "planned for a deal, together with the task of the foreman",
        "windows.installer": "comes with the crew of an installation",
        "windows.warranty_claim": "opened with a deadline and a task",
    }
