//! Each rule with the sequences it is about, whole and cut at every byte.

use super::*;
use proptest::prelude::*;

fn clean(mode: Mode, input: impl AsRef<[u8]>) -> (String, Heard) {
    let mut sanitizer = Sanitizer::new(mode);
    let mut out = Vec::new();
    sanitizer.feed(input.as_ref(), &mut out);
    (String::from_utf8(out).unwrap(), sanitizer.heard())
}

/// In both modes, and byte by byte.
fn check(input: impl AsRef<[u8]>, live: &str, replay: &str) {
    let input = input.as_ref();
    let shown = String::from_utf8_lossy(input).into_owned();
    for (mode, expected) in [(Mode::Live, live), (Mode::Replay, replay)] {
        let (whole, _) = clean(mode, input);
        assert_eq!(whole, expected, "{shown:?} in {mode:?}");
        let mut sanitizer = Sanitizer::new(mode);
        let mut out = Vec::new();
        for byte in input {
            sanitizer.feed(&[*byte], &mut out);
        }
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{shown:?} in {mode:?}, byte by byte");
    }
}

#[test]
fn text_and_drawing_pass() {
    for text in [
        "plain\r\n\ttext\x08 with spaces   ",
        "grün 漢字 👩‍👩‍👧‍👦 e\u{301} 🏴󠁧󠁢󠁥󠁮󠁧󠁿 \u{202e}bidi",
        "\x1b[1;38;2;1;2;3m\x1b[4:3mcolour\x1b[0m\x1b[m",
        "\x1b[2J\x1b[H\x1b[12;40H\x1b[?1049h\x1b[?25l\x1b[K\x1b[3 q\x1b7\x1b8\x1b(B\x1b=\x1b[!p\x1b[>1u",
        "\x1b]8;id=1;https://example.org/a?b=ü\x1b\\text\x1b]8;;\x1b\\",
        "\x1b]11;#102030\x1b\\\x1b]104\x1b\\",
    ] {
        check(text, text, text);
    }
}

#[test]
fn numbers_are_bounded_alone_and_in_masses() {
    for last in ['L', 'M', 'S', 'T', 'I', 'b', '@', 'P', 'X', 'Z'] {
        let attack = format!("\x1b[2147483647{last}");
        let bounded = format!("\x1b[1000{last}");
        check(&attack, &bounded, &bounded);
        let (many, _) = clean(Mode::Live, attack.repeat(2000));
        let work: u64 = many.split("\x1b[").filter_map(|s| s.strip_suffix(last)?.parse::<u64>().ok()).sum();
        // 13 bytes earn 416 characters or 52 lines; what was saved up comes on top.
        let most = if "LMST".contains(last) { 2000 * 52 + 8192 } else { 2000 * 416 + 65536 };
        assert!(work <= most, "{last}: {work} repetitions");
        assert!(work > 2000, "{last} was not just dropped");
    }
    check("\x1b[99999999999;5H\x1b[;7r", "\x1b[9999;5H\x1b[;7r", "\x1b[9999;5H\x1b[;7r");
    check("\x1b[38;5;4294967297m", "\x1b[38;5;9999m", "\x1b[38;5;9999m");
    check(format!("a\x1b[{}mb", "1;".repeat(500)), "ab", "ab");
}

#[test]
fn a_full_screen_program_may_repeat_all_it_draws() {
    // Sixty lines of 200 cells, repainted fifty times.
    let frame = "─\x1b[199b\r\n".repeat(60).repeat(50);
    check(&frame, &frame, &frame);
}

#[test]
fn resets_in_masses_are_not_for_free() {
    let (out, _) = clean(Mode::Live, "\x1bc".repeat(10_000));
    assert!(out.len() / 2 < 1000, "{} resets", out.len() / 2);
    check("\x1bc\x1b#8", "\x1bc\x1b#8", "\x1bc\x1b#8");
}

#[test]
fn questions_pass_only_while_somebody_is_there() {
    for question in [
        "\x1b[c",
        "\x1b[0c",
        "\x1b[>c",
        "\x1b[=c",
        "\x1b[5n",
        "\x1b[6n",
        "\x1b[?6n",
        "\x1b[?996n",
        "\x1b[x",
        "\x1b[?1$p",
        "\x1b[4$p",
        "\x1b[>0q",
        "\x1b[?u",
        "\x1bZ",
        "\x05",
        "\x1b[18t",
        "\x1b]10;?\x1b\\",
        "\x1b]4;1;?\x1b\\",
        "\x1bP$qm\x1b\\",
        "\x1bP+q544e\x1b\\",
    ] {
        check(format!("a{question}b"), &format!("a{question}b"), "ab");
    }
    for never in [
        "\x1b[21t",
        "\x1b[20t",
        "\x1b[8;9999;9999t",
        "\x1b[3;0;0t",
        "\x1b[1;1;1;1;1;1*y",
        "\x1b[?1;1S",
        "\x1b[5i",
    ] {
        check(format!("a{never}b"), "ab", "ab");
    }
}

#[test]
fn the_clipboard_is_out_of_reach() {
    for (attack, heard) in
        [("\x1b]52;c;aGk=\x07", 1), ("\x1b]52;c;?\x1b\\", 1), ("\x1b]52;;?\x07\x1b]52;p;eA==\x07", 2)]
    {
        check(attack, "", "");
        assert_eq!(clean(Mode::Live, attack).1.clipboard, heard);
    }
    let mut allowed = Sanitizer::new(Mode::Live).allow_clipboard();
    let mut out = Vec::new();
    allowed.feed(b"\x1b]52;c;aGk=\x07\x1b]52;c;?\x07", &mut out);
    assert_eq!(out, b"\x1b]52;c;aGk=\x1b\\");
    allowed.set_mode(Mode::Replay);
    out.clear();
    allowed.feed(b"\x1b]52;c;aGk=\x07", &mut out);
    assert_eq!(out, b"");
}

#[test]
fn noise_is_counted_and_taken_out() {
    let (out, heard) = clean(
        Mode::Live,
        "\x07a\x07\x1b]0;one\x07b\x1b]2;t\u{e9}wo\x1b\\\x1b]9;hi\x07\x1b]777;notify;a;b\x07c\x1b]9;4;1;50\x07",
    );
    assert_eq!(out, "abc");
    assert_eq!(heard, Heard { bells: 2, notifications: 2, clipboard: 0, title: Some("téwo".into()) });
    let (_, heard) = clean(Mode::Live, format!("\x1b]2;{}\x07", "x".repeat(4000)));
    assert_eq!(heard.title.map(|title| title.len()), Some(256));
}

#[test]
fn strings_are_bounded_and_images_dropped() {
    check(format!("a\x1b]8;;https://{}\x07b", "x".repeat(5000)), "ab", "ab");
    check(format!("a\x1bPq#0;2;0;0;0{}\x1b\\b", "~".repeat(100_000)), "ab", "ab");
    check(format!("a\x1b]1337;File=inline=1:{}\x07b", "QUFB".repeat(10_000)), "ab", "ab");
    check("a\x1b_Gf=24;AAAA\x1b\\b\x1b^pm\x1b\\c\x1bXsos\x1b\\d", "abcd", "abcd");
    // However long: what is kept stays small.
    let mut sanitizer = Sanitizer::new(Mode::Live);
    sanitizer.feed(b"\x1b]0;", &mut Vec::new());
    for _ in 0..100 {
        sanitizer.feed(&[b'x'; 10_000], &mut Vec::new());
    }
    assert!(sanitizer.held.capacity() <= 2 * MOST_STRING);
}

#[test]
fn links_lead_to_the_web_or_nowhere() {
    for address in
        ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "coppice://x", "HTTPS//x", ""]
    {
        check(format!("\x1b]8;;{address}\x07x"), "\x1b]8;;\x1b\\x", "\x1b]8;;\x1b\\x");
    }
}

#[test]
fn eight_bit_controls_mean_the_same() {
    check("\u{9b}2147483647S", "\x1b[1000S", "\x1b[1000S");
    check("\u{9d}52;c;aGk=\u{9c}x", "x", "x");
    check("\u{90}q~~\u{9c}x\u{84}\u{80}", "x\x1bD", "x\x1bD");
    check("\x1b]0;✓ done\u{9c}x", "x", "x");
    // As bytes on their own they are broken text and nothing more.
    check(b"\x9b5S", "\u{fffd}5S", "\u{fffd}5S");
}

#[test]
fn broken_text_is_marked_and_hides_nothing() {
    check(b"a\xc3(b", "a\u{fffd}(b", "a\u{fffd}(b");
    check(b"\xe2\x82\x1b[c!", "\u{fffd}\x1b[c!", "\u{fffd}!");
    check(
        b"\xc0\x9b5S\xed\xa0\x80",
        "\u{fffd}\u{fffd}5S\u{fffd}\u{fffd}\u{fffd}",
        "\u{fffd}\u{fffd}5S\u{fffd}\u{fffd}\u{fffd}",
    );
}

#[test]
fn sequences_are_given_up_like_emulators_do() {
    check("\x1b[12\x18Lx\x1b]0;t\x1ay", "Lxy", "Lxy");
    check("\x1b[12\x1b[5Hx", "\x1b[5Hx", "\x1b[5Hx");
    check("\x1b[1\r2Hx", "\r\x1b[12Hx", "\r\x1b[12Hx");
    check("\x1b]0;t\x1b[31mx", "\x1b[31mx", "\x1b[31mx");
    check("\x1b[1?2hx\x1b[1 2qy", "xy", "xy");
}

#[test]
fn accents_have_an_end() {
    let tower = format!("a{}b", "\u{301}".repeat(200)).repeat(400);
    let (out, _) = clean(Mode::Live, &tower);
    assert_eq!(out, format!("a{}b", "\u{301}".repeat(16)).repeat(400));
}

/// Text with no control and no towers of accents.
fn printable() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[ -~\\t\\r\\n¡-ʯ一-龥😀-🙏ก-ฮ]{0,200}").unwrap()
}

/// What a terminal might be sent, with a liking for the edges.
fn anything() -> impl Strategy<Value = Vec<u8>> {
    let sequence = prop_oneof![
        any::<Vec<u8>>(),
        "[ -~é漢\u{301}]{0,20}".prop_map(String::into_bytes),
        "\x1b\\[[<-?]?[0-9;:]{0,24}[ -/]{0,2}[@-~]".prop_map(String::into_bytes),
        "\x1b[P\\]X^_][0-9;?a-z$+q]{0,20}(\x07|\x1b\\\\|\u{9c}|)".prop_map(String::into_bytes),
        "[\u{80}-\u{9f}\x18\x1a\x1b\x05\x07]{1,3}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(sequence, 0..20).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn printable_text_is_never_changed(text in printable()) {
        prop_assert_eq!(&clean(Mode::Live, &text).0, &text);
        prop_assert_eq!(&clean(Mode::Replay, &text).0, &text);
    }

    #[test]
    fn chunks_make_no_difference(input in anything(), cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..6)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(input.len() + 1)).collect();
        cuts.extend([0, input.len()]);
        cuts.sort_unstable();
        let mut sanitizer = Sanitizer::new(Mode::Live);
        let mut out = Vec::new();
        for pair in cuts.windows(2) {
            sanitizer.feed(&input[pair[0]..pair[1]], &mut out);
        }
        let (whole, heard) = clean(Mode::Live, &input);
        prop_assert_eq!(String::from_utf8(out).unwrap(), whole);
        prop_assert_eq!(sanitizer.heard(), heard);
    }

    #[test]
    fn what_passed_passes_again_unchanged(input in anything()) {
        let (once, _) = clean(Mode::Replay, &input);
        let (twice, heard) = clean(Mode::Replay, &once);
        prop_assert_eq!(&twice, &once);
        prop_assert_eq!(heard, Heard::default());
    }
}
