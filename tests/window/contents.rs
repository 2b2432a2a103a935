//! What a diff, a name or an agent's words can hold, as a person sees it: one test per case of what would deceive a
//! naive page, named after its number.

use std::fs;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::symlink;

use coppice_tests::window::{Page, await_stage, open_plan, open_repository};
use coppice_tests::{PlanFile, Scene, Task};
use serde_json::json;

use crate::stage::{Stage, play};

/// A plan whose one agent runs these lines of shell and commits these files, shown in its review.
async fn review(page: &Page, scene: &Scene, script: &str, files: &[&str]) {
    let message = scene.beside("message");
    if !message.exists() {
        fs::write(&message, "Change\n").unwrap();
    }
    let (files, message) = (files.join("' '"), message.display().to_string());
    let script = format!("{script}\ngit add -- '{files}'\ngit commit --quiet -F '{message}'");
    let plan = PlanFile::manual("Contents")
        .agent("agent", &scene.script("agent", &script))
        .task(Task::new("change"));
    let file = scene.plan(&plan);
    open_repository(page, &scene.repo.path).await;
    open_plan(page, &file).await;
    page.click("run").await.unwrap();
    await_stage(page, "change", "awaiting_approval").await;
    page.click("node-change").await.unwrap();
    page.click("open-review").await.unwrap();
    page.find("review").await.unwrap();
}

/// Goes to a file of the review; its centre says all of this.
async fn says(page: &Page, file: &str, words: &[&str]) {
    page.click(&format!("file-{file}")).await.unwrap();
    let body = "
        const centre = [...document.querySelectorAll('section')].find((it) => it.ariaLabel === given[0]);
        return centre && given[1].every((part) => centre.innerText.includes(part))";
    page.until(&format!("{file} says {words:?}"), body, json!([file, words])).await.unwrap();
}

/// The lines of the diff that is shown, of one kind, without their numbers.
async fn lines(page: &Page, kind: &str) -> Vec<String> {
    let body = "
        const cells = [...document.querySelectorAll(`[data-testid=\"diff\"] [data-side][data-kind=\"${given}\"]`)];
        return cells.length > 0 ? cells.map((cell) => cell.innerText) : null";
    let shown = page.until(&format!("there are {kind} lines"), body, json!(kind)).await.unwrap();
    shown.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
}

#[test]
fn f56_binary_link_mode_rename_and_line_ends() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        let at = |name: &str| scene.repo.path.join(name);
        for name in ["picture.bin", "was-binary.dat"] {
            fs::write(at(name), [0, 159, 146, 150, 0, 10]).unwrap();
        }
        for name in ["was-text.txt", "file", "tool.sh", "unix.txt", "mixed.txt"] {
            scene.repo.write(name, "one\ntwo\nthree\n");
        }
        let many: String = (1..=30).map(|n| format!("line {n}\n")).collect();
        scene.repo.write("old-name.txt", &many);
        symlink("README.md", at("link")).unwrap();
        scene.repo.commit("All kinds");

        let window = stage.open().await;
        let page = window.page();
        let script = "printf '\\000\\002\\003' > picture.bin\nprintf '\\000\\001' > was-text.txt\n\
                      echo 'text now' > was-binary.dat\nrm link file\necho 'no link any more' > link\n\
                      ln -s README.md file\nchmod +x tool.sh\ngit mv old-name.txt new-name.txt\n\
                      sed -i 's/line 15/line fifteen/' new-name.txt\n\
                      printf 'one\\r\\ntwo\\r\\nthree\\r\\n' > unix.txt\n\
                      printf 'one\\ntwo\\r\\nthree\\n' > mixed.txt";
        let files = [
            "picture.bin",
            "was-text.txt",
            "was-binary.dat",
            "link",
            "file",
            "tool.sh",
            "new-name.txt",
            "unix.txt",
            "mixed.txt",
        ];
        review(page, scene, script, &files).await;

        for name in ["picture.bin", "was-text.txt", "was-binary.dat"] {
            says(page, name, &["Binary file: its content is not shown"]).await;
        }
        says(page, "link", &["Was a symbolic link, is a file (120000 → 100644)"]).await;
        assert_eq!(lines(page, "removed").await, ["README.mdno newline at end"]);
        assert_eq!(lines(page, "added").await, ["no link any more"]);
        says(page, "file", &["Was a file, is a symbolic link (100644 → 120000)"]).await;
        assert_eq!(lines(page, "removed").await, ["one", "two", "three"]);
        assert_eq!(lines(page, "added").await, ["README.mdno newline at end"]);
        says(page, "tool.sh", &["Was a file, is an executable file (100644 → 100755)"]).await;
        says(page, "new-name.txt", &["Renamed from old-name.txt"]).await;
        assert_eq!(lines(page, "removed").await, ["line 15"]);
        assert_eq!(lines(page, "added").await, ["line fifteen"]);
        says(page, "unix.txt", &["Only line ends changed: now CRLF"]).await;
        says(page, "mixed.txt", &["Only line ends changed: now mixed", "two␍"]).await;
        assert_eq!(lines(page, "added").await, ["two␍"]);
        window.close().await.unwrap();
    });
}

/// A letter of another script, one without width, one that turns the order round, one that cannot be seen.
const NAME: &str = "p\u{430}ssword\u{200b}.txt";
const LINE: &str = "if (admin\u{202e} \u{2066}// only admins\u{2069}) {\u{200d}}";
const SUBJECT: &str = "Fix \u{202e}txt.exe for \u{440}aypal\u{200b}";

#[test]
fn f91_what_hides_in_names_lines_and_messages_is_shown() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        fs::write(scene.beside("message"), SUBJECT).unwrap();
        let window = stage.open().await;
        let page = window.page();
        review(page, scene, &format!("printf '%s\\n' '{LINE}' > '{NAME}'"), &[NAME]).await;
        page.click(&format!("file-{NAME}")).await.unwrap();
        page.see("diff", "only admins").await.unwrap();
        let marked = "
            const within = document.querySelector(given[0]);
            const labels = [...(within?.querySelectorAll('[data-label]') ?? [])];
            return given[1].every((name) => labels.some((it) => it.dataset.label === name
                    && getComputedStyle(it, '::before').content.includes(name)))
                && (given[2] === null || within.querySelector(`[title*=\"${given[2]}\"]`) !== null)";
        let places = [
            ("[data-testid=\"diff\"]", &["RLO", "LRI", "PDI", "ZWJ"][..], None),
            ("[aria-label=\"Changed files\"]", &["ZWSP"][..], Some("U+0430")),
            ("section header", &["ZWSP"][..], Some("U+0430")),
            ("[aria-label=\"Commits\"]", &["RLO", "ZWSP"][..], Some("U+0440")),
        ];
        for (place, labels, letter) in places {
            let what = format!("{place} shows {labels:?} and {letter:?}");
            let place = if place == "section header" {
                format!("section[aria-label=\"{NAME}\"] header")
            } else {
                place.into()
            };
            page.until(&what, marked, json!([place, labels, letter])).await.unwrap();
        }
        window.close().await.unwrap();
    });
}

/// Would load a picture, run a script and look like a button of ours, if it were taken for more than text.
fn markup(door: &str) -> String {
    format!(
        "<img src=x onerror=\"window.__canary='ran'\"><script>window.__canary='ran'</script>\
         <button id=forged>Approve</button>![p](http://{door}/md.png)<iframe src=http://{door}/frame></iframe>"
    )
}

#[test]
fn f105_markup_is_text_and_nothing_is_loaded_from_outside() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let door = listener.local_addr().unwrap().to_string();
        let text = markup(&door);
        fs::write(scene.beside("message"), format!("{text}\n")).unwrap();
        fs::write(scene.beside("text"), format!("# Read me\n\n{text}\n")).unwrap();

        let window = stage.open().await;
        let page = window.page();
        let from = scene.beside("text");
        // Its words come by its terminal as well.
        let script = format!(
            "cat '{0}'\ncp '{0}' README.md\ncp '{0}' page.html\ncp '{0}' picture.svg",
            from.display()
        );
        let files = ["README.md", "page.html", "picture.svg"];
        review(page, scene, &script, &files).await;
        for file in files {
            says(page, file, &[&text]).await;
        }
        let said = "return document.querySelector('[aria-label=\"Commits\"]')?.innerText.includes(given)";
        page.until("the commit's message is text", said, json!(text)).await.unwrap();
        let made = "
            const made = document.querySelectorAll('#forged, iframe, img[src=\"x\"], img[src^=\"http:\"]');
            return [made.length, window.__canary ?? null]";
        let made = page.until("what was made of it is counted", made, json!(null)).await.unwrap();
        assert_eq!(made, json!([0, null]), "markup became more than text");

        // And were it made by a mistake of ours, the page's own policy stops it.
        let stopped = page.client().execute_async(CANARIES, vec![json!(door)]).await.unwrap();
        assert_eq!(stopped, json!(["fetch", "frame", "image", "inline", "script", "socket", "style"]));
        assert_eq!(
            page.client().execute("return window.__canary ?? null", vec![]).await.unwrap(),
            json!(null)
        );
        let nobody = listener.accept().map_err(|error| error.kind());
        assert!(matches!(nobody, Err(ErrorKind::WouldBlock)), "somebody called: {nobody:?}");
        window.close().await.unwrap();
    });
}

/// Tries each way out of the page; says which of them the policy has stopped, once it has stopped them all.
const CANARIES: &str = "
    const [door, done] = arguments;
    const stopped = new Set();
    const names = {
        'connect-src http': 'fetch', 'connect-src ws': 'socket', 'frame-src http': 'frame', 'img-src http': 'image',
        'script-src-elem inline': 'inline', 'script-src-elem http': 'script', 'style-src-elem http': 'style',
    };
    document.addEventListener('securitypolicyviolation', (event) => {
        const way = event.blockedURI.split(':')[0];
        stopped.add(names[`${event.effectiveDirective} ${way}`] ?? `${event.effectiveDirective} ${event.blockedURI}`);
        if (stopped.size === 7) done([...stopped].sort());
    });
    const make = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));
    fetch(`http://${door}/fetch`).catch(() => {});
    try { new WebSocket(`ws://${door}/socket`); } catch {}
    make('iframe', { src: `http://${door}/frame` });
    make('img', { src: `http://${door}/image` });
    make('script', { textContent: 'window.__canary = \"inline\"' });
    make('script', { src: `http://${door}/script.js` });
    make('link', { rel: 'stylesheet', href: `http://${door}/style.css` });
    setTimeout(() => done([...stopped].sort()), 10000)";

/// A grammar of regular expressions goes over such a line again for each of its letters.
const HOSTILE_LINES: usize = 190;
const HOSTILE_LENGTH: usize = 1950;

#[test]
fn f106_a_text_that_hangs_its_grammar_stays_plain_and_hinders_nobody() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        let line = format!("return {};\n", "aA1".repeat(HOSTILE_LENGTH / 3));
        fs::write(scene.beside("hostile"), format!("<?php\n{}", line.repeat(HOSTILE_LINES))).unwrap();
        fs::write(scene.beside("calm"), "<?php\nreturn 1;\n").unwrap();
        let (hostile, calm) = (scene.beside("hostile"), scene.beside("calm"));
        let script = format!(
            "cp '{0}' calm.php\ncp '{1}' hostile.php\ncp '{0}' later.php",
            calm.display(),
            hostile.display()
        );
        let window = stage.open().await;
        let page = window.page();
        review(page, scene, &script, &["calm.php", "hostile.php", "later.php"]).await;
        let coloured = "
            const centre = [...document.querySelectorAll('section')].find((it) => it.ariaLabel === given);
            const words = [...(centre?.querySelectorAll('[data-testid=\"diff\"] [data-side] span span') ?? [])];
            return words.some((it) => it.innerText === 'return')";
        says(page, "calm.php", &["return 1;"]).await;
        page.until("a calm file is coloured", coloured, json!("calm.php")).await.unwrap();
        says(page, "hostile.php", &["return aA1aA1"]).await;
        // Whoever comes after it gets its colours, in a worker of its own.
        says(page, "later.php", &["return 1;"]).await;
        page.until("a later file is coloured", coloured, json!("later.php")).await.unwrap();
        says(page, "hostile.php", &["return aA1aA1"]).await;
        says(page, "calm.php", &["return 1;"]).await;
        page.until("it still is", coloured, json!("calm.php")).await.unwrap();
        says(page, "hostile.php", &["return aA1aA1"]).await;
        let plain = format!("return !(() => {{ {coloured} }})()");
        page.until("the hostile file is plain", &plain, json!("hostile.php")).await.unwrap();
        window.close().await.unwrap();
    });
}

#[test]
fn f57_a_hundred_thousand_changed_files_are_listed_and_only_those_in_sight_are_there() {
    play(async |stage: Stage| {
        let scene = &stage.scene;
        // All of one content, and none of them on the disk: what is tried is their number.
        let script = "blob=$(git hash-object -w README.md)\n\
                      seq 100000 | awk -v b=\"$blob\" '{ printf \"100644 %s\\tbulk/%03d/file_%06d.txt\\n\", b, $1 % 250, $1 }' \
                      | git update-index --index-info\n\
                      git ls-files -z bulk | git update-index -z --skip-worktree --stdin";
        let window = stage.open().await;
        let page = window.page();
        review(page, scene, script, &["README.md"]).await;
        page.see("review", "1 of 100,000 files").await.unwrap();
        page.find("file-bulk/000/file_000250.txt").await.unwrap();
        few(page).await;
        // Its end is a scroll away, and a name one filter.
        let down = "
            const rows = document.querySelector('[aria-label=\"Changed files\"] ul')?.parentElement;
            if (rows) rows.scrollTop = rows.scrollHeight;
            return by('file-bulk/249/file_099999.txt') !== null";
        page.until("the last file is in sight", down, json!(null)).await.unwrap();
        few(page).await;
        page.press("/").await.unwrap();
        page.press(&format!("077777{ENTER}")).await.unwrap();
        page.see("review", "bulk/027/file_077777.txt").await.unwrap();
        page.see("diff", "# A project").await.unwrap();
        window.close().await.unwrap();
    });
}

#[test]
fn a_long_file_is_read_as_far_as_it_is_looked_at() {
    play(async |stage: Stage| {
        let window = stage.open().await;
        let page = window.page();
        review(page, &stage.scene, "seq -f 'row %g' 60000 > rows.txt", &["rows.txt"]).await;
        page.see("diff", "row 1").await.unwrap();
        let table = "document.querySelector('[data-testid=\"diff\"] [role=table]')";
        let all = format!("return {table}.getAttribute('aria-rowcount')");
        assert_eq!(page.until("rows are counted", &all, json!(null)).await.unwrap(), json!("60000"));
        // Its end, its middle, and its beginning again.
        for (part, row) in [(1.0, "row 60000"), (0.5, "row 30001"), (0.0, "row 2")] {
            let go = format!(
                "const it = {table}; it.scrollTop = (it.scrollHeight - it.clientHeight) * given[0];
                 return [...it.querySelectorAll('[data-side]')].some((line) => line.textContent === given[1])"
            );
            page.until(&format!("{row} is read"), &go, json!([part, row])).await.unwrap();
        }
        window.close().await.unwrap();
    });
}

const ENTER: char = '\u{e007}';

/// Rows of the list exist where a person sees them.
async fn few(page: &Page) {
    let rows = "return document.querySelectorAll('[data-testid^=\"file-\"]').length";
    let rows = page.until("there are rows", rows, json!(null)).await.unwrap();
    assert!(rows.as_u64().is_some_and(|rows| rows < 150), "{rows} rows are there");
}
