#!/bin/sh
# Make the virtual environment named by the first argument with the newest Python that is new enough.
# Candidates are run, not only looked up: version managers leave commands on PATH that start nothing.
set -eu
target=$1

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

python=
for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3 python; do
    if is_new_enough "$candidate"; then
        python=$candidate
        break
    fi
done

if [ -z "$python" ]; then
    echo "Throughline needs Python 3.11 or newer, and none of python3.13, python3.12, python3.11, python3 and python is." >&2
    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.12)," >&2
    echo "or name one that is elsewhere: make install PYTHON=/path/to/python3.12" >&2
    exit 1
fi

if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$python ($version) comes without venv or ensurepip, which make the virtual environment." >&2
    echo "Install them (Debian, Ubuntu: apt-get install python$version-venv), then run make again." >&2
    exit 1
fi

# A half-made environment of an interrupted run would look finished: start from nothing.
rm -rf "$target"
echo "Making $target with $("$python" -c 'import sys; print("Python %d.%d.%d" % sys.version_info[:3])') ..."
"$python" -m venv "$target" || { rm -rf "$target"; exit 1; }
