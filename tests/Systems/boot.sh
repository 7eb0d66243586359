#!/usr/bin/env bash
# boot.sh ROOT [PACKAGE]: boots the Debian in ROOT (never written to) under systemd-nspawn, in the network and mount namespaces
# that it is started in, a lab's, so that all of it ends with them. systemd-nspawn replaces this process.
# What is tried there is put there by make install or, if PACKAGE is given, by dpkg.
set -euo pipefail

lower=$1
folder=/run/machine
root=$folder/root
mkdir -p $folder/upper $folder/work $root $folder/sys
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$folder/upper,workdir=$folder/work" $root

if [ $# -gt 1 ]; then
    cp "$2" $root/
    PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot $root dpkg --install "/${2##*/}"
else
    repository=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
    # -o: what is installed is what was built before, not what this shell would build.
    make --directory="$repository" --silent -o artifacts/bti-supervise install DESTDIR=$root PREFIX=/usr/local
    if [ -n "${BTI_SUPERVISE:-}" ]; then
        install "$BTI_SUPERVISE" $root/usr/local/bin/bti-supervise
    fi
fi

# No program of the machine's own may speak on the network, and udev is to look at nothing but network interfaces.
systemctl --root=$root --quiet mask transmission-daemon.service systemd-udev-trigger.service
rm $root/etc/systemd/system/transmission-daemon.service
rm -f $root/etc/systemd/system/*.wants/{transmission-daemon,tor}.service
# Every line of a test's output is wanted.
mkdir -p $root/etc/systemd/journald.conf.d
printf '[Journal]\nStorage=volatile\nRateLimitBurst=0\n' >$root/etc/systemd/journald.conf.d/tests.conf

# It ends with its standard input: systemd-nspawn takes SIGTERM for the order to power off.
cgroups=bti-tests-$$
exec 3<&0 # a background process has another standard input
end_with_input() {
    cat <&3 >/dev/null
    kill -TERM $$
    while kill -0 $$ 2>/dev/null; do sleep 0.05; done
    find /sys/fs/cgroup -depth -type d -path "*/$cgroups*" -exec rmdir {} \;
}
(end_with_input &) # no child of ours: the init is to be the only one

# A cgroup of the machine's own, in whichever hierarchies systemd uses: a second machine must not share it.
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    if [ -f "$hierarchy/cgroup.procs" ]; then
        mkdir "$hierarchy/$cgroups"
        echo $$ >"$hierarchy/$cgroups/cgroup.procs"
    fi
done

# The sysfs of this network namespace, writable, with the cgroups of the old one: what udev and device units need.
mount -t sysfs sysfs $folder/sys
mount --rbind /sys/fs/cgroup $folder/sys/fs/cgroup
mount --move $folder/sys /sys
export SYSTEMD_NSPAWN_API_VFS_WRITABLE=yes

exec systemd-nspawn --directory=$root --register=no --keep-unit --capability=CAP_NET_ADMIN \
    --system-call-filter='pidfd_getfd process_vm_readv process_vm_writev' --boot </dev/null 3<&-
