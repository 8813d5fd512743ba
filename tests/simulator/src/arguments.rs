//! The command line of the binary, and the cloud it describes.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use simulator::{Behaviour, Cloud, Order, Rate};

pub(crate) const USAGE: &str = "\
A simulated Tencent Cloud Organization on loopback.

Usage: simulator [flags]

  --listen ADDRESS             where to listen; loopback only (default 127.0.0.1:0, any free port)
  --members N                  members 100000000001, 100000000002, … (default 10)
  --identities N               custom identities 11, 12, …, besides the preset identity 1 (default 5)
  --preset-grants on|off       whether every member carries identity 1 from the start (default on)
  --latency-ms N               how long every reply is held back (default 0)
  --rate N|off                 calls per second and action (default: as documented)
  --order newest|oldest|random:SEED
                               the order of lists (default newest)
  --help                       this text

It accepts the key AKIDsimulator0000000000000000000permanent with the secret simulatorSecretKeyPermanent00000
and answers plain JSON below /_simulator/ (an unknown path there lists the routes).
It ends on SIGINT or SIGTERM.
";

const FIRST_UIN: u64 = 100_000_000_001;
const FIRST_IDENTITY: u64 = 11;

/// What the command line asks for.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) help: bool,
    pub(crate) listen: SocketAddr,
    members: u64,
    identities: u64,
    behaviour: Behaviour,
}

impl Arguments {
    /// Reads the arguments after the program's name; an error names the flag at fault.
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let behaviour = Behaviour { preset_grants: true, ..Behaviour::default() };
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut parsed = Self { help: false, listen, members: 10, identities: 5, behaviour };
        while let Some(flag) = arguments.next() {
            if flag == "--help" {
                parsed.help = true;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{flag} needs a value (see --help)"))?;
            parsed.set(&flag, &value).ok_or_else(|| format!("cannot use {flag} {value} (see --help)"))?;
        }
        Ok(parsed)
    }

    fn set(&mut self, flag: &str, value: &str) -> Option<()> {
        match flag {
            "--listen" => self.listen = value.parse().ok()?,
            "--members" => self.members = value.parse().ok()?,
            "--identities" => self.identities = value.parse().ok()?,
            "--preset-grants" => self.behaviour.preset_grants = switch(value)?,
            "--latency-ms" => self.behaviour.latency = Duration::from_millis(value.parse().ok()?),
            "--rate" => self.behaviour.rate = rate(value)?,
            "--order" => self.behaviour.order = order(value)?,
            _ => return None,
        }
        Some(())
    }

    /// An organization of the size asked for.
    pub(crate) fn cloud(&self) -> Cloud {
        let mut cloud = Cloud::new().with_behaviour(self.behaviour.clone());
        for (number, id) in (1..=self.identities).zip(FIRST_IDENTITY..) {
            cloud.add_identity(id, &format!("identity-{number}"));
        }
        for (number, uin) in (1..=self.members).zip(FIRST_UIN..) {
            cloud.add_member(uin, &format!("member-{number}"));
        }
        cloud
    }
}

fn switch(value: &str) -> Option<bool> {
    match value {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn rate(value: &str) -> Option<Rate> {
    if value == "off" { Some(Rate::Off) } else { value.parse().ok().map(Rate::PerSecond) }
}

fn order(value: &str) -> Option<Order> {
    match value {
        "newest" => Some(Order::NewestFirst),
        "oldest" => Some(Order::OldestFirst),
        _ => value.strip_prefix("random:")?.parse().ok().map(Order::Shuffled),
    }
}
