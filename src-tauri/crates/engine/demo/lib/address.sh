# address: where this copy of the shop is to be found; setup.sh chooses its port.

shop_address() {
    port=8080
    [ ! -f "$root/build/port" ] || port=$(cat "$root/build/port")
    echo "http://localhost:$port/"
}
