//! What the window's configuration must never allow.

use std::fs;

use crate::manifest::root;

fn configuration(name: &str) -> serde_json::Value {
    let text = fs::read_to_string(root().join("src-tauri").join(name)).expect("the configuration is there");
    serde_json::from_str(&text).expect("the configuration is JSON")
}

#[test]
fn the_page_runs_its_own_scripts_and_loads_nothing_from_elsewhere() {
    let window = configuration("tauri.conf.json");
    let policy = window["app"]["security"]["csp"].as_object().expect("there is a content policy");
    assert_eq!(policy["default-src"], "'self'");
    assert_eq!(policy["script-src"], "'self'");
    for (directive, sources) in policy {
        for source in sources.as_str().expect("sources are text").split_whitespace() {
            let own =
                ["'self'", "'none'", "data:", "blob:", "ipc:", "http://ipc.localhost"].contains(&source);
            let style = directive == "style-src" && source == "'unsafe-inline'";
            assert!(own || style, "{directive} allows {source}");
            assert!(!(directive.starts_with("script") && source == "data:"), "scripts come as files");
        }
    }
    assert!(window["app"].get("withGlobalTauri").is_none(), "only what imports the bridge has it");
    assert!(window["app"]["security"].get("assetProtocol").is_none(), "the page reads no files");
}

#[test]
fn a_build_in_a_clean_clone_needs_no_bundled_programs() {
    let window = configuration("tauri.conf.json");
    assert!(window["bundle"].get("externalBin").is_none(), "they stand in the packaging overlay");
    assert!(window["build"].get("devUrl").is_none(), "the program shows the page that is inside it");
    let package = configuration("tauri.package.conf.json");
    let programs = package["bundle"]["externalBin"].as_array().expect("the package brings programs");
    assert_eq!(programs.len(), 2, "command line and shim");
}

#[test]
fn a_release_has_no_inspector() {
    for manifest in ["Cargo.toml", "src-tauri/Cargo.toml"] {
        let text = fs::read_to_string(root().join(manifest)).expect("the manifest is there");
        assert!(!text.contains("devtools"), "{manifest} asks for the inspector, and a release would have it");
    }
}
