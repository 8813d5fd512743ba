//! The `tracing` layer: collects the fields of an event and of the spans around it.

use std::error::Error;
use std::fmt;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::{LookupSpan, Scope};

use super::line::{Entry, render};
use crate::ambient::Clock;
use crate::causes::with_causes;

/// The prefix of the events that are ours.
const CRATE: &str = env!("CARGO_CRATE_NAME");

/// Writes each event of this crate, down to a level, as one line in one call of `write`.
pub(super) struct JsonLines<W> {
    level: Level,
    clock: &'static dyn Clock,
    write: W,
}

/// Named values. In a span's extensions, those of the span.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl<W: Fn(&[u8])> JsonLines<W> {
    pub(super) fn new(level: Level, clock: &'static dyn Clock, write: W) -> Self {
        Self { level, clock, write }
    }
}

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&[u8]) + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        *metadata.level() <= self.level && metadata.target().starts_with(CRATE)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level.into())
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(Fields(outer)) = span.extensions().get::<Fields>() {
                fields.0.extend(outer.clone());
            }
        }
        let mut own = Fields::default();
        event.record(&mut own);
        let message = own.0.remove("message").map(into_text).unwrap_or_default();
        fields.0.append(&mut own.0);
        (self.write)(&render(Entry {
            level: *event.metadata().level(),
            message,
            module: module(event.metadata().target()),
            timestamp: self.clock.now(),
            fields: fields.0,
        }));
    }
}

/// `provider.` and the path of the module within this crate, in the dotted form of the host's own loggers.
fn module(target: &str) -> String {
    format!("provider{}", target.strip_prefix(CRATE).unwrap_or(target).replace("::", "."))
}

fn into_text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        let name = field.name();
        self.0.insert(name.strip_prefix("r#").unwrap_or(name).to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    /// The error and its causes, in one text.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put(field, with_causes(value));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::registry::Registry;

    use super::*;
    use crate::ambient::FixedClock;

    /// The lines that `act` logs down to `level`, parsed; each is asserted to be one line.
    fn logged(level: Level, act: impl FnOnce()) -> Vec<Value> {
        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&written);
        let clock = Box::leak(Box::new(FixedClock("2026-01-02T03:04:05.6Z".parse().unwrap())));
        let lines = JsonLines::new(level, clock, move |line: &[u8]| sink.lock().unwrap().push(line.to_vec()));
        tracing::subscriber::with_default(Registry::default().with(lines), act);
        let written = written.lock().unwrap();
        written
            .iter()
            .map(|line| {
                assert!(line.len() < 64 << 10);
                assert_eq!(line.iter().position(|&byte| byte == b'\n'), Some(line.len() - 1));
                serde_json::from_slice(line).unwrap()
            })
            .collect()
    }

    fn check(act: impl FnOnce(), expected: &[Value]) {
        assert_eq!(logged(Level::TRACE, act), expected);
    }

    const MODULE: &str = "provider.plugin.log.layer.tests";
    const TIME: &str = "2026-01-02T03:04:05.600000Z";

    #[test]
    fn a_line_has_the_message_level_module_time_and_fields() {
        check(
            || tracing::info!(count = 3, done = true, share = 0.5, who = "me", r#type = ?Some(1), "two\nlines"),
            &[json!({
                "@level": "info", "@message": "two\nlines", "@module": MODULE, "@timestamp": TIME,
                "count": 3, "done": true, "share": 0.5, "who": "me", "type": "Some(1)",
            })],
        );
    }

    #[test]
    fn the_fields_of_the_spans_around_an_event_are_on_its_line() {
        let act = || {
            let outer =
                tracing::info_span!("outer", tf_rpc = "Plan", tf_req_id = tracing::field::Empty).entered();
            outer.record("tf_req_id", "r-1");
            let _inner = tracing::debug_span!("inner", tf_rpc = "inner wins").entered();
            tracing::debug!(page = 2, "listed");
        };
        check(
            act,
            &[json!({
                "@level": "debug", "@message": "listed", "@module": MODULE, "@timestamp": TIME,
                "tf_req_id": "r-1", "tf_rpc": "inner wins", "page": 2,
            })],
        );
    }

    #[test]
    fn no_field_can_stand_in_for_a_reserved_one() {
        let act = || {
            let _span = tracing::info_span!("span", "@timestamp" = 1, message = "of the span").entered();
            tracing::warn!("@level" = 7, "@message" = false, "@module" = 1, "real");
        };
        check(
            act,
            &[json!({
                "@level": "warn", "@message": "real", "@module": MODULE, "@timestamp": TIME,
                "_level": 7, "_message": false, "_module": 1, "_timestamp": 1, "message": "of the span",
            })],
        );
    }

    #[test]
    fn a_message_is_text_even_when_it_is_not_given_as_text() {
        check(
            || tracing::error!(message = 5),
            &[json!({ "@level": "error", "@message": "5", "@module": MODULE, "@timestamp": TIME })],
        );
    }

    #[test]
    fn an_error_is_logged_with_its_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot list")]
        struct Outer(#[source] std::io::Error);
        let error = Outer(std::io::Error::other("reset"));
        let lines = logged(Level::TRACE, || tracing::error!(error = &error as &dyn Error, "failed"));
        assert_eq!(lines[0]["error"], "cannot list: reset");
    }

    #[test]
    fn what_is_below_the_level_or_from_elsewhere_is_not_even_formatted() {
        struct Loud;
        impl fmt::Debug for Loud {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                panic!("formatted")
            }
        }
        let act = || {
            tracing::debug!(value = ?Loud, "too detailed");
            tracing::error!(target: "hyper::client", value = ?Loud, "not ours");
            tracing::info!("ours");
        };
        assert_eq!(logged(Level::INFO, act).len(), 1);
    }
}
