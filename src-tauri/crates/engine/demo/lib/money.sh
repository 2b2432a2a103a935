# money CENTS: an amount as people write it. Amounts are whole cents everywhere else.

money() {
    printf '%d.%02d\n' "$(($1 / 100))" "$(($1 % 100))"
}

shop_money() {
    money "$1"
}
