"""Machine translation behind one interface; which one is used is a setting. Pure but for the network."""

from catalog.translating.machine.base import MachineError, Provider
from catalog.translating.machine.deepl import DeepL
from catalog.translating.machine.stub import Stub

__all__ = ["DeepL", "MachineError", "Provider", "Stub"]
