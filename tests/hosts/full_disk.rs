//! Decides whether a full disk is told, loses nothing that was acknowledged, and is left behind when space returns.

use std::fs;

use rounds_tests::lan::{PATIENCE, School, eventually, measured};

/// Megabytes of the disk that fills up.
const DISK_MEGABYTES: u32 = 8;

/// Bytes of the file that somebody else put there, and takes away later.
const BALLAST_BYTES: usize = 2 * 1024 * 1024;

/// Words in one edit; a few hundred edits fill the disk.
const EDIT_BYTES: usize = 16 * 1024;

/// Edits after which the disk must have been full.
const EDITS_MAX: usize = 2_000;

#[test]
fn a_full_disk_is_told_and_recovered_from_without_a_restart() {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    ana.with_small_disk(DISK_MEGABYTES);
    ana.start();
    ben.start();
    ana.pair_with(&ben);
    ana.meets(&ben);
    let process = ana.process();
    let ballast = ana.data().join("somebody-elses-video");
    fs::write(&ballast, vec![7; BALLAST_BYTES]).expect("there is space yet");

    // Ana writes one visit after the other until the disk takes no more.
    let mut saved: Vec<(String, String)> = Vec::new();
    let refused = 'writing: {
        for number in 0..EDITS_MAX {
            let proposed = ana.rounds(&["visit", "propose", "--with", "Ben", "--focus", &words(number)]);
            if proposed.code != Some(0) {
                break 'writing proposed;
            }
            saved.push((proposed.json()["document"].as_str().expect("an id").to_owned(), words(number)));
        }
        panic!("{EDITS_MAX} edits fit on a disk of {DISK_MEGABYTES} MB");
    };
    println!("the disk was full after {} saved edits", saved.len());
    assert_eq!(refused.refusal(), (7, "not_saved".to_owned()));
    assert!(saved.len() > 10, "the disk took something first");

    // It says so wherever one asks, and says it again to whoever tries again.
    let storage = &ana.status()["storage"];
    assert_eq!(storage["saving"], false);
    assert_eq!(storage["reason"], "the disk is full");
    let (first, words_of_first) = &saved[0];
    let again = ana.rounds(&["text", "append", first, "One more thing."]);
    assert_eq!(again.refusal(), (7, "not_saved".to_owned()));
    assert_eq!(again.error()["message"].as_str().map(|message| message.contains("disk is full")), Some(true));

    // What was acknowledged can be read meanwhile.
    assert!(ana.reads(first).starts_with(words_of_first));

    // Somebody takes the video away. Nobody restarts anything.
    fs::remove_file(&ballast).expect("the ballast goes");
    measured("saving again after space returned", || {
        eventually("it saves again", PATIENCE, || (ana.status()["storage"]["saving"] == true).then_some(()));
    });
    assert_eq!(ana.process(), process, "the daemon never ended");
    ana.delivers(first, " Done.", &ben, PATIENCE);
    let read: Vec<String> = saved.iter().map(|(document, _)| ana.reads(document)).collect();
    for ((document, words), read) in saved.iter().zip(&read) {
        assert!(read.starts_with(words), "{document} is whole");
    }
    assert!(read[0].matches("One more thing.").count() <= 1, "what was refused is not there twice");
    for ((document, _), read) in saved.iter().zip(&read) {
        eventually("Ben has all of it", PATIENCE, || {
            let shown = ben.rounds(&["text", "show", document]);
            (shown.code == Some(0) && shown.json()["text"] == **read).then_some(())
        });
    }

    // All of it lies on the disk, and not only in the memory of the daemon that said so.
    ana.kill_and_keep_its_disk();
    ana.start();
    for ((document, _), read) in saved.iter().zip(&read) {
        assert_eq!(ana.reads(document), *read, "{document} after the daemon was killed");
    }
}

/// Words that differ from edit to edit.
fn words(number: usize) -> String {
    let sentence = format!("In lesson {number} the third row asked about question {}. ", number * 7919 % 1000);
    sentence.repeat(EDIT_BYTES / sentence.len())
}
