# The reviewer's eyes: runs what can be run, points at lines, and writes the report that was asked for.
set -eu
input=$COPPICE_REVIEW_INPUT
diff=$(sed -n 's/^ *"diff": "\(.*diff.patch\)",*$/\1/p' "$input")
file=$(sed -n 's|^+++ b/||p' "$diff" | head -n 1)

# Requirements that are not met here.
unmet=
if [ "$COPPICE_TASK" = discount ] && ! sh bin/shop discount half 2>&1 | grep -q 'half is no amount'; then
    unmet=4
    file=lib/discount.sh
fi

verdicts=
for id in $(sed -n 's/^ *"id": "\([0-9]*\)",*$/\1/p' "$input"); do
    status=met
    [ "$id" != "$unmet" ] || status=unmet
    verdicts="$verdicts${verdicts:+,}{\"id\":\"$id\",\"status\":\"$status\",\"evidence\":[{\"file\":\"$file\",\"line\":1,\"why\":\"Read, and run.\"}]}"
    echo "    requirement $id: $status"
done
answers=
for id in $(sed -n 's/^ *"id": "\(F[0-9]*\)",*$/\1/p' "$input"); do
    status=addressed
    [ -z "$unmet" ] || status=not_addressed
    answers="$answers${answers:+,}{\"id\":\"$id\",\"status\":\"$status\"}"
    echo "    finding $id: $status"
done
findings=
if [ -n "$unmet" ] && [ -z "$answers" ]; then
    line=$(sed -n '/^discount() {/=' lib/discount.sh)
    findings='{"kind":"missing","severity":"important","file":"lib/discount.sh","line":'$line',"why":"A word that is no amount ends in an error of the shell; the spec wants it named.","verify":"sh bin/shop discount half"}'
    echo "    finding: a word that is no amount is not named"
fi
printf '{"requirements":[%s],"findings":[%s],"addressed":[%s]}\n' "$verdicts" "$findings" "$answers" \
    > "$COPPICE_REVIEW_OUTPUT"
