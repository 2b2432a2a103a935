# Help names every part.
. tests/check.sh
is "one line each" "$(ls lib | wc -l)" "$(shop_help | wc -l)"
over help
