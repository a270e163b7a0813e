"""Hypothesis profiles. `HYPOTHESIS_PROFILE=thorough` searches for minutes instead of seconds."""

import os

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "thorough",
    max_examples=300,
    stateful_step_count=60,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
# Does not look for the shortest story of a failure, which takes minutes: the thorough one does.
settings.register_profile(
    "journey",
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
)

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "")
if PROFILE:
    settings.load_profile(PROFILE)
