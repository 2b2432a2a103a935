//! Against a model: the stream as it was written, and what the limit allows to forget.

use super::*;
use proptest::prelude::*;
use std::path::Path;

/// The byte at an offset of the test's stream.
fn byte_at(offset: u64) -> u8 {
    (offset.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8
}

fn stream(from: u64, len: usize) -> Vec<u8> {
    (from..from + len as u64).map(byte_at).collect()
}

fn append(writer: &mut Writer, shared: &mut Shared, len: usize) {
    let bytes = stream(shared.end, len);
    writer.append(&bytes, |step| step.apply(shared));
}

/// Reads to the end by both ways, and checks that each byte is the right one.
fn read_all(dir: &Path, shared: &Shared, from: u64, piece: usize) -> Vec<(u64, u64)> {
    let log = Log::open(dir);
    let (mut at, mut gaps) = (from, Vec::new());
    loop {
        let by_index = match shared.at(at, piece) {
            Output::File { file, at: start, len } => {
                let mut bytes = Vec::new();
                Output::read(&file, start, len, &mut bytes).unwrap();
                Piece::Bytes(bytes)
            }
            Output::Memory(bytes) => Piece::Bytes(bytes),
            Output::Gap { to } => Piece::Gap { to },
            Output::End => Piece::End,
        };
        let by_files = log.read(at, piece).unwrap();
        assert_eq!(by_index, by_files, "at {at}");
        match by_files {
            Piece::Bytes(bytes) => {
                assert!(!bytes.is_empty() && bytes.len() <= piece);
                assert_eq!(bytes, stream(at, bytes.len()), "at {at}");
                at += bytes.len() as u64;
            }
            Piece::Gap { to } => {
                gaps.push((at, to));
                at = to;
            }
            Piece::End => return gaps,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_offset_reads_the_stream(
        limit in 4096u64..40_000,
        writes in proptest::collection::vec(1usize..9000, 1..20),
        from in any::<proptest::sample::Index>(),
        piece in 1usize..20_000,
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (mut writer, mut shared) = (Writer::new(dir.path(), limit), Shared::default());
        for len in &writes {
            append(&mut writer, &mut shared, *len);
        }
        let total = writes.iter().sum::<usize>() as u64;
        prop_assert_eq!(shared.end, total);
        let gaps = read_all(dir.path(), &shared, from.index(total as usize + 1) as u64, piece);
        prop_assert!(gaps.len() <= 1);
        let held: u64 = Log::open(dir.path()).held().unwrap().iter().map(|part| part.end - part.start).sum();
        prop_assert!(held <= limit);
        prop_assert!(held >= total.min(limit - limit / 8 - 8), "{} of {} held", held, total);
        prop_assert_eq!(shared.missing(), total - held);
        if total <= limit - 8 {
            prop_assert!(gaps.is_empty(), "{} of {} bytes, and a gap", total, limit);
        }
    }
}

#[test]
fn a_disk_that_is_full_for_a_while_leaves_one_hole() {
    let dir = tempfile::tempdir().unwrap();
    // Half of the limit goes into the first file; the next one lands on a device that is always full.
    let (mut writer, mut shared) = (Writer::new(dir.path(), 8192), Shared::default());
    append(&mut writer, &mut shared, 4096);
    std::os::unix::fs::symlink("/dev/full", dir.path().join(file_name(4096))).unwrap();
    append(&mut writer, &mut shared, 500);
    assert_eq!((shared.end, shared.lost, shared.missing()), (4596, 500, 500));
    // Who looks on still sees it.
    assert!(matches!(shared.at(4200, 100), Output::Memory(bytes) if bytes == stream(4200, 100)));
    append(&mut writer, &mut shared, 700);
    let log = Log::open(dir.path());
    assert_eq!(log.held().unwrap(), [0..4096, 4596..5296]);
    assert_eq!(log.read(4096, 9).unwrap(), Piece::Gap { to: 4596 });
    assert_eq!(log.read(4596, 9).unwrap(), Piece::Bytes(stream(4596, 9)));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "what was never written is left behind");
}

#[test]
fn losing_for_ever_costs_a_bounded_memory_and_no_files() {
    let dir = tempfile::tempdir().unwrap();
    let gone = dir.path().join("gone");
    let (mut writer, mut shared) = (Writer::new(&gone, 1 << 20), Shared::default());
    for _ in 0..100 {
        append(&mut writer, &mut shared, 60_000);
    }
    assert_eq!((shared.end, shared.lost), (6_000_000, 6_000_000));
    let Output::Gap { to } = shared.at(0, 10) else { panic!("memory of the beginning") };
    assert!(shared.end - to <= 256 << 10);
    assert!(matches!(shared.at(to, 10), Output::Memory(bytes) if bytes == stream(to, 10)));
}

#[test]
fn names_and_offsets_are_the_same() {
    for offset in [0, 1, u64::MAX] {
        assert_eq!(start_of(&file_name(offset)), Some(offset));
    }
    for name in ["logs", "log.1", "log.", "exit.json", "log.0000000000000000000x"] {
        assert_eq!(start_of(name), None, "{name}");
    }
}
