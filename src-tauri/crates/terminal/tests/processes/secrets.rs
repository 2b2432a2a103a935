//! The environment of a run is nobody's business, and neither is its socket.

use crate::common::{Place, Watch, ended};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use terminal::Kill;

const SECRET: &str = "s3cr3t-t0k3n-value";

fn holds(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

fn search(dir: &Path) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path);
        } else if let Ok(bytes) = std::fs::read(&path).map_err(|_| assert!(path.ends_with("sock"))) {
            assert!(!holds(&bytes), "the secret is in {}", path.display());
        }
    }
}

#[tokio::test]
async fn the_environment_is_neither_on_disk_nor_in_a_command_line() {
    let place = Place::new();
    let mut spec = place.script("echo ${#TOKEN}; read x");
    spec.env.push(("TOKEN".into(), SECRET.into()));
    let run = place.start(&spec).await;
    Watch::attach(&place.run_dir()).await.until("18").await;
    let shim = run.identity().pid;
    for file in ["cmdline", "environ"] {
        assert!(
            !holds(&std::fs::read(format!("/proc/{shim}/{file}")).unwrap()),
            "it is in the shim's {file}"
        );
    }
    search(place.dir.path());
    run.kill(Kill::Now);
    ended(&run).await;
    search(place.dir.path());
}

#[tokio::test]
async fn folder_socket_and_files_are_for_one_user() {
    let place = Place::new();
    std::fs::create_dir(place.run_dir()).unwrap();
    std::fs::set_permissions(place.run_dir(), PermissionsExt::from_mode(0o755)).unwrap();
    let run = place.sh("umask; echo ready; read x").await;
    let mut watch = Watch::attach(&place.run_dir()).await;
    watch.until("ready").await;
    let mode = |path: &Path| std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.run_dir()), 0o700);
    for name in ["sock", "log", "claim", "child"] {
        assert_eq!(mode(&place.run_dir().join(name)), 0o600, "{name}");
    }
    // The run itself gets the mask it would have had anywhere.
    let ours = rustix::process::umask(rustix::fs::Mode::empty());
    rustix::process::umask(ours);
    assert!(watch.text.contains(&format!("{:04o}", ours.as_raw_mode())), "{}", watch.text);
    run.kill(Kill::Now);
    ended(&run).await;
}

#[tokio::test]
async fn the_shim_holds_nothing_of_ours() {
    let place = Place::new();
    // A descriptor that is inherited on purpose, as careless libraries leave them.
    let kept = std::fs::File::open("/dev/zero").unwrap();
    rustix::io::fcntl_setfd(&kept, rustix::io::FdFlags::empty()).unwrap();
    let run = place.sh("ls -l /proc/self/fd; echo listed; read x").await;
    let mut watch = Watch::attach(&place.run_dir()).await;
    watch.until("listed").await;
    assert!(!watch.text.contains("/dev/zero"), "{}", watch.text);
    let open: Vec<String> = std::fs::read_dir(format!("/proc/{}/fd", run.identity().pid))
        .unwrap()
        .filter_map(|fd| Some(std::fs::read_link(fd.ok()?.path()).ok()?.display().to_string()))
        .collect();
    assert!(!open.iter().any(|target| target == "/dev/zero" || target.starts_with("pipe:")), "{open:?}");
    let session = |pid: i32| -> i32 {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        stat.rsplit(')').next().unwrap().split_whitespace().nth(3).unwrap().parse().unwrap()
    };
    let shim = run.identity().pid;
    assert_eq!(session(shim), shim);
    let child = run.child().await.unwrap();
    assert_eq!(session(child), child);
    run.kill(Kill::Now);
    ended(&run).await;
}

/// Not a test of its own: what the one below runs as somebody else.
#[test]
fn as_another_user() {
    use std::io::{Read, Write};
    let Some(socket) = std::env::var_os("COPPICE_TEST_SOCKET") else { return };
    let mut stream = std::os::unix::net::UnixStream::connect(socket).unwrap();
    let hello = br#"_{"version":1}"#;
    let mut frame = (hello.len() as u32).to_le_bytes().to_vec();
    frame.push(1);
    frame.extend_from_slice(&hello[1..]);
    // It may be closed before a word is said.
    let _ = stream.write_all(&frame);
    let mut answer = Vec::new();
    // Closed at once, perhaps with a reset. Who is welcomed would wait for more.
    stream.set_read_timeout(Some(std::time::Duration::from_secs(2))).unwrap();
    let _ = stream.read_to_end(&mut answer);
    println!("answered with {} bytes", answer.len());
}

#[tokio::test]
async fn another_user_is_refused_even_where_the_folder_lets_him_in() {
    if !rustix::process::geteuid().is_root() {
        // Only root can be somebody else; what others meet is the folder's mode, tested above.
        return;
    }
    let place = Place::new();
    let run = place.sh("echo ready; read x").await;
    Watch::attach(&place.run_dir()).await.until("ready").await;
    let socket = place.run_dir().join("sock");
    for path in [place.dir.path(), &place.run_dir(), &socket] {
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o777)).unwrap();
    }
    let program = place.dir.path().join("test");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let ask = |user: u32| {
        use std::os::unix::process::CommandExt;
        let mut ask = std::process::Command::new(&program);
        ask.args(["--exact", "secrets::as_another_user", "--nocapture"]).uid(user).gid(user);
        let output = ask.current_dir("/").env("COPPICE_TEST_SOCKET", &socket).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let said = ask(65534);
    assert!(said.contains("answered with 0 bytes"), "{said}");
    run.kill(Kill::Now);
    ended(&run).await;
}
