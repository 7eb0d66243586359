#!/usr/bin/env bash
# Runs test projects one after the other, and fails if a test failed, a project did not build, or
# one ran no test. Adds a line "PASSED FAILED SKIPPED" per project to $BTI_TEST_SUMMARY, if set.
#
#   run.sh PROJECT…
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

output=$(mktemp)
trap 'rm -f "$output"' EXIT
result=0

for project in "$@"; do
    echo "== $project"
    dotnet test "$project" --disable-build-servers --nologo 2>&1 | tee "$output"
    status=${PIPESTATUS[0]}

    # "Passed!  - Failed:     0, Passed:    21, Skipped:     0, Total:    21, Duration: 2 s - …"
    counts=$(sed -n 's/^[A-Z][a-z]*!  *- Failed: *\([0-9]*\), Passed: *\([0-9]*\), Skipped: *\([0-9]*\),.*/\2 \1 \3/p' "$output" | tail -n 1)
    read -r passed failed skipped <<<"${counts:-0 0 0}"
    if [ $((passed + failed)) -eq 0 ] || { [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; }; then
        echo "$project ran no test, or not to its end" >&2
        failed=$((failed + 1))
    fi
    [ "$failed" -eq 0 ] || result=1
    [ -z "${BTI_TEST_SUMMARY:-}" ] || echo "$passed $failed $skipped" >>"$BTI_TEST_SUMMARY"
done

exit "$result"
