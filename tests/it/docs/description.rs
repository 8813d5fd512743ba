//! A Markdown description as the plain text that the front matter of a page takes.

/// Drops the marks of code and links, and puts a link's address after its text. Paragraphs become lines.
///
/// Other marks are a failure: whoever needs one teaches it here.
pub(super) fn plain(markdown: &str) -> String {
    let paragraphs = markdown.trim().split("\n\n").map(|paragraph| {
        // Code stands at every second place.
        let pieces = paragraph.split('`').enumerate();
        pieces.map(|(place, piece)| if place % 2 == 0 { prose(piece) } else { piece.to_owned() }).collect()
    });
    paragraphs.collect::<Vec<String>>().join("\n")
}

fn prose(text: &str) -> String {
    let Some((before, rest)) = text.split_once('[') else {
        assert!(!text.contains(['*', '_', '<', '&', '\\', '!', '#', ']']), "not plain enough: {text:?}");
        return text.to_owned();
    };
    let (label, rest) = rest.split_once("](").expect("a link");
    let (address, after) = rest.split_once(')').expect("a link");
    format!("{}{label} {address}{}", prose(before), prose(after))
}

#[test]
fn marks_are_dropped_and_addresses_kept() {
    assert_eq!(
        plain("See [the page](https://example.com/a_b), and `*code_`.\n\nMore.\n"),
        "See the page https://example.com/a_b, and *code_.\nMore."
    );
}
