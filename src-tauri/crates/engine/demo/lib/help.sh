# help: what the shop can do, from the first line of every file in lib/.

shop_help() {
    for part in "$root"/lib/*.sh; do
        sed -n '1s/^# /  /p' "$part"
    done
}
