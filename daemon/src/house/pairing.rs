//! Decides how an offer to pair is followed: its code, its end, and who it made a partner.

use std::net::SocketAddr;
use std::time::Duration;

use rounds_crdt::replica::CommitId;
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::answers::{ANSWER_SCHEMA, OfferAnswer, OfferState, PersonAnswer};
use super::keeper::Keeper;
use super::{House, Trouble, TroubleCode};
use crate::network::{OfferUpdate, PairingError};

/// Offers that are remembered after their end, for whoever asks late.
const OFFERS_MAX: usize = 16;

/// How long an offer may stay open at most: long enough to walk to the next building, short enough to be forgotten.
pub const OFFER_AT_MOST: Duration = Duration::from_secs(15 * 60);

/// An offer as it is followed.
pub(super) struct OpenOffer {
    state: watch::Receiver<OfferAnswer>,
    close: CancellationToken,
}

impl House {
    /// Opens pairing under a fresh code.
    pub async fn offer_pairing(&self, timeout: Duration) -> Result<OfferAnswer, Trouble> {
        let timeout = timeout.min(OFFER_AT_MOST);
        let (name, card) = self.call(|keeper| Ok((keeper.name_of(&keeper.person), keeper.card()))).await?;
        let mut offer = self.network.offer(name, card, timeout).await.map_err(pairing_trouble)?;
        let addresses = offer.addresses.iter().map(SocketAddr::to_string).collect();
        let (code, house) = (offer.code.clone(), self.clone());
        let close = CancellationToken::new();
        let closing = close.clone();
        let (sender, answer) = self
            .call(move |keeper| {
                let number = keeper.next_offer;
                keeper.next_offer += 1;
                let answer = OfferAnswer {
                    schema: ANSWER_SCHEMA,
                    offer: number,
                    state: OfferState::Open,
                    code,
                    addresses,
                    person: None,
                    reason: None,
                };
                let (sender, state) = watch::channel(answer.clone());
                keeper.offers.insert(number, OpenOffer { state, close });
                while keeper.offers.len() > OFFERS_MAX {
                    keeper.offers.pop_first();
                }
                Ok((sender, answer))
            })
            .await?;
        tokio::spawn(async move {
            loop {
                let update = tokio::select! {
                    update = offer.updates.recv() => update,
                    () = closing.cancelled() => None,
                };
                match update {
                    Some(OfferUpdate::NewCode(code)) => sender.send_modify(|answer| answer.code = code),
                    Some(OfferUpdate::Paired { device, card }) => {
                        let person = house.newcomer(device, card).await;
                        let person = house.kept(device).await.and(person);
                        sender.send_modify(|answer| match person {
                            Ok(person) => {
                                answer.state = OfferState::Paired;
                                answer.person = Some(person);
                            }
                            Err(trouble) => close_with(answer, trouble.message),
                        });
                        return;
                    }
                    Some(OfferUpdate::Closed(error)) => {
                        return sender.send_modify(|answer| close_with(answer, error.to_string()));
                    }
                    None => return sender.send_modify(|answer| close_with(answer, "the offer was closed".into())),
                }
            }
        });
        Ok(answer)
    }

    /// Where an offer stands; waits for news up to `wait` while it is open.
    pub async fn pairing_offer(&self, offer: u64, wait: Duration) -> Result<OfferAnswer, Trouble> {
        let mut state = self.call(move |keeper| Ok(keeper.offer(offer)?.state.clone())).await?;
        let before = state.borrow_and_update().clone();
        if before.state == OfferState::Open && !wait.is_zero() {
            let _ = tokio::time::timeout(wait, state.changed()).await; // no news is an answer too
        }
        let answer = state.borrow().clone();
        Ok(answer)
    }

    /// Closes an offer.
    pub async fn close_offer(&self, offer: u64) -> Result<(), Trouble> {
        self.call(move |keeper| {
            keeper.offer(offer)?.close.cancel();
            Ok(())
        })
        .await
    }

    /// Accepts the offer that a partner reads out.
    pub async fn accept_pairing(
        &self,
        code: String,
        at: Option<SocketAddr>,
        timeout: Duration,
    ) -> Result<PersonAnswer, Trouble> {
        let card = self.call(|keeper| Ok(keeper.card())).await?;
        let peer = self.network.accept(&code, at, card, timeout.min(OFFER_AT_MOST)).await.map_err(pairing_trouble)?;
        let (device, card, key, address) = (peer.device, peer.card.clone(), peer.pairwise_key, peer.address);
        let person = self.newcomer(device, card.clone()).await?;
        let commit = self
            .call(move |keeper| {
                keeper.paired(device, &card, key, address);
                Ok(keeper.last_commit())
            })
            .await?;
        self.saved(commit).await?;
        Ok(person)
    }

    /// Waits until the keeper has taken in a new partner's device, durably.
    async fn kept(&self, device: rounds_crdt::ids::DeviceId) -> Result<(), Trouble> {
        let (caller, kept) = oneshot::channel();
        self.call(move |keeper| {
            keeper.tell_when_known(device, caller);
            Ok(())
        })
        .await?;
        let commit = kept.await.map_err(|_| Trouble::new(TroubleCode::Unavailable, "the daemon is stopping"))?;
        self.saved(commit).await
    }

    async fn newcomer(&self, device: rounds_crdt::ids::DeviceId, card: Vec<u8>) -> Result<PersonAnswer, Trouble> {
        let cert = Keeper::read_card(&card, device)
            .ok_or_else(|| Trouble::new(TroubleCode::Refused, "the other computer could not prove whose it is"))?;
        Ok(PersonAnswer { id: cert.person, name: cert.name })
    }
}

impl Keeper {
    /// Tells the commit that holds a partner's device, now or once pairing has brought it.
    fn tell_when_known(&mut self, device: rounds_crdt::ids::DeviceId, caller: oneshot::Sender<CommitId>) {
        if self.known.contains_key(&device) {
            let _ = caller.send(self.last_commit()); // the caller may have gone away
        } else {
            self.newcomers.insert(device, caller);
        }
    }

    fn offer(&self, offer: u64) -> Result<&OpenOffer, Trouble> {
        self.offers
            .get(&offer)
            .ok_or_else(|| Trouble::new(TroubleCode::NotFound, "there is no such offer").hint("rounds pair offer"))
    }
}

fn close_with(answer: &mut OfferAnswer, reason: String) {
    answer.state = OfferState::Closed;
    answer.reason = Some(reason);
}

fn pairing_trouble(error: PairingError) -> Trouble {
    let message = error.to_string();
    let (code, hint) = match error {
        PairingError::BadCode | PairingError::CardTooLarge => {
            (TroubleCode::BadRequest, "rounds pair accept 42-381-5096")
        }
        PairingError::WrongCode | PairingError::TooManyFailures => {
            (TroubleCode::WrongCode, "ask for the code that is shown now, and try again")
        }
        PairingError::NobodyOffering => (
            TroubleCode::NobodyReachable,
            "on the other computer: rounds pair offer; if the network hides computers: rounds pair accept CODE --at ADDRESS",
        ),
        PairingError::Unreachable | PairingError::Interrupted => (
            TroubleCode::NobodyReachable,
            "check that both computers are on one network, then try again; rounds status",
        ),
        PairingError::TimedOut => (TroubleCode::TimedOut, "rounds pair offer"),
        PairingError::Replaced | PairingError::Ourselves => (TroubleCode::Conflict, "rounds pair offer"),
        PairingError::Stopped => (TroubleCode::Unavailable, "rounds run"),
    };
    Trouble::new(code, message).hint(hint)
}
