//! Decides whether what people really typed, alone and at once, comes out as they typed it.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rounds_tests::lan::{News, PATIENCE, Page, School, Step, eventually};
use rounds_tests::traces::{Conversation, Copy, conversation, monologue};

/// Keystrokes in one push: what a fast writer types while one push is on its way, and more.
const STEPS_PER_PUSH: usize = 32;

/// How often the cable comes out while two people type.
const FLAPS: usize = 12;

/// Between two looks at the page's socket.
const LISTEN: Duration = Duration::from_millis(20);

/// What both writers and whoever pulls the cable know of each other.
#[derive(Default)]
struct Progress {
    /// Keystrokes that each has pushed.
    said: [AtomicUsize; 2],
    /// Whether each waits for the other's words.
    waits: [AtomicBool; 2],
    /// The points of history that keystrokes made: whose, and how many of theirs are in the text there.
    points: Mutex<HashMap<String, (usize, usize)>>,
    /// Keystrokes that changed nothing, because the other was quicker: whose, after how many of theirs, up to how many.
    idle: Mutex<HashMap<(usize, usize), usize>>,
}

impl Progress {
    fn said(&self) -> usize {
        self.said.iter().map(|said| said.load(Ordering::SeqCst)).sum()
    }

    fn both_wait(&self) -> bool {
        self.waits.iter().all(|waits| waits.load(Ordering::SeqCst))
    }

    fn made(&self, point: &str, writer: usize, keystrokes: usize) {
        self.points.lock().expect("nobody panicked").insert(point.to_owned(), (writer, keystrokes));
    }

    fn idled(&self, writer: usize, from: usize, to: usize) {
        self.idle.lock().expect("nobody panicked").insert((writer, from), to);
    }

    /// How many of a writer's keystrokes are done when so many are, those that change nothing included.
    fn done(&self, writer: usize, keystrokes: usize) -> usize {
        self.idle.lock().expect("nobody panicked").get(&(writer, keystrokes)).copied().unwrap_or(keystrokes)
    }

    /// Who made a point. Its writer hears of it at about the same time as the other.
    fn maker(&self, point: &str) -> (usize, usize) {
        let known = || self.points.lock().expect("nobody panicked").get(point).copied();
        eventually("the writer of a point of history says so", PATIENCE, known)
    }
}

/// Steps that were pushed and are not in the text yet, and how many of their writer's keystrokes are in it when each is.
type Push = VecDeque<(String, usize)>;

/// One of the two: types their keystrokes as soon as they have seen what they had seen when they typed them.
fn type_along(mut page: Page, me: usize, talk: &Conversation, progress: &Progress) -> String {
    let other = 1 - me;
    let mut copy = Copy::new(talk);
    let mut push = Push::new();
    let mut last_news = Instant::now();
    loop {
        if push.is_empty() {
            push = push_next(&mut page, me, &mut copy, progress);
        }
        progress.waits[me].store(push.is_empty(), Ordering::SeqCst);
        if [me, other].iter().all(|writer| copy.taken(*writer) == talk.writers[*writer].len()) {
            return page.text();
        }
        let Some(news) = page.listen(LISTEN) else {
            assert!(last_news.elapsed() < 2 * PATIENCE, "writer {me} hears nothing any more");
            if push.is_empty() {
                // A letter that came and went at once changes nothing that a page is told of.
                page.ask();
            }
            continue;
        };
        match news {
            News::Changed(own) => {
                last_news = Instant::now();
                let by_other = own.is_empty();
                for step in own {
                    let (name, reaches) = push.pop_front().expect("only what was pushed comes back");
                    assert_eq!(name, step, "steps come back in order");
                    copy.take(me, reaches);
                    assert_eq!(page.heads().len(), 1, "a keystroke builds on all that its writer saw");
                    progress.made(&page.heads()[0], me, reaches);
                }
                if by_other {
                    follow(&page, &mut copy, me, progress);
                }
            }
            News::Anew => follow(&page, &mut copy, me, progress),
            News::Stale => push.clear(),
            News::Saved(_) | News::Other => {}
        }
    }
}

/// Pushes what this writer may type now.
fn push_next(page: &mut Page, me: usize, copy: &mut Copy, progress: &Progress) -> Push {
    let mut push = Push::new();
    let other = 1 - me;
    while progress.done(other, copy.taken(other)) > copy.taken(other) && copy.can_take(other) {
        copy.repeat(other);
    }
    if !copy.can_take(me) {
        return push;
    }
    let mut ahead = copy.clone();
    let mut steps = Vec::new();
    while steps.len() < STEPS_PER_PUSH && ahead.can_take(me) {
        let id = format!("writer{me}-{}", ahead.taken(me));
        let splices = ahead.repeat(me);
        let reaches = ahead.taken(me);
        if !splices.is_empty() {
            push.push_back((id.clone(), reaches));
            steps.push(Step { id, splices });
        } else if let Some((_, before)) = push.back_mut() {
            // The other was quicker: the keystroke changes nothing and is done as soon as the one before it.
            *before = reaches;
        } else {
            progress.idled(me, reaches - 1, reaches);
            copy.take(me, reaches);
        }
    }
    progress.said[me].store(ahead.taken(me), Ordering::SeqCst);
    if !steps.is_empty() {
        page.push(&steps);
    }
    push
}

/// Takes in what the page shows of the other's keystrokes, and believes its text only if those are what it says.
fn follow(page: &Page, copy: &mut Copy, me: usize, progress: &Progress) {
    let other = 1 - me;
    let makers = page.heads().iter().map(|point| progress.maker(point));
    let heard = makers.filter(|(writer, _)| *writer == other).map(|(_, keystrokes)| keystrokes).max();
    copy.take(other, heard.unwrap_or(0));
    let at = [copy.taken(0), copy.taken(1)];
    assert!(copy.reads(page.units()), "writer {me} sees a text that nobody typed, after {at:?} keystrokes");
}

#[test]
fn two_people_type_at_once_while_the_cable_comes_out_and_in() {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    let talk = conversation("friendsforever");
    let keystrokes: usize = talk.writers.iter().map(Vec::len).sum();
    ana.with_options(&["--discovery", "off"]);
    ben.with_options(&["--discovery", "off"]);
    ana.start();
    ben.start();
    ana.pair_by_address_with(&ben);
    let visit = ana.propose_visit(&ben);
    ben.receives(&visit);

    let progress = Progress::default();
    let pages = [ana.page(&visit, "plan"), ben.page(&visit, "plan")];
    for page in &pages {
        page.heads().iter().for_each(|point| progress.made(point, 0, 0));
    }
    let began = Instant::now();
    let texts = thread::scope(|scope| {
        let (talk, progress) = (&talk, &progress);
        let mut me = 0;
        let writers = pages.map(|page| {
            let writer = me;
            me += 1;
            scope.spawn(move || type_along(page, writer, talk, progress))
        });
        for flap in 1..=FLAPS {
            eventually("they type", 10 * PATIENCE, || {
                (progress.said() >= flap * keystrokes / (FLAPS + 1)
                    || writers.iter().any(|writer| writer.is_finished()))
                .then_some(())
            });
            ana.unplug();
            eventually("both have typed what they can without the other", PATIENCE, || {
                progress.both_wait().then_some(())
            });
            if flap % 3 == 0 {
                ana.loses(&ben);
                ben.loses(&ana);
            }
            ana.plug();
        }
        writers.map(|writer| writer.join().expect("a writer types to the end"))
    });
    println!("{keystrokes} keystrokes, {FLAPS} pulled plugs: {:.1} s", began.elapsed().as_secs_f64());

    assert_eq!(texts[0], texts[1], "both pages show the same");
    assert_eq!(texts[0], talk.end, "and it is what they had typed");
    for host in [&ana, &ben] {
        let shown = host.rounds(&["text", "show", &visit, "plan"]).json();
        assert_eq!(shown["text"], talk.end.as_str(), "{}'s daemon has the same", host.name);
        assert_eq!(host.status()["documents"]["quarantined"], 0);
    }
}

/// Types a recording in one page and compares its end, on the page, by the command line and after a restart.
fn comes_out_as_typed(name: &str, transactions_per_step: usize) {
    let Some([mut ana, mut ben]) = School::with(["Ana", "Ben"]) else { return };
    let recording = monologue(name);
    ana.start();
    ben.start();
    ana.pair_by_address_with(&ben);
    let visit = ana.propose_visit(&ben);
    let mut page = ana.page(&visit, "plan");
    let began = Instant::now();
    let steps: Vec<Step> = recording
        .transactions
        .chunks(transactions_per_step)
        .enumerate()
        .map(|(number, together)| Step { id: format!("step-{number}"), splices: together.concat() })
        .collect();
    for push in steps.chunks(STEPS_PER_PUSH) {
        page.push(push);
        let last = &push.last().expect("no chunk is empty").id;
        let mut in_text = false;
        while !in_text {
            let news = page.listen(PATIENCE).expect("the daemon answers");
            in_text = matches!(news, News::Changed(own) if own.contains(last));
        }
    }
    println!("{name}: {} transactions in {:.1} s", recording.transactions.len(), began.elapsed().as_secs_f64());
    assert_eq!(page.text(), recording.end, "the page shows what was typed");
    drop(page);
    let read = |host: &rounds_tests::lan::Host| {
        let shown = host.rounds(&["text", "show", &visit, "plan"]);
        shown.json()["text"].as_str().expect("a text").to_owned()
    };
    assert!(read(&ana) == recording.end, "the daemon has it");
    ben.receives(&visit);
    eventually("Ben has it", PATIENCE, || (read(&ben) == recording.end).then_some(()));
    ana.kill();
    ana.start();
    assert!(read(&ana) == recording.end, "and still after a kill");
}

#[test]
fn a_flattened_conversation_comes_out_as_typed() {
    comes_out_as_typed("friendsforever_flat", 1);
}

#[test]
fn a_component_comes_out_as_typed() {
    comes_out_as_typed("sveltecomponent", 1);
}

#[test]
fn source_code_comes_out_as_typed() {
    comes_out_as_typed("rustcode", 16);
}

#[test]
fn a_specification_comes_out_as_typed() {
    comes_out_as_typed("json-crdt-patch", 8);
}

#[test]
fn a_blog_post_comes_out_as_typed() {
    comes_out_as_typed("json-crdt-blog-post", 8);
}

#[test]
fn a_long_blog_post_comes_out_as_typed() {
    comes_out_as_typed("seph-blog1", 32);
}

#[test]
fn a_paper_comes_out_as_typed() {
    comes_out_as_typed("automerge-paper", 64);
}
