"""Every finding by name: its state, what was found, and the cure in one line.

The part before the dot is the check, the part after it the reason. The names in braces are the
finding's values. docs/operations.md lists the checks; a test compares.
"""

from yemae.doctor.words_of_money import MONEY
from yemae.doctor.words_of_stores import POSTGRES, VALKEY, Wording

MACHINE = {
    "settings.known": Wording("ok", "Every YEMAE_ variable is known."),
    "settings.unknown": Wording(
        "warning", "{sentences}", "Correct or remove the variable; docs/configuration.md has all."
    ),
    "data_folder.right": Wording("ok", "{folder} belongs to {owner} and is closed to others."),
    "data_folder.serving": Wording("ok", "{folder} is in use by the server that answers."),
    "data_folder.unused": Wording(
        "not_checked", "Stores and key are named in the environment: {folder} is not used."
    ),
    "data_folder.none": Wording(
        "not_checked", "There is no {folder} yet: no server has run on it.",
        "If the server has another folder, name it in YEMAE_DATA_DIR; else `yemae serve` makes it.",
    ),
    "data_folder.foreign": Wording(
        "failure", "{path} belongs to {owner}, and {user} may not use it.",
        "Run Yemae as {owner}, or as root give the folder away: chown -R {user} {folder}",
    ),
    "data_folder.open": Wording(
        "warning", "Other users may read or change {path} (mode {mode}).", "chmod go-rwx {path}"
    ),
    "free_space.enough": Wording("ok", "{free_mb:,} MB are free on the disk of {folder}."),
    "free_space.low": Wording(
        "warning", "Only {free_mb:,} MB are free on the disk of {folder}.",
        "Make room, 2,000 MB or more: PostgreSQL stops when its disk is full.",
    ),
    "free_space.none": Wording(
        "failure", "Only {free_mb:,} MB are free on the disk of {folder}.",
        "Make room before anything else: PostgreSQL stops when its disk is full.",
    ),
    "free_space.no_files": Wording(
        "failure", "The file system of {folder} has room for only {files:,} more files.",
        "Remove files there, or use a file system with more inodes.",
    ),
    "free_space.elsewhere": Wording(
        "not_checked", "Both stores are elsewhere, and so are their disks.",
        "Watch the free space of the machines of PostgreSQL and Valkey.",
    ),
    "free_space.no_folder": Wording("not_checked", "There is no {folder} yet."),
    "open_files.enough": Wording(
        "ok",
        "{whose} may open {files:,} files, enough for {connections:,} connections of each server "
        "process.",
    ),
    "open_files.unlimited": Wording("ok", "{whose} may open any number of files."),
    "open_files.few": Wording(
        "warning",
        "{whose} may open {files:,} files, so a server process keeps {bound:,} connections instead "
        "of {connections:,}.",
        "Raise the hard limit to {needed}: LimitNOFILE={needed} in the unit, or ulimit -Hn.",
    ),
}  # fmt: skip

NODES = {
    "clock.right": Wording("ok", "This machine's clock is {offset_s} s ahead of that of {store}."),
    "clock.off": Wording(
        "warning", "This machine's clock is {offset_s} s ahead of that of {store}.",
        "Synchronise both clocks, with chrony or systemd-timesyncd.",
    ),
    "clock.far_off": Wording(
        "failure",
        "This machine's clock is {offset_s} s ahead of that of {store}: no node this far off takes "
        "requests.",
        "Synchronise both clocks, with chrony or systemd-timesyncd.",
    ),
    "clock.unknown": Wording("not_checked", "No store could be asked for the time."),
    "secret_key.good": Wording("ok", "The secret key ({whence}) has {chars} characters."),
    "secret_key.none": Wording(
        "not_checked", "There is no secret key yet.", "`yemae serve` makes it; look again then."
    ),
    "secret_key.missing": Wording(
        "failure", "There is no secret key in {folder}, and there are data.",
        "Put secret.key back from a backup: without it every token and ticket is void.",
    ),
    "secret_key.unset": Wording(
        "failure", "{sentence}", "Set YEMAE_SECRET_KEY, the same on every node."
    ),
    "secret_key.bad": Wording(
        "failure", "{sentence}",
        "Set the server's own key of 32 characters or more, in YEMAE_SECRET_KEY or its key file.",
    ),
    "secret_key.open": Wording(
        "failure", "Other users may read {path} (mode {mode}), and act as any fan.",
        "chmod 600 {path}; if others have read it, change the key on every node at once.",
    ),
    "secret_key_nodes.same": Wording(
        "ok", "All {processes} server processes that run have the secret key of this node."
    ),
    "secret_key_nodes.alone": Wording("not_checked", "No server process runs on this database."),
    "secret_key_nodes.unknown": Wording("not_checked", "The key or the database is missing."),
    "secret_key_nodes.differs": Wording(
        "failure",
        "{processes} server processes on {hosts} work on this database with another secret key.",
        "Give every node the same YEMAE_SECRET_KEY; to change the key, stop all nodes first.",
    ),
    "server.ready": Wording("ok", "A server at {url} is ready, and both stores are ok."),
    "server.none": Wording("not_checked", "No server answers at {url}."),
    "server.not_ready": Wording(
        "failure", "The server at {url} is not ready: {said}.", "Look at its log."
    ),
    "server.degraded": Wording(
        "failure", "The server at {url} is degraded: {said}.",
        "Look at that store; docs/operations.md explains each state under Health.",
    ),
    "server.other": Wording(
        "failure", "At {url} something answers that is no Yemae.",
        "Stop it, or choose another port with YEMAE_PORT.",
    ),
    "jobs.running": Wording("ok", "The jobs process of this node runs its jobs."),
    "jobs.none": Wording(
        "failure",
        "The jobs process of this node runs no jobs: card payments in doubt and refunds wait.",
        "Look at the log of the server for `jobs process ended`; it is started again by itself.",
    ),
    "jobs.unknown": Wording("not_checked", "No server of ours answers here, so it has no jobs."),
    "proxies.this_machine": Wording("ok", "Proxies on this machine are trusted, no others."),
    "proxies.none": Wording("ok", "No proxy is trusted: FORWARDED_ALLOW_IPS is empty."),
    "proxies.named": Wording("ok", "Trusted proxies: {trusted}."),
    "proxies.all": Wording(
        "failure",
        "FORWARDED_ALLOW_IPS trusts every address: a fan can choose the address that limits count.",
        "Name the addresses of your proxies in FORWARDED_ALLOW_IPS.",
    ),
    "proxies.all_local": Wording(
        "warning",
        "FORWARDED_ALLOW_IPS trusts every address; only YEMAE_HOST keeps fans from choosing one.",
        "Name the addresses of your proxies in FORWARDED_ALLOW_IPS.",
    ),
    "proxies.unreadable": Wording(
        "failure", "FORWARDED_ALLOW_IPS has {entry}, which is no address and no network.",
        "Correct it: addresses and networks such as 10.0.0.0/8,127.0.0.1",
    ),
    "proxies.untrusted": Wording(
        "warning",
        "{requests:,} sign-ins and new accounts came with X-Forwarded-For from an address that is "
        "not trusted, and count for that address.",
        "If it is your proxy's, name it in FORWARDED_ALLOW_IPS and restart.",
    ),
    "mail.set": Wording("ok", "Mail goes through {host}, port {port}."),
    "mail.development": Wording(
        "not_checked", "No mail is sent: YEMAE_SMTP_URL is not set; /dev/mail shows it."
    ),
    "mail.none": Wording(
        "warning", "No mail is sent: fans get no confirmation of what they have paid.",
        "Set YEMAE_SMTP_URL and YEMAE_MAIL_FROM; docs/mail.md says how.",
    ),
    "mail.no_links": Wording(
        "warning", "Mails have no links, because the address of this server is not known.",
        "Set YEMAE_PUBLIC_URL, or YEMAE_DOMAIN.",
    ),
    "mail.no_confirmation": Wording(
        "failure", "YEMAE_SIGN_UP=confirmed needs mail, and the address of this server for links.",
        "Set YEMAE_SMTP_URL, YEMAE_MAIL_FROM and YEMAE_PUBLIC_URL, or YEMAE_SIGN_UP=open.",
    ),
    "mail.bad": Wording("failure", "{sentence}", "Correct it; docs/mail.md has examples."),
    "mail.unreachable": Wording(
        "failure", "The mail server does not let us in: {reason}.",
        "Look at YEMAE_SMTP_URL, then type `yemae mail test ADDRESS`. Unsent mail is kept.",
    ),
    "page.built": Wording("ok", "The fan's page was built from version {version}."),
    "page.own": Wording("not_checked", "The fan's page is your own, in {folder}."),
    "page.none": Wording(
        "warning", "The fan's page was not built: fans have the API only.",
        "make run in a checkout builds it; a wheel has it.",
    ),
    "page.other": Wording(
        "failure", "The fan's page was built from version {built}, and this is {version}.",
        "Build it again: make run in a checkout, or install the wheel again.",
    ),
    "backup.fresh": Wording("ok", "The last backup is of {at}, in {path}."),
    "backup.none": Wording(
        "warning", "There is no backup.", "Type `yemae backup`, and set its timer."
    ),
    "backup.old": Wording(
        "warning", "The last backup is of {at}, {hours} hours ago.",
        "Type `yemae backup`, and look at its timer.",
    ),
    "backup.gone": Wording(
        "warning", "The last backup, of {at}, is not in {path} any more.", "Type `yemae backup`."
    ),
    "backup.unverified": Wording(
        "warning", "The last backup, of {at}, was not verified.", "Type `yemae backup --verify`."
    ),
    "backup.archived": Wording("ok", "PostgreSQL archived its log last at {at}."),
    "backup.archive_fails": Wording(
        "failure", "PostgreSQL could not archive its log at {at}.",
        "Look at its log and at archive_command: its disk fills up, and there is no recent backup.",
    ),
    "backup.elsewhere": Wording(
        "not_checked", "PostgreSQL is elsewhere and archives no log, so a backup is not seen here.",
        "Make sure that it is backed up: see Backups in docs/operations.md.",
    ),
    "backup.unknown": Wording("not_checked", "PostgreSQL is elsewhere and cannot be asked."),
    "backup.no_data": Wording("not_checked", "There are no data yet."),
    "rehearsal.held": Wording("ok", "The last rehearsal, {fans} fans at {at}, held."),
    "rehearsal.none": Wording(
        "warning", "No rehearsal was run from this machine.",
        "Type `yemae rehearse --embedded`; docs/rehearsal.md says how.",
    ),
    "rehearsal.failed": Wording(
        "failure", "The last rehearsal, at {at}, failed: {problem}",
        "Find the cause, then type `yemae rehearse` again.",
    ),
    "rehearsal.stopped": Wording(
        "warning", "The last rehearsal, at {at}, was stopped early or sold nothing.",
        "Type `yemae rehearse` again.",
    ),
    "rehearsal.outdated": Wording(
        "warning", "The last rehearsal, at {at}, was of version {rehearsed}; this is {version}.",
        "Type `yemae rehearse` again.",
    ),
    "rehearsal.old": Wording(
        "warning", "The last rehearsal was at {at}, {days} days ago.",
        "Type `yemae rehearse` again.",
    ),
}  # fmt: skip

WORDS = {**MACHINE, **POSTGRES, **VALKEY, **NODES, **MONEY}
