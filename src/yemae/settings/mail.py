"""Settings of mail."""

from pathlib import Path
from typing import Annotated

import msgspec

from yemae.settings.said import said

# The templates that come with the server.
BUILT_TEMPLATES = Path(__file__).resolve().parent.parent / "mail" / "templates"


class MailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The mail server, the sender, and what mails look like."""

    smtp_url: Annotated[
        str,
        said(
            "The mail server, as `smtp://USER:PASSWORD@HOST:587` (STARTTLS is required), "
            "`smtps://USER:PASSWORD@HOST:465` (TLS), or `smtp+plain://HOST:25` for one on this "
            "machine or in a network of your own; see [mail](mail.md). Empty: no mail is sent; in "
            "development it is shown at `/dev/mail`.",
            "메일 서버. `smtp://USER:PASSWORD@HOST:587`(STARTTLS 필수), "
            "`smtps://USER:PASSWORD@HOST:465`(TLS), 또는 이 기계나 자체 네트워크의 "
            "`smtp+plain://HOST:25`. [메일](mail.ko.md) 참고. 비우면 보내지 않으며, "
            "`development`에서는 `/dev/mail`에 보여 줍니다.",
        ),
    ] = ""
    mail_from: Annotated[
        str,
        said(
            "The sender of all mail, such as `Tickets <tickets@example.com>`; required with "
            "`YEMAE_SMTP_URL`.",
            "모든 메일의 보내는 사람. `Tickets <tickets@example.com>`처럼 씁니다. "
            "`YEMAE_SMTP_URL`을 설정하면 반드시 있어야 합니다.",
            is_shown=True,
        ),
    ] = ""
    mail_templates_dir: Annotated[
        Path,
        said(
            "A folder with mail templates of your own; one that it lacks is taken from the server.",
            "직접 만든 메일 템플릿의 폴더. 여기에 없는 템플릿은 서버의 것을 씁니다.",
            default=("the templates that come with the server", "서버에 든 템플릿"),
        ),
    ] = BUILT_TEMPLATES
    public_url: Annotated[
        str,
        said(
            "What links in mails begin with, such as `https://tickets.example.com`; without it and "
            "without `YEMAE_DOMAIN`, mails of a production server have no links.",
            "메일 속 링크의 앞부분. `https://tickets.example.com`처럼 씁니다. 이 값과 "
            "`YEMAE_DOMAIN`이 모두 없으면 `production` 서버의 메일에는 링크가 없습니다.",
            default=(
                "`https://` and `YEMAE_DOMAIN`; in development this server's address",
                "`https://`와 `YEMAE_DOMAIN`. `development`에서는 이 서버의 주소",
            ),
            is_shown=True,
        ),
    ] = ""
