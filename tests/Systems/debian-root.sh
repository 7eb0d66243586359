#!/usr/bin/env bash
# debian-root.sh            prints the folder of a Debian of the machine's own release, with what the tests boot
# debian-root.sh RELEASE    prints that of a bare one of this release: debootstrap's minbase, and systemd to read units with
#
# A folder is made by the first call and kept for the next. Tests mount it read-only and never write to it.
set -euo pipefail

cache=${XDG_CACHE_HOME:-/var/cache}/bti-tests
if [ $# -eq 0 ]; then
    packages=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/root-packages.txt
    release=$(. /etc/os-release && echo "$VERSION_CODENAME")
    include=$(sed '/^#/d' "$packages" | paste -sd,)
    root=$cache/$release-$(sha256sum "$packages" | cut -c1-12)
else
    release=$1
    include=systemd-sysv
    root=$cache/$release-bare
fi

mkdir -p "$cache"
exec 9>"$root.lock"
flock 9
if [ ! -d "$root" ]; then
    rm -rf "$root.unfinished"
    debootstrap --variant=minbase --include="$include" "$release" "$root.unfinished" >"$root.log" 2>&1 ||
        { tail -n 20 "$root.log" >&2; exit 1; }
    rm -rf "$root.unfinished"/var/cache/apt/archives/*.deb "$root.unfinished"/var/lib/apt/lists/*
    mv "$root.unfinished" "$root"
fi
echo "$root"
