#!/usr/bin/env bash
# Boots Debian's kernels in QEMU, without KVM, and runs the cases of cases.sh in each, with the static executable.
# Adds a line "PASSED FAILED SKIPPED" per kernel to $BTI_TEST_SUMMARY, if set.
#
#   run.sh [KERNEL…]      amd64-5.10 amd64-6.1 amd64-6.12 arm64-6.12, or some of them
#
# BTI_KERNEL_CASES=PATTERN runs only the cases whose name matches that regular expression.
# Kernels are downloaded once, into artifacts/kernels, with a sources file and lists of this script's own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

known=(amd64-5.10 amd64-6.1 amd64-6.12 arm64-6.12)
declare -A suite_of=([5.10]=bullseye [6.1]=bookworm [6.12]=trixie)
cache=$PWD/artifacts/kernels
programs=$PWD/tests/programs
patience=${BTI_KERNEL_PATIENCE:-1200} # seconds per kernel
memory_each=1300 # MiB of a machine, with what QEMU makes of its programs

fail() {
    echo "tests/kernels: $*" >&2
    exit 1
}

# --- kernels ------------------------------------------------------------------------------------

apt() {
    local command=$1
    shift
    "$command" -qq -o Dir::Etc::sourcelist="$cache/apt/debian.sources" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::Lists="$cache/apt/lists" -o Dir::Cache="$cache/apt/cache" -o APT::Architectures=amd64,arm64 \
        -o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o APT::Sandbox::User="$(id -un)" "$@"
}

# A kernel, and what else its machine needs of its own processor.
is_there() {
    [ -d "$cache/$1" ] && { [ "${1%%-*}" != arm64 ] || [ -d "$cache/busybox-arm64" ]; }
}

# The machine's own mirror of Debian, for more releases than its own: only those of the kernels, each for its own processor.
update_lists() {
    [ ! -e "$cache/apt/updated" ] || return 0
    echo "tests/kernels: reading what kernels Debian has" >&2
    mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial"
    local mirror kernel suite architectures
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' | grep -v security | head -n 1 || true)
    for suite in "${suite_of[@]}"; do
        architectures=()
        for kernel in "${kernels[@]}"; do
            [ "${suite_of[${kernel#*-}]}" != "$suite" ] || is_there "$kernel" || architectures+=("${kernel%%-*}")
        done
        [ ${#architectures[@]} -gt 0 ] || continue
        cat <<SOURCES
Types: deb
URIs: ${mirror:-http://deb.debian.org/debian}
Suites: $suite
Components: main
Architectures: ${architectures[*]}
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

SOURCES
    done >"$cache/apt/debian.sources"
    apt apt-get update
    touch "$cache/apt/updated"
}

# download NAME PACKAGE: into the folder NAME of the cache, unpacked.
download() {
    local folder=$cache/$1 package=$2
    rm -rf "$folder.new"
    mkdir -p "$folder.new"
    echo "tests/kernels: downloading $package" >&2
    (cd "$folder.new" && apt apt-get download "$package" && dpkg-deb -x ./*.deb . && rm ./*.deb)
    mv "$folder.new" "$folder"
}

get_kernel() {
    local architecture=${1%%-*} series=${1#*-} package
    if [ ! -d "$cache/$1" ]; then
        update_lists
        package=$(apt apt-cache pkgnames linux-image- | grep -E "^linux-image-${series/./\\.}\.[0-9][^-]*(-[0-9]+)?-cloud-$architecture\$" | sort -V | tail -n 1)
        [ -n "$package" ] || fail "Debian has no kernel $series for $architecture (looked for linux-image-$series.*-cloud-$architecture)"
        download "$1" "$package:$architecture"
    fi
}

get_all() {
    local kernel
    rm -rf "$cache/apt"
    for kernel in "${kernels[@]}"; do
        if [ "${kernel%%-*}" = arm64 ] && [ ! -d "$cache/busybox-arm64" ]; then
            update_lists
            download busybox-arm64 busybox-static:arm64
        fi
        get_kernel "$kernel"
    done
    rm -rf "$cache/apt"
}

version_of() {
    basename "$cache/$1"/boot/vmlinuz-* | sed 's/^vmlinuz-//'
}

# --- what is in the machine -------------------------------------------------------------------------

# compile FOLDER NAME SOURCE… -- COMPILER…, where something is newer than what is there.
compile() {
    local target=$1/$2 sources=() source
    shift 2
    while [ "$1" != -- ]; do
        sources+=("$1")
        shift
    done
    shift
    for source in "${sources[@]}" "$programs"/*.h; do
        if [ "$source" -nt "$target" ]; then
            "$@" -std=gnu17 -O1 -Wall -Wextra -Werror -static -pthread -o "$target.new" "${sources[@]}" 2>&1 |
                { grep -vE 'statically linked applications requires|in function|^ *$' >&2 || true; }
            mv "$target.new" "$target" || fail "$target does not compile"
            return
        fi
    done
}

compile_all() {
    local architecture=$1 folder=$cache/programs-$1 name
    local -a compiler
    mkdir -p "$folder"
    case $architecture in
        amd64) compiler=(gcc) ;;
        arm64) compiler=(clang --target=aarch64-linux-gnu) ;;
    esac
    for name in guest far; do
        compile "$folder" $name tests/kernels/$name.c -- "${compiler[@]}"
    done
    for name in talk ask resolve signals proc_orphan message; do
        compile "$folder" $name "$programs/$name.c" -- "${compiler[@]}"
    done
    compile "$folder" ways "$programs"/way*.c -- "${compiler[@]}"
    if [ "$architecture" = amd64 ]; then
        compile "$folder" ways.32 "$programs"/way*.c -- gcc -m32
        compile "$folder" resolve.32 "$programs/resolve.c" -- gcc -m32
        compile "$folder" resolve.musl "$programs/resolve.c" -- musl-gcc
    else
        compile "$folder" ways.arm "$programs"/way*.c -- clang --target=arm-linux-gnueabihf
    fi
    if [ "$programs/talk.go" -nt "$folder/talk.go" ]; then
        GOARCH=$architecture CGO_ENABLED=0 GO111MODULE=off GOFLAGS='' GOCACHE=$PWD/artifacts/go-cache go build -o "$folder/talk.go" "$programs/talk.go"
        touch "$folder/talk.go"
    fi
}

# The modules that the cases need, in the order in which they go in, ready to be loaded by busybox.
add_modules() {
    local kernel=$1 root=$2 version number=10 file
    version=$(version_of "$kernel")
    # From 6.12 on they are in /usr, where modprobe -d does not look.
    [ -d "$cache/$kernel/lib" ] || ln -s usr/lib "$cache/$kernel/lib"
    [ -e "$cache/$kernel/lib/modules/$version/modules.dep.bin" ] || depmod -b "$cache/$kernel" "$version"
    modprobe -d "$cache/$kernel" -S "$version" --show-depends -a veth sctp algif_hash |
        awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
        while read -r file; do
            number=$((number + 1))
            case $file in
                */crc32c-intel.ko*) ;; # a faster one, which not every processor can
                *.xz) xz -dc "$file" >"$root/modules/$number-$(basename "$file" .xz)" ;;
                *) cp "$file" "$root/modules/$number-$(basename "$file")" ;;
            esac
        done
}

# image KERNEL EXECUTABLE: the initramfs, and the cases beside it.
image() {
    local kernel=$1 executable=$2 architecture=${1%%-*} root=$cache/run/$1 busybox=/bin/busybox applet
    [ "$architecture" = amd64 ] || busybox=$cache/busybox-arm64/bin/busybox
    [ -e "$busybox" ] || busybox=$cache/busybox-arm64/usr/bin/busybox
    rm -rf "$root"
    mkdir -p "$root"/{bin,dev,etc,lib,modules,proc,run,sys,tmp,cases.d}
    cp "$busybox" "$root/bin/busybox"
    for applet in $(/bin/busybox --list | grep -vx busybox); do
        ln -sf busybox "$root/bin/$applet"
    done
    cp "$cache/programs-$architecture"/* "$root/bin"
    cp "$executable" "$root/bin/bti-supervise"
    install -m 755 tests/kernels/init "$root/init"
    cp tests/kernels/uplinks.sh "$root/lib/uplinks"
    cp tests/kernels/cases.d/* "$root/cases.d"
    echo 'nameserver 203.0.113.53' >"$root/etc/resolv.conf"
    echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
    echo '127.0.0.1 localhost' >"$root/etc/hosts"
    add_modules "$kernel" "$root"
    tests/kernels/cases.sh "$architecture" "$(version_of "$kernel")" 2>"$root.skipped" | grep -E "${BTI_KERNEL_CASES:-}" >"$root/cases"
    cp "$root/cases" "$root.cases"
    (cd "$root" && find . | cpio --create --format newc --quiet | gzip -1) >"$root.img"
    rm -r "$root"
}

# --- running ------------------------------------------------------------------------------------

# boot KERNEL: again, if the kernel did not come as far as /init. It changes its own instructions as it starts, and an emulator that runs
# each processor in a thread of its own does not always see that in time (an "int3" in the kernel, with the first process not there yet).
boot() {
    local kernel=$1 attempt
    for attempt in 1 2 3; do
        run_machine "$kernel"
        ! grep -qE '^(started|ok )' "$cache/run/$kernel.log" && grep -q 'Kernel panic' "$cache/run/$kernel.log" || return 0
        echo "tests/kernels: $kernel did not start (attempt $attempt of 3): $(grep -m 1 -E 'Oops|BUG|panic' "$cache/run/$kernel.log" | tr -d '\r')" >&2
    done
}

run_machine() {
    local kernel=$1 console machine processors=2
    case $kernel in
        amd64-*) console=ttyS0 machine=(qemu-system-x86_64) ;;
        arm64-*) console=ttyAMA0 machine=(qemu-system-aarch64 -M virt -cpu cortex-a72) ;;
    esac
    # A machine of one processor is one more case, and a fifth less work to emulate.
    [ $kernel != amd64-6.1 ] || processors=1
    # What a program does not notice: pages are not wiped twice, and the kernel does not wait long for its own readers.
    local start=$SECONDS options='mitigations=off init_on_alloc=0 rcupdate.rcu_expedited=1'
    timeout "$patience" "${machine[@]}" -accel tcg,thread=multi -m 768 -smp $processors -nodefaults -display none -no-reboot -serial "file:$cache/run/$kernel.log" \
        -kernel "$cache/$kernel"/boot/vmlinuz-* -initrd "$cache/run/$kernel.img" -append "console=$console quiet panic=-1 $options" </dev/null ||
        echo "FAILED the machine: ended by itself, or after $patience s" >>"$cache/run/$kernel.log"
    echo "took $((SECONDS - start))" >>"$cache/run/$kernel.log"
}

result=0

report() {
    local kernel=$1 log=$cache/run/$1.log version passed failed wanted ended skipped
    version=$(version_of "$kernel")
    sed -i 's/\r//g' "$log"
    passed=$(grep -c '^ok ' "$log" || true)
    failed=$(grep -c '^FAILED ' "$log" || true)
    wanted=$(wc -l <"$cache/run/$kernel.cases")
    skipped=$(awk -F '[ ,]' '{ count += $2 } END { print count + 0 }' "$cache/run/$kernel.skipped")
    ended=$(sed -n 's/^done //p' "$log")
    sed -n "s/^FAILED /failed: $kernel: /p" "$log" | tee -a "${BTI_TEST_SUMMARY:-/dev/null}"
    if [ "${ended:-0}" -ne "$wanted" ] || [ $((passed + failed)) -ne "$wanted" ] || [ "$passed" -eq 0 ]; then
        echo "failed: $kernel: of $wanted cases $((passed + failed)) ran" | tee -a "${BTI_TEST_SUMMARY:-/dev/null}"
        echo "Its console ended so:"
        tail -n 5 "$log"
        failed=$((failed + 1))
    fi
    awk -F ', ' -v kernel="$kernel" '{ sub(/skipped: /, "", $1); reasons[$2] += $1 } END { for (reason in reasons) print "skipped: " reasons[reason] ", " kernel ": " reason }' \
        "$cache/run/$kernel.skipped" | tee -a "${BTI_TEST_SUMMARY:-/dev/null}"
    echo "$kernel: Linux $version: $passed passed, $failed failed, $skipped skipped, in $(sed -n 's/^took //p' "$log" | tail -n 1) s"
    [ "$failed" -eq 0 ] || result=1
    [ -z "${BTI_TEST_SUMMARY:-}" ] || echo "$passed $failed $skipped" >>"$BTI_TEST_SUMMARY"
}

[ "$(uname -m)" = x86_64 ] || fail "runs on x86-64: it compiles the test programs for that with gcc -m32"
kernels=("$@")
[ $# -gt 0 ] || kernels=("${known[@]}")
for kernel in "${kernels[@]}"; do
    [[ " ${known[*]} " == *" $kernel "* ]] || fail "no kernel $kernel; there are ${known[*]}"
done
rm -rf "$cache/run"
mkdir -p "$cache/run"

# While one kernel is downloaded, the programs are compiled, and those that are there boot.
get_all &
getting=$!
for architecture in $(printf '%s\n' "${kernels[@]%%-*}" | sort -u); do
    compile_all "$architecture"
done

# A machine keeps less than one processor busy: it waits now and then. At most two for each, if there is memory for them.
at_once=$(awk -v each=$memory_each -v most=$((2 * $(nproc))) '$1 == "MemAvailable:" { fit = int($2 / 1024 / each); print fit < 1 ? 1 : fit < most ? fit : most }' /proc/meminfo)
for kernel in "${kernels[@]}"; do
    until is_there "$kernel"; do
        kill -0 $getting 2>/dev/null || is_there "$kernel" || fail "$kernel could not be downloaded"
        sleep 0.2
    done
    case $kernel in
        amd64-*) image "$kernel" "${BTI_SUPERVISE:-artifacts/container/bti-supervise}" ;;
        arm64-*) image "$kernel" "${BTI_SUPERVISE_ARM64:-artifacts/arm64/bti-supervise}" ;;
    esac
    while [ "$(jobs -rp | grep -cvx $getting)" -ge "$at_once" ]; do
        sleep 0.5
    done
    echo "tests/kernels: $kernel boots, $(wc -l <"$cache/run/$kernel.cases") cases" >&2
    boot "$kernel" &
done
wait
for kernel in "${kernels[@]}"; do
    report "$kernel"
done
exit "$result"
