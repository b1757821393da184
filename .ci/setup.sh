#!/usr/bin/env bash
# Brings a bare Debian (or any Linux with Python 3.11) to the point where `make test` can run:
# the system libraries Qt asks for, a virtual environment in .venv, this project and its libraries in it.
# Run again it finds nothing to do and says nothing. Called by the Makefile.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=.venv
STAMP=$VENV/.installed
QT="libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0"
DISPLAY_LIBRARIES="libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
TEST_TOOLS="xvfb xauth poppler-utils"

say() { printf '\033[1m▸ %s\033[0m\n' "$*"; }
warn() { printf '! %s\n' "$*" >&2; }

good_python() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Prints the first Python that is new enough; 3.11 first, since constraints.txt was measured on it.
find_python() {
    local name
    for name in "${PYTHON:-python3.11}" python3.11 python3 python3.12 python3.13; do
        if good_python "$name"; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

# Debian renamed some libraries to …t64; either name will do.
missing_packages() {
    local wanted="$QT $DISPLAY_LIBRARIES $TEST_TOOLS" installed name
    # shellcheck disable=SC2086  # the list is meant to be split
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package} \n' $wanted ${wanted// /t64 } 2>/dev/null || true)
    for name in $wanted; do
        [[ $installed == *"installed $name "* || $installed == *"installed ${name}t64 "* ]] || echo "$name"
    done
    [ -x $VENV/bin/python ] && return 0
    local python
    if python=$(find_python); then
        "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    else
        echo python3 python3-venv
    fi
}

install_system_packages() {
    command -v dpkg-query >/dev/null || return 0 # not Debian: docs/development.md names what is needed
    local missing
    missing=$(missing_packages | xargs)
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        warn "Some system packages are missing. An administrator can install them with this one line:"
        warn "    sudo apt-get install $missing"
        warn "Going on without them; what needs them will say so."
        return 0
    fi
    say "System packages: $missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086  # the list is meant to be split
    if ! { apt-get -qq update && apt-get -qq install -y --no-install-recommends $missing >/dev/null; }; then
        warn "apt-get did not succeed; going on, what needs those packages will say so."
    fi
}

# What the environment was made from, and where: the same answer means there is nothing to do.
fingerprint() { { pwd && cat pyproject.toml constraints.txt; } | cksum; }

install_python_packages() {
    if [ "$(cat $STAMP 2>/dev/null)" = "$(fingerprint)" ] && good_python $VENV/bin/python; then
        return 0
    fi
    local python
    if ! python=$(find_python); then
        warn "Python 3.11 or newer is needed (PYTHON=… names one that is not on the path)."
        exit 1
    fi
    say "Virtual environment in $VENV, with $("$python" -V)"
    "$python" -m venv --clear $VENV
    say "Installing zq-grid and its libraries: a minute or two, the first time"
    # Twice quiet: errors are shown, notes about package sources are not.
    $VENV/bin/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[pg,dev]'
    fingerprint >$STAMP
    say "Ready: $VENV/bin/zq-grid"
}

install_system_packages
install_python_packages
