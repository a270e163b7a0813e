"""What an operator can set, read once from the environment; every other limit is a constant.

`server`, `https`, `stores` and `sale` have the settings with their sentences, `groups` puts them
together, `reading` reads and checks the variables, `shown` has what operators see of them, and
`removed` names the variables of earlier versions. The rest of the program gets a frozen `Settings`
handed in and never reads the environment.
"""

from yemae.settings.groups import ACCOUNTS_PER_MINUTE, Settings
from yemae.settings.reading import (
    FROM_FILE,
    SettingsError,
    read_settings,
    to_environ,
    unknown_variables,
    variable,
)
from yemae.settings.sale import TopUps
from yemae.settings.server import BUILT_CONSOLE, BUILT_PAGE, default_workers
from yemae.settings.stores import StoreSettings

__all__ = [
    "ACCOUNTS_PER_MINUTE",
    "BUILT_CONSOLE",
    "BUILT_PAGE",
    "FROM_FILE",
    "Settings",
    "SettingsError",
    "StoreSettings",
    "TopUps",
    "default_workers",
    "read_settings",
    "to_environ",
    "unknown_variables",
    "variable",
]
