#!/usr/bin/env bash
# Runs test projects one after the other, and fails if a test failed, a project did not build, or
# one ran no test. After each project it says what failed, with the first line of the message: "failed: Tests.A_test(number: 1):
# Assert.Equal() Failure". Ends with what was skipped, and why: "skipped: 490, this kernel runs no 32-bit programs".
# Adds a line "PASSED FAILED SKIPPED" per project, and those lines, to $BTI_TEST_SUMMARY, if set.
#
#   run.sh PROJECT…
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

output=$(mktemp)
results=$(mktemp -d)
trap 'rm -rf "$output" "$results"' EXIT
result=0

for project in "$@"; do
    echo "== $project"
    # Hundreds of skipped tests are one line each at the end, not two each here.
    dotnet test "$project" --disable-build-servers --nologo --logger 'console;verbosity=minimal' \
        --logger "trx;LogFileName=$results/${project//\//-}.trx" 2>&1 | tee "$output" | grep --line-buffered -vE '\[SKIP\]$|^  Skipped '
    status=${PIPESTATUS[0]}

    awk '/^  Failed .* \[.*\]$/ { name = $0; sub(/^  Failed /, "", name); sub(/ \[[^[]*\]$/, "", name) }
        /^  Error Message:$/ { getline; print "failed: " name ": " substr($0, 4, 300) }' "$output" |
        tee -a "${BTI_TEST_SUMMARY:-/dev/null}"

    # "Passed!  - Failed:     0, Passed:    21, Skipped:     0, Total:    21, Duration: 2 s - …"
    counts=$(sed -n 's/^[A-Z][a-z]*!  *- Failed: *\([0-9]*\), Passed: *\([0-9]*\), Skipped: *\([0-9]*\),.*/\2 \1 \3/p' "$output" | tail -n 1)
    read -r passed failed skipped <<<"${counts:-0 0 0}"
    if [ $((passed + failed)) -eq 0 ] || { [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; }; then
        echo "failed: $project ran no test, or did not end as it should" | tee -a "${BTI_TEST_SUMMARY:-/dev/null}" >&2
        failed=$((failed + 1))
    fi
    [ "$failed" -eq 0 ] || result=1
    [ -z "${BTI_TEST_SUMMARY:-}" ] || echo "$passed $failed $skipped" >>"$BTI_TEST_SUMMARY"
done

# A skipped test's reason is the first message after its outcome.
cat "$results"/*.trx 2>/dev/null | awk '
    /outcome="/ { skipped = /outcome="NotExecuted"/ }
    skipped && sub(/^ *<Message>/, "") { sub(/<\/Message>.*/, ""); reasons[$0]++; skipped = 0 }
    END { for (reason in reasons) print "skipped: " reasons[reason] ", " reason }' |
    sort | tee -a "${BTI_TEST_SUMMARY:-/dev/null}"

exit "$result"
