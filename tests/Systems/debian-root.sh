#!/usr/bin/env bash
# Prints the folder of a bootstrapped Debian of the machine's own release, made by the first call and kept for the next.
# Tests mount it read-only and never write to it.
set -euo pipefail

packages=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/root-packages.txt
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
cache=${XDG_CACHE_HOME:-/var/cache}/bti-tests
root=$cache/$release-$(sha256sum "$packages" | cut -c1-12)

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [ ! -d "$root" ]; then
    rm -rf "$root.unfinished"
    debootstrap --variant=minbase --include="$(sed '/^#/d' "$packages" | paste -sd,)" "$release" "$root.unfinished" >"$cache/debootstrap.log" 2>&1 ||
        { tail -n 20 "$cache/debootstrap.log" >&2; exit 1; }
    rm -rf "$root.unfinished"/var/cache/apt/archives/*.deb "$root.unfinished"/var/lib/apt/lists/*
    mv "$root.unfinished" "$root"
fi
echo "$root"
