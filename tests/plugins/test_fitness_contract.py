"""The fitness edition keeps to what every plugin keeps to."""

from typing import ClassVar

from cardfile.testing.contract import PluginContract
from cardfile_fitness import FitnessPlugin


class TestFitnessContract(PluginContract):
    """The contract, for the fitness plugin."""

    plugin = FitnessPlugin
    unmade: ClassVar = {"fitness.freeze": "made by fitness.membership.freeze"}
