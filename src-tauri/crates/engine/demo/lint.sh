# House rules: valid syntax, no tabs, no trailing blanks, short lines, a first line that says what it is, and a test
# for every part of the shop.
set -u
cd "$(dirname "$0")" || exit 2
red=0
say() {
    echo "$1"
    red=1
}
files="bin/shop $(ls ./*.sh lib/*.sh tests/*.sh)"
tab=$(printf '\t')
for file in $files; do
    sh -n "$file" || say "$file: not valid"
    grep -n "$tab" "$file" && say "$file: has tabs"
    grep -n ' $' "$file" && say "$file: has trailing blanks"
    awk 'length($0) > 120 { exit 1 }' "$file" || say "$file: has a line longer than 120"
    sed -n 1p "$file" | grep -q '^#' || say "$file: the first line does not say what it is"
done
for part in lib/*.sh; do
    name=$(basename "$part" .sh)
    [ -f "tests/${name}_test.sh" ] || say "$part: has no tests/${name}_test.sh"
done
[ "$red" -eq 0 ] || exit 1
echo "$(echo "$files" | wc -w | tr -d ' ') files are clean"
