"""The settings of the server, to be read; they are changed where the server is started."""

import msgspec

from yemae.http.contract.operation import UNSTORED, Answer, Operation, Shown
from yemae.http.operator.roles import GATES
from yemae.http.server.call import Call
from yemae.settings.shown import ShownGroup, ShownSetting, shown
from yemae.values.translated import Translated


class InBothLanguages(msgspec.Struct, frozen=True):
    """A text in English and in Korean; code in it stands between backticks."""

    en: str
    ko: str


class SettingOfServer(msgspec.Struct, frozen=True):
    """A setting, by its environment variable. `value` is null where it may be a secret, and empty
    where nothing is set; `default` is what holds without the variable, in words where these say
    more."""

    variable: str
    value: str | None
    is_default: bool
    default: InBothLanguages
    meaning: InBothLanguages


class SettingsGroup(msgspec.Struct, frozen=True):
    """The settings of one subject."""

    title: InBothLanguages
    settings: list[SettingOfServer]


class SettingsOfServer(msgspec.Struct, frozen=True):
    """Every setting of the server that answers, as it read them when it was started."""

    groups: list[SettingsGroup]


EXAMPLE = {
    "groups": [
        {
            "title": {"en": "Stores", "ko": "저장소"},
            "settings": [
                {
                    "variable": "YEMAE_POSTGRES_CONNECTIONS_MAX",
                    "value": "12",
                    "is_default": False,
                    "default": {"en": "8", "ko": "8"},
                    "meaning": {
                        "en": "Connections to PostgreSQL, for each server process.",
                        "ko": "서버 프로세스마다의 PostgreSQL 연결 수.",
                    },
                }
            ],
        }
    ]
}


async def list_settings(call: Call) -> Answer:
    """What the server that answers was started with. Passwords and keys, and addresses that may
    have one in them, are shown only as set or not."""
    call.operator()
    groups = [_group(each) for each in shown(call.runtime.settings)]
    return Answer(200, SettingsOfServer(groups), (UNSTORED,))


def _group(group: ShownGroup) -> SettingsGroup:
    return SettingsGroup(_both(group.title), [_setting(each) for each in group.settings])


def _setting(each: ShownSetting) -> SettingOfServer:
    default, meaning = _both(each.default), _both(each.meaning)
    return SettingOfServer(each.variable, each.value, each.is_default, default, meaning)


def _both(text: Translated) -> InBothLanguages:
    return InBothLanguages(text.en, text.ko)


OPERATIONS = (
    Operation(
        "list_settings",
        "GET",
        "/v1/admin/settings",
        "admin",
        "The settings of the server",
        list_settings,
        (Shown(200, "The settings by group", SettingsOfServer, EXAMPLE),),
        GATES,
        signed_in=True,
    ),
)
