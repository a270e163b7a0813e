"""What tests of operators' calls share: an operator."""

import pytest

from helpers.http import Site, Visitor
from helpers.operators import operator


@pytest.fixture
def op(site: Site) -> Visitor:
    """An operator of the site."""
    return operator(site)
