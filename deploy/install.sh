#!/bin/sh
# Installs Yemae as a service of systemd, with HTTPS, on Debian 12 or Ubuntu 24.04 or newer.
#
#   make wheel                                       # in the checkout: fills dist/
#   sudo sh dist/install.sh tickets.example.com      # on the server, with dist/ copied to it
#
# Always holds: it may be run again, which upgrades the program and restarts the service; settings,
# key and data that are there stay as they are. docs/install.md explains each step.
set -eu

DOMAIN=${1:-}
HERE=$(cd "$(dirname "$0")" && pwd)
stop() { echo "install: $1" >&2; exit 1; }
say() { echo "install: $1"; }

[ "$DOMAIN" ] || stop "name the domain: sudo sh install.sh tickets.example.com"
[ "$(id -u)" = 0 ] || stop "root is needed: sudo sh install.sh $DOMAIN"
ls "$HERE"/yemae-*.whl >/dev/null 2>&1 || stop "there is no wheel in $HERE: make wheel builds one"

# 1. Python with venv; curl to look at the result, and setpriv, which starts the parts.
if ! { python3 -c 'import ensurepip, venv' && command -v curl && command -v setpriv; } \
    >/dev/null 2>&1; then
    say "installing python3-venv, curl and util-linux"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >/dev/null
    apt-get install -y -q --no-install-recommends \
        python3 python3-venv curl ca-certificates util-linux >/dev/null
fi
python3 -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' ||
    stop "Python 3.11, 3.12 or 3.13 is needed, and this machine has $(python3 -V)"

# 2. The user of the service.
if ! getent passwd yemae >/dev/null; then
    say "adding the user yemae"
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers "$HERE/yemae.sysusers"
    else
        useradd --system --user-group --no-create-home --home-dir /nonexistent \
            --shell /usr/sbin/nologin yemae
    fi
fi

# 3. The program in /opt/yemae: exactly the versions and files that requirements-server.txt names.
say "installing the program in /opt/yemae"
[ -x /opt/yemae/bin/python ] || python3 -m venv /opt/yemae
/opt/yemae/bin/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps \
    --only-binary :all: -r "$HERE/requirements-server.txt"
/opt/yemae/bin/python -m pip install -q --disable-pip-version-check --no-deps --force-reinstall \
    "$HERE"/yemae-*.whl

# 4. Settings and the key that signs every token and ticket; keep a copy of the key elsewhere.
install -d -m 755 /etc/yemae
if [ ! -e /etc/yemae/yemae.env ]; then
    (umask 077 && printf 'YEMAE_DOMAIN=%s\nYEMAE_MODE=production\n' "$DOMAIN" >/etc/yemae/yemae.env)
else
    say "/etc/yemae/yemae.env is there and stays as it is"
fi
if [ ! -e /etc/yemae/secret.key ]; then
    say "making the key /etc/yemae/secret.key"
    (umask 377 && python3 -c 'import secrets; print(secrets.token_hex(32))' >/etc/yemae/secret.key)
fi
[ -e /etc/yemae/small-hall.toml ] || install -m 644 "$HERE/small-hall.toml" /etc/yemae

# 5. The command for operators: with the settings and the key of the service, as its user.
cat >/usr/local/bin/yemae <<'COMMAND'
#!/bin/sh
# Runs a yemae command with the settings and the key of the service, as its user: sudo yemae …
set -eu
[ "$(id -u)" = 0 ] || { echo "yemae: type sudo yemae $*" >&2; exit 1; }
while IFS= read -r line; do
    case $line in YEMAE_*=*) export "${line?}" ;; esac
done </etc/yemae/yemae.env
YEMAE_SECRET_KEY=$(cat /etc/yemae/secret.key)
export YEMAE_SECRET_KEY YEMAE_DATA_DIR=/var/lib/yemae
exec setpriv --reuid yemae --regid yemae --init-groups -- /opt/yemae/bin/yemae "$@"
COMMAND
chmod 755 /usr/local/bin/yemae

# 6. The service, and hourly backups, which you turn on.
install -m 644 "$HERE/yemae.service" "$HERE/yemae-backup.service" "$HERE/yemae-backup.timer" \
    /etc/systemd/system
if [ ! -d /run/systemd/system ]; then
    say "systemd does not run here: nothing was started"
    exit 0
fi
systemctl daemon-reload
systemctl enable -q yemae
say "starting the service"
systemctl restart yemae || stop "it did not start: journalctl -u yemae -e says why"
say "Yemae serves https://$DOMAIN; its log: journalctl -u yemae -f"
