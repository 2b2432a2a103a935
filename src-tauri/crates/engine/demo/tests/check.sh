# For the tests: loads the shop, counts, compares.
set -u
root=$(pwd)
for part in lib/*.sh; do
    . "./$part"
done
count=0
wrong=0

# is WHAT WANTED GOT
is() {
    count=$((count + 1))
    if [ "$2" != "$3" ]; then
        wrong=$((wrong + 1))
        printf '     %s\n       wanted: %s\n       got:    %s\n' "$1" "$2" "$3"
    fi
}

# ends CODE COMMAND...: the command ends with this code.
ends() {
    wanted=$1
    shift
    code=0
    ("$@") > /dev/null 2>&1 || code=$?
    is "$* ends with $wanted" "$wanted" "$code"
}

# over NAME: prints the line of this test and ends it.
over() {
    if [ "$wrong" -gt 0 ]; then
        echo "FAIL $1 ($wrong of $count)"
        exit 1
    fi
    echo "ok   $1 ($count)"
}
