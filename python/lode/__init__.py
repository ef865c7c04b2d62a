"""Decision software for critical-mineral supply security: one chain from trade record to decision.

>>> import lode
>>> session = lode.load()
>>> session.assess("JPN", "rare-earths", year="2010..2024").to_pandas()
"""

from lode import scenario
from lode._lode import version as _version
from lode.errors import InputError, InternalError, LodeError, Mistake
from lode.scenario import Scenario
from lode.session import Session, load, run_study
from lode.table import Table

__version__ = _version()
__all__ = [
    "InputError",
    "InternalError",
    "LodeError",
    "Mistake",
    "Scenario",
    "Session",
    "Table",
    "load",
    "run_study",
    "scenario",
]
