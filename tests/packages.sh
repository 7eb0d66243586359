#!/usr/bin/env bash
# packages.sh LIST…: makes sure that the Debian packages of these lists are installed. As root it installs
# the missing ones, and says so. Otherwise it prints the command that does.
set -euo pipefail

mapfile -t wanted < <(sed 's/#.*//' "$@" | tr -s ' \t' '\n' | sed '/^$/d' | sort -u)

if ! command -v dpkg-query >/dev/null; then
    echo "This is not Debian. Install what these packages contain yourself: ${wanted[*]}" >&2
    exit 0
fi

missing=()
for package in "${wanted[@]}"; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "Missing Debian packages. As root: apt-get install ${missing[*]}" >&2
    exit 1
fi

echo "Installing the Debian packages ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
