"""Everything that is done to the system: each breaks something by a seeded chance, holds, heals itself, and says so.

Two faults never break the same thing at a time, because each claims what it breaks; different things break together.
"""

from collections.abc import Mapping

from wasl.torture.crack import FaultKind
from wasl.torture.faults_inside import FAULTS_INSIDE
from wasl.torture.faults_outside import FAULTS_OUTSIDE

MENU: Mapping[str, FaultKind] = {**FAULTS_INSIDE, **FAULTS_OUTSIDE}
