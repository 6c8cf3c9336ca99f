//! `share-<party>.txt` and `seed.txt`: how everybody's secrets and the public values become one seed.

use crate::commit::text_of;
use crate::encoding::{Code, Digest, lines, require_verifier_text};
use crate::plan::Plan;
use crate::{Files, Reason, Refused, Result, Suite};

/// Name of the file.
pub const SEED: &str = "seed.txt";

/// A share: 32 random bytes of one party for one commitment. Not printed, not compared in haste.
#[derive(Clone, PartialEq, Eq)]
pub struct Share(Digest);

impl Share {
    /// Takes the bytes.
    pub fn new(bytes: [u8; 32]) -> Share {
        Share(Digest(bytes))
    }

    /// Reads 64 lower-case hexadecimal characters.
    pub fn parse(text: &[u8]) -> Option<Share> {
        Digest::parse(text).map(Share)
    }

    /// The 64 characters. Whoever calls this publishes the share or keeps it safe.
    pub fn reveal(&self) -> String {
        self.0.hex()
    }
}

impl std::fmt::Debug for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Share(..)")
    }
}

/// The bytes of `share-<party>.txt`.
pub fn share_text(commit: &Digest, party: &Code, share: &Share) -> Vec<u8> {
    format!("DSJ1/share\ncommit={commit}\nparty={party}\nshare={}\n", share.0).into_bytes()
}

/// Reads `share-<party>.txt`; commitment and party must be the ones expected.
pub fn parse_share(file: &str, text: &[u8], commit: &Digest, party: &Code) -> Result<Share> {
    require_verifier_text(file, text)?;
    let rows: Vec<_> = lines(file, text).collect();
    let value = |number: usize, key: &str| {
        let refuse = || Refused::at(file, number + 1, 1, Reason::ShareForm).with(key);
        rows.get(number).and_then(|line| line.bytes.strip_prefix(key.as_bytes())).ok_or_else(refuse)
    };
    if rows.len() != 4 || !value(0, "DSJ1/share")?.is_empty() {
        return Err(Refused::at(file, 1, 1, Reason::ShareForm));
    }
    if value(1, "commit=")? != commit.hex_bytes() {
        return Err(Refused::at(file, 2, 8, Reason::ShareCommit).with(commit));
    }
    if value(2, "party=")? != party.as_bytes() {
        return Err(Refused::at(file, 3, 7, Reason::ShareParty).with(party));
    }
    Share::parse(value(3, "share=")?).ok_or_else(|| Refused::at(file, 4, 7, Reason::ShareForm))
}

/// Everything the seed is made of: shares in the plan's order (parties, then escrow), public values in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entropy {
    /// One share of each party and holder.
    pub shares: Vec<(Code, Share)>,
    /// The public values, as strings.
    pub public: Vec<String>,
}

impl Entropy {
    /// Refuses whatever the plan does not ask for: parties, order, forms.
    pub fn require(&self, plan: &Plan) -> Result<()> {
        let wanted: Vec<&Code> = plan.share_holders().collect();
        for (place, (party, share)) in self.shares.iter().enumerate() {
            if wanted.get(place).is_none_or(|wanted| *wanted != party) {
                return Err(Refused::at(SEED, place + 3, 7, Reason::ShareParty).with(party));
            }
            if self.shares.iter().take(place).any(|(_, other)| other == share) {
                let column = 8 + party.as_str().len();
                return Err(Refused::at(SEED, place + 3, column, Reason::ShareEqual).with(party));
            }
        }
        if self.shares.len() != wanted.len() {
            return Err(Refused::at(SEED, self.shares.len() + 3, 1, Reason::ShareMissing));
        }
        for (place, value) in self.public.iter().enumerate() {
            let line = self.shares.len() + place + 3;
            let Some(source) = plan.entropy.get(place) else {
                return Err(Refused::at(SEED, line, 1, Reason::EntropyIndex));
            };
            if !source.kind.accepts(value.as_bytes()) {
                let column = format!("public={}:", place + 1).len() + 1;
                return Err(Refused::at(SEED, line, column, Reason::EntropyForm).with(value));
            }
        }
        if self.public.len() != plan.entropy.len() {
            let line = self.shares.len() + self.public.len() + 3;
            return Err(Refused::at(SEED, line, 1, Reason::EntropyMissing));
        }
        Ok(())
    }

    /// The bytes of `seed.txt`.
    pub fn text(&self, commit: &Digest) -> Vec<u8> {
        let mut text = format!("DSJ1/seed\ncommit={commit}\n");
        for (party, share) in &self.shares {
            text += &format!("share={party}:{}\n", share.0);
        }
        for (place, value) in self.public.iter().enumerate() {
            text += &format!("public={}:{value}\n", place + 1);
        }
        text.into_bytes()
    }

    /// Reads `seed.txt`; everything must be as the plan asks.
    pub fn parse(text: &[u8], plan: &Plan, commit: &Digest) -> Result<Entropy> {
        require_verifier_text(SEED, text)?;
        let (mut shares, mut public) = (Vec::new(), Vec::new());
        for line in lines(SEED, text) {
            let refuse = |column| Refused::at(SEED, line.number, column, Reason::FileForm);
            match line.number {
                1 if line.bytes == b"DSJ1/seed" => continue,
                2 if line.bytes == format!("commit={commit}").as_bytes() => continue,
                2 => return Err(Refused::at(SEED, 2, 8, Reason::ShareCommit).with(commit)),
                1 => return Err(refuse(1)),
                _ => {}
            }
            let text = std::str::from_utf8(line.bytes).map_err(|_| refuse(1))?;
            if let Some((party, share)) = text.strip_prefix("share=").and_then(|rest| rest.split_once(':')) {
                let party = Code::parse(party.as_bytes()).ok_or_else(|| refuse(7))?;
                let share = Share::parse(share.as_bytes()).ok_or_else(|| refuse(8 + party.as_str().len()))?;
                shares.push((party, share));
                continue;
            }
            let prefix = format!("public={}:", public.len() + 1);
            public.push(text.strip_prefix(&prefix).ok_or_else(|| refuse(1))?.to_owned());
        }
        let entropy = Entropy { shares, public };
        entropy.require(plan)?;
        match difference(&entropy.text(commit), text) {
            None => Ok(entropy),
            Some((line, column)) => Err(Refused::at(SEED, line, column, Reason::FileForm)),
        }
    }

    /// The seed.
    pub fn seed(&self, suite: Suite, commit: &Digest) -> Digest {
        suite.hash(&self.text(commit))
    }
}

/// Shares from their files, in the plan's order.
pub fn shares_from_files(plan: &Plan, commit: &Digest, files: &Files) -> Result<Vec<(Code, Share)>> {
    let share = |party: &Code| {
        let file = format!("share-{party}.txt");
        Ok((party.clone(), parse_share(&file, text_of(files, &file)?, commit, party)?))
    };
    plan.share_holders().map(share).collect()
}

/// Line and column, from 1, of the first differing byte, or of the end of the shorter text.
pub fn difference(expected: &[u8], found: &[u8]) -> Option<(usize, usize)> {
    if expected == found {
        return None;
    }
    let offset = expected.iter().zip(found).take_while(|(a, b)| a == b).count();
    let before = found.get(..offset).unwrap_or(found);
    let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|&&byte| byte != b'\n').count();
    Some((line, column))
}
