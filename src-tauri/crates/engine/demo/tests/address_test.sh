# The address of a copy that was set up, and of one that was not.
. tests/check.sh
root=$(mktemp -d)
is "before setup" "http://localhost:8080/" "$(shop_address)"
mkdir "$root/build"
echo 21001 > "$root/build/port"
is "after setup" "http://localhost:21001/" "$(shop_address)"
rm -r "$root"
over address
