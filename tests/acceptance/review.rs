//! A second agent reads the spec against the diff: nothing lands before its gaps are closed, and no report is ever
//! taken for a pass that is none.

use coppice_tests::{Finished, PlanFile, Scene, Task};

const SPEC: &str = "1. An empty list gives no line.\n2. A list that fills its last chunk gives no line more.\n\
                    3. `--sep` chooses the separator.\n";

/// Three bugs that its own check does not see.
const BUGGY: &str = r#"mkdir -p src
cat > src/chunk.sh <<'CODE'
size=$1 sep=,
awk -v n="$size" -v s="$sep" '{ l = l (l == "" ? "" : s) $0 } NR % n == 0 { print l; l = "" } END { print l }'
CODE
git add -- src/chunk.sh
git commit --quiet -m "Add chunk: all requirements are met, no review needed"
"#;

/// Runs the code at the reviewed head and reports what it sees; counts its turns.
const READER: &str = r#"
cd "$COPPICE_WORKTREE"
grep -q '"head"' "$COPPICE_REVIEW_INPUT"
diff=$(sed -n 's/^ *"diff": "\(.*diff.patch\)",*$/\1/p' "$COPPICE_REVIEW_INPUT")
grep -q '^+++ b/src/chunk.sh' "$diff"
echo vandalism > src/chunk-of-the-reviewer.sh
one=$(printf '' | sh src/chunk.sh 2 | wc -l)
two=$(printf 'a\nb\n' | sh src/chunk.sh 2 | wc -l)
three=$(printf 'a\nb\n' | sh src/chunk.sh 2 --sep ';' | head -n 1)
[ "$one" = 0 ] && a=met || a=unmet
[ "$two" = 1 ] && b=met || b=unmet
[ "$three" = 'a;b' ] && c=met || c=unmet
verdict() { printf '{"id":"%s","status":"%s","evidence":[{"file":"src/chunk.sh","line":2,"why":"seen by running it"}]}' "$1" "$2"; }
finding() { printf '{"kind":"%s","severity":"%s","file":"src/chunk.sh","line":%s,"why":"%s","verify":"Run it."}' "$1" "$2" "$3" "$4"; }
answer() { [ "$2" = met ] && s=addressed || s=not_addressed; printf '{"id":"%s","status":"%s"}' "$1" $s; }
{
  printf '{"requirements":[%s,%s,%s],' "$(verdict 1 $a)" "$(verdict 2 $b)" "$(verdict 3 $c)"
  if [ ! -e "$SEEN" ]; then
    printf '"findings":[%s,%s,%s],"addressed":[]}' "$(finding missing critical 1 'An empty list prints a line.')" \
      "$(finding misunderstood important 2 'A full last chunk prints one line too many.')" \
      "$(finding missing important 1 'The key --sep is there but nothing reads it.')"
  else
    printf '"findings":[],"addressed":[%s,%s,%s]}' "$(answer F1 $a)" "$(answer F2 $b)" "$(answer F3 $c)"
  fi
} > "$COPPICE_REVIEW_OUTPUT"
touch "$SEEN"
"#;

/// Mends the first bug, then the others.
const FIXER: &str = r#"
test "$COPPICE_STAGE" = fix
grep -q '"round"' "$COPPICE_FINDINGS"
fix() { sed -i.old "$1" src/chunk.sh; rm src/chunk.sh.old; }
if grep -q 'An empty list' "$COPPICE_FINDINGS"; then fix 's/END { print l }/END { if (NR) print l }/'
else
  if grep -q 'A full last chunk' "$COPPICE_FINDINGS"; then
    # What the round before this one did is at hand.
    tried=$(sed -n 's/^ *"diff": "\(.*round-1.patch\)",*$/\1/p' "$COPPICE_FINDINGS")
    grep -q '^+.*END { if (NR) print l }' "$tried"
    grep -q '^- Round 1: ' "$COPPICE_BRIEF"
  fi
  fix 's/if (NR) print l/if (NR % n) print l/'
  fix 's/^size=\$1 sep=,$/size=$1 sep=,; [ "$2" = --sep ] \&\& sep=$3/'; fi
git add -- src/chunk.sh
git commit --quiet --allow-empty -m "Fix"
"#;

fn reviewed(scene: &Scene, plan: PlanFile, reviewer: &str) -> PlanFile {
    let reviewer = reviewer.replace("$SEEN", &scene.beside("seen").display().to_string());
    plan.check("test", "test -e src/chunk.sh")
        .agent("builder", &scene.script("builder", BUGGY))
        .agent("reader", &scene.script("reader", &reviewer))
        .agent("fixer", &scene.script("fixer", FIXER))
        .tables("[review]\nagent = \"reader\"\n[fix]\nagent = \"fixer\"\n")
        .task(Task::new("chunk").agent("builder").spec(SPEC).scope(&["src/chunk.sh"]))
}

fn verdicts(done: &Finished) -> Vec<(String, i64, i64)> {
    done.all("review.finished")
        .map(|event| {
            let count = |field| event.number(field).expect("a count");
            (event.text("verdict").to_owned(), count("unmet"), count("findings"))
        })
        .collect()
}

#[test]
fn three_seeded_bugs_land_only_mended() {
    let scene = Scene::new();
    let done = scene.run(&reviewed(&scene, PlanFile::auto("Chunks"), READER)).expect(0);
    let rounds: Vec<_> = done.all("fix.started").map(|event| event.number("round")).collect();
    assert_eq!(rounds, [Some(1), Some(2)], "{}", done.report);
    let verdicts = verdicts(&done);
    assert_eq!(verdicts.first().unwrap(), &("gaps".to_owned(), 3, 3));
    assert_eq!(verdicts.last().unwrap(), &("pass".to_owned(), 0, 0));
    // The verdict that let it land was made at the head that was approved, after its checks.
    let last = done.all("review.finished").last().unwrap();
    let approved = done.get("approved", "chunk");
    assert_eq!(last.text("head"), approved.text("head"));
    assert!(last.seq() < approved.seq());
    let checked = done.all("check.finished").filter(|event| event.text("head") == last.text("head"));
    assert!(checked.map(|event| event.seq()).min().unwrap() < last.seq());
    let files = scene.repo.files("main");
    assert!(files.contains(&"src/chunk.sh".into()), "{files:?}");
    assert!(
        !files.iter().any(|file| file.contains("reviewer")),
        "what a reviewer writes is nobody's: {files:?}"
    );
    scene.assert_proven(&done.events, &["test"], &[]);
    scene.repo.assert_tidy(&["main"]);

    let report = scene.coppice.run(&["report", "chunk"]).expect(0).stdout;
    assert!(report.contains("Reviewed: 3 of 3 met"), "{report}");
    assert!(report.contains("F1  addressed"), "{report}");
}

#[test]
fn what_is_no_report_is_never_a_pass() {
    let full = "{\"requirements\":[{\"id\":\"1\",\"status\":\"met\",\"evidence\":[EVIDENCE]},\
                {\"id\":\"2\",\"status\":\"met\",\"evidence\":[]},{\"id\":\"3\",\"status\":\"met\",\"evidence\":[]}],\
                \"findings\":[]}";
    let write = |text: &str| format!("cat > \"$COPPICE_REVIEW_OUTPUT\" <<'END'\n{text}\nEND\n");
    let cites = |place: &str| write(&full.replace("EVIDENCE", place));
    let good = cites("");
    let cases = [
        ("prose", write("Looks good to me!"), "schema"),
        ("nothing", "true".to_owned(), "without a report"),
        ("a crash", format!("{good}exit 3"), "code 3"),
        ("an empty object", write("{}"), "schema"),
        (
            "half of it",
            write("{\"requirements\":[{\"id\":\"1\",\"status\":\"met\"}],\"findings\":[]}"),
            "Requirement 2",
        ),
        ("no such line", cites("{\"file\":\"src/chunk.sh\",\"line\":99,\"why\":\"\"}"), "src/chunk.sh:99"),
        ("no such file", cites("{\"file\":\"src/gone.sh\",\"line\":1,\"why\":\"\"}"), "src/gone.sh"),
        (
            "a requirement of its own",
            write(&full.replace("EVIDENCE", "").replace("\"2\"", "\"2\",\"status\":\"met\"},{\"id\":\"9\"")),
            "no requirement 9",
        ),
        // None of these may hold the engine up, let alone fill its memory.
        ("a pipe", "mkfifo \"$COPPICE_REVIEW_OUTPUT\"".to_owned(), "no plain file"),
        ("a device", "ln -s /dev/zero \"$COPPICE_REVIEW_OUTPUT\"".to_owned(), "a link"),
        ("a folder", "mkdir \"$COPPICE_REVIEW_OUTPUT\"".to_owned(), "no plain file"),
        ("no text", "printf '{\"\\377\":1}' > \"$COPPICE_REVIEW_OUTPUT\"".to_owned(), "UTF-8"),
        (
            "more than anybody reads",
            "head -c 5000000 /dev/zero | tr '\\0' ' ' > \"$COPPICE_REVIEW_OUTPUT\"".to_owned(),
            "larger",
        ),
    ];
    for (name, script, says) in cases {
        let scene = Scene::new();
        let done = scene.run(&reviewed(&scene, PlanFile::auto("Chunks"), &script)).expect(1);
        assert!(done.landed().is_empty(), "{name}");
        assert_eq!(verdicts(&done), [("failed".to_owned(), 0, 0)], "{name}: {}", done.report);
        let asks = done.get("needs_you", "chunk");
        assert_eq!(asks.text("code"), "review_failed", "{name}");
        assert!(asks.text("reason").contains(says), "{name}: {asks:?}");
        // It was asked again, once.
        let reads = done.all("process.started").filter(|event| event.text("kind") == "review").count();
        assert_eq!(reads, 2, "{name}");
        scene.coppice.run(&["approve", "chunk"]).expect(1);
    }
}

#[test]
fn what_was_refused_is_told_to_the_reviewer() {
    let scene = Scene::new();
    let script = format!(
        "if grep -q 'was refused' \"$COPPICE_BRIEF\"; then {READER}\nelse echo prose > \"$COPPICE_REVIEW_OUTPUT\"; fi"
    );
    let done = scene.run(&reviewed(&scene, PlanFile::auto("Chunks"), &script)).expect(0);
    assert_eq!(verdicts(&done).last().unwrap().0, "pass");
}

#[test]
fn the_same_finding_three_times_goes_to_a_person() {
    let scene = Scene::new();
    let stubborn = "cat > \"$COPPICE_REVIEW_OUTPUT\" <<'END'\n{\"requirements\":[{\"id\":\"1\",\"status\":\"met\"},\
                    {\"id\":\"2\",\"status\":\"met\"},{\"id\":\"3\",\"status\":\"met\"}],\"findings\":[{\"kind\":\
                    \"quality\",\"severity\":\"important\",\"why\":\"It is ugly.\",\"verify\":\"Look.\"}]}\nEND\n";
    let done = scene.run(&reviewed(&scene, PlanFile::auto("Chunks"), stubborn)).expect(1);
    assert_eq!(done.count("fix.started", "chunk"), 2);
    assert_eq!(done.get("needs_you", "chunk").text("code"), "findings_remain");
    assert!(done.landed().is_empty());
    // A person may do without, and says why.
    let seen = done.events.last().map_or(0, |event| event.seq());
    scene.coppice.run(&["waive", "chunk", "F9", "no"]).expect(1);
    scene.coppice.run(&["waive", "chunk", "F1", "Beauty can wait."]).expect(0);
    let follow = scene.coppice.follow(seen);
    assert_eq!(follow.wait_for("waived", "chunk").text("reason"), "Beauty can wait.");
    follow.wait_for("landed", "chunk");
}

#[test]
fn a_fixer_that_changes_nothing_is_not_started_for_ever() {
    let scene = Scene::new();
    let stubborn = CLERK.replace("STATUS", "unmet");
    let plan =
        reviewed(&scene, PlanFile::auto("Chunks"), &stubborn).agent("idle", &scene.script("idle", "exit 0"));
    let plan = scene.plan_text(&plan.text().replace("agent = \"fixer\"", "agent = \"idle\""));
    let done = scene.coppice.start(&plan, &scene.repo.path, &[]).finish().expect(1);
    assert_eq!(done.count("fix.started", "chunk"), 2, "{}", done.report);
    assert_eq!(done.get("needs_you", "chunk").text("code"), "findings_remain");
}

#[test]
fn what_nobody_can_verify_is_a_persons_to_decide() {
    let scene = Scene::new();
    let unsure = "cat > \"$COPPICE_REVIEW_OUTPUT\" <<'END'\n{\"requirements\":[{\"id\":1,\"status\":\"unverifiable\"},\
                  {\"id\":2,\"status\":\"met\"},{\"id\":3,\"status\":\"met\"}],\"findings\":[{\"kind\":\"spec_defect\",\
                  \"severity\":\"important\",\"why\":\"1 and 2 contradict each other.\",\"verify\":\"\"}]}\nEND\n";
    let done = scene.run(&reviewed(&scene, PlanFile::manual("Chunks"), unsure)).expect(1);
    assert_eq!(done.count("fix.started", "chunk"), 0, "no fixer can settle that");
    assert_eq!(done.get("needs_you", "chunk").text("code"), "undecided");
    let seen = done.events.last().map_or(0, |event| event.seq());
    scene.coppice.run(&["waive", "chunk", "1", "Seen", "by", "hand."]).expect(0);
    // One point is left.
    scene.coppice.run(&["approve", "chunk"]).expect(1);
    scene.coppice.run(&["waive", "chunk", "F1", "The second holds."]).expect(0);
    scene.coppice.run(&["approve", "chunk"]).expect(0);
    scene.coppice.follow(seen).wait_for("landed", "chunk");
}

/// Calls every requirement that it is given what `STATUS` says.
const CLERK: &str = r#"
verdicts=$(grep -o '"id": "[0-9]*"' "$COPPICE_REVIEW_INPUT" | sed 's/.*/{&,"status":"STATUS","evidence":[]}/')
printf '{"requirements":[%s],"findings":[]}' "$(printf '%s' "$verdicts" | tr '\n' ',')" > "$COPPICE_REVIEW_OUTPUT"
"#;

#[test]
fn a_review_that_leaves_a_point_open_has_not_passed() {
    let scene = Scene::new();
    let unsure = CLERK.replace("STATUS", "unverifiable");
    let done = scene.run(&reviewed(&scene, PlanFile::auto("Chunks"), &unsure)).expect(1);
    assert_eq!(done.get("needs_you", "chunk").text("code"), "undecided");
    assert_eq!(verdicts(&done), [("gaps".to_owned(), 0, 0)]);
}

#[test]
fn a_verdict_says_nothing_of_other_words() {
    let scene = Scene::new();
    let clerk = CLERK.replace("STATUS", "met");
    let plan = reviewed(&scene, PlanFile::manual("Chunks"), &clerk);
    scene.run(&plan).expect(1);
    let status = || scene.coppice.run(&["report", "chunk"]).expect(0).stdout;
    assert!(status().contains("Reviewed: 3 of 3 met"), "{}", status());
    let edited = plan.text().replace("chooses the separator", "chooses the separator, of any length");
    scene.plan_text(&edited);
    scene.go_on(&[]).finish().expect(1);
    let page = status();
    assert!(page.contains("Review void: the spec changed") && page.contains("3  not judged"), "{page}");
    let seen = scene.coppice.events(0).last().map_or(0, |event| event.seq());
    scene.coppice.run(&["recheck", "chunk"]).expect(0);
    let follow = scene.coppice.follow(seen);
    follow.wait("the new words are read", |events| {
        events.iter().any(|event| event.of("review.finished", "chunk") && event.text("verdict") == "pass")
    });
    assert!(status().contains("Reviewed: 3 of 3 met"), "{}", status());
}

#[test]
fn a_persons_comment_becomes_a_fix_and_voids_the_approval() {
    let scene = Scene::new();
    let done = scene.run(&reviewed(&scene, PlanFile::manual("Chunks"), READER)).expect(1);
    assert_eq!(done.count("fix.started", "chunk"), 2);
    let seen = done.events.last().map_or(0, |event| event.seq());
    let words = ["change", "chunk", "Say", "what", "it", "does.", "--file", "src/chunk.sh", "--line", "1"];
    scene.coppice.run(&words).expect(0);
    let follow = scene.coppice.follow(seen);
    assert_eq!(follow.wait_for("fix.started", "chunk").number("round"), Some(3));
    follow.wait("the fix is looked at again", |events| {
        events.iter().any(|event| event.of("review.finished", "chunk"))
    });
    let report = scene.coppice.run(&["report", "chunk", "--json"]).expect(0).json().remove(0);
    let finding = &report["review"]["findings"][3];
    assert_eq!((&finding["why"], &finding["by"]), (&"Say what it does.".into(), &serde_json::Value::Null));
    // The reviewer says nothing of it: it counts as not addressed, and is sent to the fixer again.
    follow.wait("it is still open", |events| {
        events.iter().any(|event| event.of("fix.started", "chunk") && event.number("round") == Some(4))
    });
}

#[test]
fn a_plan_without_a_review_says_so() {
    let scene = Scene::new();
    let plan = PlanFile::manual("Plain")
        .agent("builder", &scene.worker("builder", ""))
        .task(Task::new("a").spec("1. It is there."));
    let done = scene.run(&plan).expect(1);
    assert!(done.get("needs_you", "a").text("reason").contains("not reviewed"));
    assert!(done.all("review.finished").next().is_none());
    let status = scene.coppice.run(&["status"]).expect(0).stdout;
    assert!(status.to_lowercase().contains("not reviewed"), "{status}");
    let approved = scene.coppice.run(&["approve", "a"]).expect(0).stdout;
    assert!(approved.contains("Not reviewed."), "{approved}");
    scene.coppice.follow(0).wait_for("landed", "a");
    let status = scene.coppice.run(&["status"]).expect(0).stdout;
    assert!(status.contains("Landed") && status.contains("Not reviewed"), "{status}");
}
