//! The shim's program. All of it is in the library, where the tests reach it.

fn main() {
    std::process::exit(terminal::shim_main());
}
