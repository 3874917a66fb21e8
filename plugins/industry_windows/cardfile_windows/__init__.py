"""The edition of a window company for Cardfile."""

from cardfile_windows.entities import crews, estimates, installations, measurements, openings, warranty_claims
from cardfile_windows.plugin import WindowsPlugin
from cardfile_windows.tables import (
    Crew,
    CrewMember,
    Estimate,
    EstimateLine,
    Installation,
    Installer,
    Measurement,
    Opening,
    WarrantyClaim,
)

__all__ = [
    "Crew",
    "CrewMember",
    "Estimate",
    "EstimateLine",
    "Installation",
    "Installer",
    "Measurement",
    "Opening",
    "WarrantyClaim",
    "WindowsPlugin",
    "crews",
    "estimates",
    "installations",
    "measurements",
    "openings",
    "warranty_claims",
]
