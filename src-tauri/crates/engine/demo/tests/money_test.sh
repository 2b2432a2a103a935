# Amounts.
. tests/check.sh
is "whole" "12.00" "$(money 1200)"
is "cents" "0.07" "$(money 7)"
is "nothing" "0.00" "$(money 0)"
over money
