# Runs the tests: `sh test.sh` all of them, `sh test.sh NAME...` only these.
set -u
cd "$(dirname "$0")" || exit 2
[ $# -gt 0 ] || set -- $(ls tests | sed -n 's/_test\.sh$//p') cases
red=0
for name in "$@"; do
    if [ "$name" = cases ]; then
        sh tests/cases.sh || red=$((red + 1))
    else
        sh "tests/${name}_test.sh" || red=$((red + 1))
    fi
done
if [ "$red" -gt 0 ]; then
    echo "$red of $# failed"
    exit 1
fi
echo "$# passed"
