//! Decides nothing: shows that whoever sends whatever while pairing is open is turned away, at the cost of one code at most.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures::io::Cursor;
use proptest::prelude::*;

use super::super::transport::keypair;
use super::*;
use crate::strangers::nearly;

/// A stranger who says what was prepared, whatever is answered, and then hangs up.
struct Stranger {
    says: Cursor<Vec<u8>>,
    hears: Vec<u8>,
}

impl Stranger {
    fn who_says(bytes: &[u8]) -> Self {
        Self { says: Cursor::new(bytes.to_vec()), hears: Vec::new() }
    }
}

impl AsyncRead for Stranger {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.says).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stranger {
    fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.hears.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn bringing(me: u8, them: u8) -> Bringing {
    let peer = |seed: u8| keypair([seed; 32]).expect("a key").public().to_peer_id();
    Bringing { me: peer(me), them: peer(them), ports: Ports::default(), card: b"a card".to_vec() }
}

/// Runs what never waits for anybody.
fn at_once<T>(work: impl Future<Output = T>) -> T {
    futures::executor::block_on(work)
}

fn message(bytes: &[u8]) -> Vec<u8> {
    let mut stranger = Stranger::who_says(b"");
    at_once(write(&mut stranger, &[bytes])).expect("it is taken down");
    stranger.hears
}

/// What an honest accepter and an honest offerer would say of a code, up to where the other would have to answer rightly,
/// and a guess at the rest.
fn honest_words(code: &Code) -> [Vec<u8>; 2] {
    let mut accepter = Stranger::who_says(b"");
    let unheard = at_once(accept_side(&mut accepter, code, bringing(2, 1)));
    assert_eq!(unheard.err(), Some(PairingError::NobodyOffering));
    let desk = Desk { code: code.clone(), generation: 0, failures: 0, claimed: false };
    let mut claim = Claim { desk: Arc::new(Mutex::new(desk)), held: false };
    let mut offerer = Stranger::who_says(&accepter.hears);
    at_once(offer_side(&mut offerer, &mut claim, bringing(1, 2))).expect_err("it hangs up");
    let confirmed = message(&[&[CONFIRMED][..], &[7; CONFIRMATION_BYTES], &[9; 60]].concat());
    let accepted = [accepter.hears, message(&[7; CONFIRMATION_BYTES]), message(&[9; 60])].concat();
    [accepted, [offerer.hears, confirmed, message(&[DONE])].concat()]
}

fn code() -> Code {
    Code::parse("07-381-5096").expect("a code")
}

proptest! {
    #[test]
    fn an_offerer_who_hears_anything_pairs_with_nobody(said in nearly(honest_words(&code()).into())) {
        let desk = Desk { code: code(), generation: 0, failures: 0, claimed: false };
        let mut claim = Claim { desk: Arc::new(Mutex::new(desk)), held: false };
        let served = at_once(offer_side(&mut Stranger::who_says(&said), &mut claim, bringing(1, 2)));
        prop_assert!(!matches!(served, Ok(Served::Paired(_))));
        let desk = claim.desk();
        prop_assert!(desk.failures <= 1 && !desk.claimed, "{desk:?}");
    }

    #[test]
    fn an_accepter_who_hears_anything_pairs_with_nobody(said in nearly(honest_words(&code()).into())) {
        let accepted = at_once(accept_side(&mut Stranger::who_says(&said), &code(), bringing(2, 1)));
        prop_assert!(accepted.is_err());
    }

    #[test]
    fn whoever_knows_the_code_brings_a_card_within_its_bound_or_nothing(
        plain in nearly(vec![vec![0; 40], vec![7; CARD_BYTES_MAX + 4]])
    ) {
        let keys = Keys::derive(b"shared", &[b"a", b"b"]);
        let cipher = keys.cipher(SEAL_A).expect("a cipher");
        let sealed = cipher.encrypt(&Nonce::from([0; 12]), plain.as_slice()).expect("sealed");
        match keys.open(SEAL_A, &sealed, &bringing(1, 2).them) {
            Ok(exchanged) => prop_assert!(exchanged.card.len() <= CARD_BYTES_MAX && plain.ends_with(&exchanged.card)),
            Err(_) => prop_assert!(plain.len() < 4 || plain.len() > CARD_BYTES_MAX + 4),
        }
    }

    #[test]
    fn whatever_is_typed_is_a_code_or_is_none(typed in any::<String>()) {
        if let Ok(code) = Code::parse(&typed) {
            prop_assert_eq!(Code::parse(&code.text()), Ok(code));
        }
    }
}
