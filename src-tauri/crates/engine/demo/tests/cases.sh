# Every line of tests/cases.txt, as a customer sees it: COMMAND => OUTPUT.
. tests/check.sh
while read -r line; do
    case $line in
        *' => '*) is "shop ${line%% =>*}" "${line#*=> }" "$(sh bin/shop ${line%% =>*} 2>&1 < /dev/null)" ;;
    esac
done < tests/cases.txt
over cases
