//! Short texts that people write: durations, numbers, endpoints, domains, proxies, credentials, labels,
//! arguments.

use std::ffi::OsString;
use std::sync::Arc;

use fastrand::Rng;
use support::transport::settings;
use terraform_provider_tencentcloud::ambient::{FixedEnv, SystemClock};
use terraform_provider_tencentcloud::cloud::{
    Agent, Client, Credentials, Endpoint, Product, Protocol, Settings,
};
use terraform_provider_tencentcloud::framework::diagnostic::Diagnostics;
use terraform_provider_tencentcloud::framework::model::Model;
use terraform_provider_tencentcloud::framework::path::Path;
use terraform_provider_tencentcloud::framework::timeouts::{Operation, Timeouts, render_duration};
use terraform_provider_tencentcloud::framework::value::{DIGITS_MAX, Field, Number};
use terraform_provider_tencentcloud::plugin::command::Command;

use super::{Target, coarse, split};
use crate::values::any_number;

/// An input is the kind of text in the first line, and the text.
pub(crate) struct Texts;

const SAMPLES: &[(&str, &[&str])] = &[
    (
        "duration",
        &["20m", "1h30m", "1.5s", "90s", "100ms", "5µs", "7ns", "2540400h10m10s", "0", "-1s", ".5h", "+1h"],
    ),
    (
        "number",
        &["0", "-1.50", "1e3", "25e-2", "9007199254740993", "123456789012345678901234567890", "1e4095"],
    ),
    (
        "endpoint",
        &[
            "https://organization.example.com",
            "http://127.0.0.1:80/",
            "http://[::1]:8080/x",
            "https://a@b/?c#d",
        ],
    ),
    ("domain", &["intl.tencentcloudapi.com", "localhost", "a.b-c"]),
    ("protocol", &["HTTPS", "http"]),
    ("proxy", &["http://127.0.0.1:3128", "proxy:80", "https://user:pass@proxy"]),
    ("credentials", &["AKIDexample", " key\n", "tok/en+="]),
    ("agent", &["ci/7", "Team-A; v1", "a\r\nb: c"]),
    ("arguments", &["--version", "--debug --address ns/foo", "--address=", "-h"]),
];

impl Target for Texts {
    fn name(&self) -> &'static str {
        "texts"
    }

    fn fresh(&self, random: &mut Rng) -> Vec<u8> {
        let (kind, samples) = SAMPLES[random.usize(..SAMPLES.len())];
        let text = match kind {
            "number" if random.bool() => any_number(random).to_string(),
            "duration" => (0..random.u8(1..4)).map(|_| samples[random.usize(..samples.len())]).collect(),
            _ => samples[random.usize(..samples.len())].to_owned(),
        };
        format!("{kind}\n{text}").into_bytes()
    }

    fn run(&mut self, input: &[u8]) -> String {
        let (kind, text) = split(input);
        let text = &*String::from_utf8_lossy(text);
        let outcome = match kind {
            b"duration" => duration(text),
            b"number" => number(text),
            b"endpoint" => endpoint(Endpoint::parse(text)),
            b"domain" => endpoint(Endpoint::under(text, Product::Organization, Protocol::Https)),
            b"protocol" => text.parse::<Protocol>().is_ok().to_string(),
            b"proxy" => proxy(text),
            b"credentials" => credentials(text),
            b"agent" => agent(text),
            b"arguments" => {
                let words = text.split_whitespace().map(OsString::from);
                let parsed = Command::parse(words, "name").map_err(|misuse| misuse.to_string());
                format!("{parsed:?}").chars().take(24).collect()
            }
            _ => return "no such kind".to_owned(),
        };
        format!("{} {}", kind.escape_ascii(), coarse(&outcome))
    }

    /// Most of it is the message, which repeats the text with every character escaped.
    fn allocation_max(&self, input: &[u8]) -> usize {
        (256 << 10) + 128 * input.len()
    }

    fn input_bytes_max(&self) -> usize {
        8 << 10
    }
}

fn duration(text: &str) -> String {
    let read = |text: &str| {
        let timeouts = Timeouts { read: Field::Known(text.to_owned()), ..Timeouts::default() };
        let mut report = Diagnostics::new();
        timeouts.validate(Some(&Path::attribute("timeouts")), &mut report);
        (timeouts.limit(Operation::Read), report)
    };
    let (limit, report) = read(text);
    if let Some(error) = report.iter().next() {
        assert_eq!(limit, Timeouts::default().limit(Operation::Read), "what is refused is not used");
        return error.detail.rsplit(':').next().unwrap_or_default().to_owned();
    }
    assert!(!limit.is_zero() && limit.as_nanos() <= i64::MAX.unsigned_abs().into(), "{limit:?}");
    let rendered = render_duration(limit);
    assert_eq!(read(&rendered).0, limit, "what is written is read the same: {rendered}");
    format!("{}", limit.as_nanos().ilog2())
}

fn number(text: &str) -> String {
    let number: Number = match text.parse() {
        Ok(number) => number,
        Err(error) => return format!("{error:?}"),
    };
    let written = number.to_string();
    assert!(i64::try_from(written.len()).unwrap() <= 2 * DIGITS_MAX + 3, "{} digits", written.len());
    assert_eq!(written.parse().as_ref(), Ok(&number), "a number survives the way there and back");
    assert!(number.to_i64().is_none_or(|integer| Number::from(integer) == number));
    assert!(number.to_u64().is_none_or(|integer| Number::from(integer) == number));
    assert!(!number.is_negative() || number < Number::from(0_u64));
    format!("{} {} {}", number.is_integer(), number.is_negative(), written.len().min(80))
}

fn endpoint<E: std::fmt::Display>(endpoint: Result<Endpoint, E>) -> String {
    match endpoint {
        Ok(endpoint) => {
            assert!(endpoint.host().bytes().all(|byte| byte.is_ascii_graphic()), "{:?}", endpoint.host());
            format!("{} {}", endpoint.is_plain_http(), endpoint.is_loopback())
        }
        Err(error) => error.to_string().chars().take(24).collect(),
    }
}

fn proxy(text: &str) -> String {
    let env = FixedEnv::from_iter([("HTTPS_PROXY", text), ("NO_PROXY", text)]);
    let settings = Settings {
        credentials: Credentials::new("AKID", "key".into(), None).unwrap().into(),
        region: Some(text.to_owned()),
        ..settings()
    };
    let regional = Client::new(settings.clone(), Arc::new(SystemClock), &env).map(drop);
    let client = Client::new(Settings { region: None, ..settings }, Arc::new(SystemClock), &env).map(drop);
    format!("{regional:?} {client:?}")
}

fn credentials(text: &str) -> String {
    match Credentials::new(text, text.into(), Some(text.into())) {
        Ok(credentials) => {
            let (id, shown) = (text.trim(), format!("{credentials:?}"));
            assert!(id.len() < 32 || !shown.contains(id), "{shown}");
            "usable".to_owned()
        }
        Err(error) => format!("{error:?}"),
    }
}

fn agent(text: &str) -> String {
    let agent = Agent::new(text, text);
    let printable = |text: &str| text.chars().all(|character| (' '..='~').contains(&character));
    assert!(printable(agent.user_agent()) && printable(agent.request_client()), "{agent:?}");
    format!("{}", agent.request_client().len())
}
