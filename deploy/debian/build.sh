#!/usr/bin/env bash
# build.sh ROOT ARCHITECTURE VERSION PACKAGE: makes PACKAGE of what is installed in ROOT/usr, and of the files beside this script.
# It needs dpkg-deb and nothing else of Debian. Equal files and an equal $SOURCE_DATE_EPOCH make an equal package.
set -euo pipefail

root=$1 architecture=$2 version=$3 package=$4
here=$(dirname "${BASH_SOURCE[0]}")
umask 022

# Debian's rules: manual pages and changelogs are compressed, and the changelogs have these names.
documents=$root/usr/share/doc/bti-supervise
mv "$documents/CHANGELOG.md" "$documents/changelog"
cp "$here/changelog" "$documents/changelog.Debian"
gzip --best --no-name "$root"/usr/share/man/man*/* "$documents"/changelog*
install -D -m 644 "$here/lintian-overrides" "$root/usr/share/lintian/overrides/bti-supervise"
# The path is known here, and Debian 11's systemd-analyze verify finds a command by its path only.
sed -i 's|^ExecStart=bti-supervise |ExecStart=/usr/bin/bti-supervise |' "$root"/usr/lib/systemd/system/*.service
# The settings of the units. It is the package's as long as it is empty: dpkg removes no file of the administrator's.
install -d -m 755 "$root/etc/bind-to-interface"

# KiB, as Debian counts them: each file rounded up, and one for each folder.
size=$(find "$root" -mindepth 1 -printf '%y %s\n' | awk '$1 == "f" { size += int(($2 + 1023) / 1024) } $1 != "f" { size++ } END { print size }')
install -d -m 755 "$root/DEBIAN"
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
sed "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/" "$here/control" >"$root/DEBIAN/control"
install -m 755 -t "$root/DEBIAN" "$here"/{postinst,prerm,postrm}

find "$root" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
# xz, because Debian 11 cannot read zstd. One thread, because several make another file.
DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null
