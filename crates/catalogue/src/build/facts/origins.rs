//! Origins of facts: each document that facts were read from becomes one row, with an id that people can read.

use super::mapping::Mappings;
use super::recipe::matches;
use crate::build::tables::Tables;
use crate::package::{Row, sha256};
use crate::schema::Schema;
use std::collections::{BTreeMap, BTreeSet};

/// Longest id before the hash.
const LONGEST: usize = 56;

/// A document as facts name it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Document {
    /// Title as printed.
    pub title: String,
    /// Address, empty if none is known.
    pub url: String,
    /// Date as printed.
    pub date: String,
    /// Publisher where the title and address do not tell it.
    pub producer: String,
    /// Whether the figure was read second-hand.
    pub secondary: bool,
}

impl Document {
    /// Puts a document together from what a row prints; corrections and the rule for second-hand sources are mapping
    /// tables.
    pub fn new(title: &str, url: &str, date: &str, mappings: &Mappings) -> Self {
        let url =
            url.split_whitespace().map(|word| word.trim_end_matches([';', ','])).find(|word| word.starts_with("http"));
        let mut document = Self {
            title: title.to_owned(),
            url: url.unwrap_or("").to_owned(),
            date: date.to_owned(),
            producer: String::new(),
            secondary: false,
        };
        if let Some(corrected) = mappings.get("titles").and_then(|titles| titles.row(title)) {
            for (column, text) in corrected.filter(|(_, text)| !text.is_empty()) {
                match column {
                    "title" => document.title = text.to_owned(),
                    "url" => document.url = text.to_owned(),
                    "producer" => document.producer = text.to_owned(),
                    _ => {}
                }
            }
        }
        document.secondary = is_secondary(title, &document.url, mappings);
        if document.producer.is_empty() {
            document.producer = host(&document.url).to_owned();
        }
        if document.producer.is_empty() {
            document.producer = document.title.clone();
        }
        document
    }

    /// What tells it from other documents.
    fn place(&self) -> [&str; 3] {
        [&self.title, &self.url, &self.date]
    }
}

/// Whether a title read at an address is second-hand: a row of `secondary.csv` that fits decides, an exception before
/// the rest. A row fits if its pattern fits the title and the address is none of the publisher's own. What no row fits
/// is second-hand if `reposting_hosts.csv` lists the host.
fn is_secondary(title: &str, url: &str, mappings: &Mappings) -> bool {
    let Some(rules) = mappings.get("secondary") else { return false };
    let host = host(url);
    let reposts = mappings.get("reposting_hosts").is_some_and(|hosts| hosts.cell(host, None).is_some());
    let own = |hosts: &str| {
        hosts.split('|').any(|own| !own.is_empty() && (host == own || host.ends_with(&format!(".{own}"))))
    };
    let mut fitting: Vec<&[String]> =
        rules.rows().filter(|row| row.len() >= 3 && matches(&row[0], title) && !own(&row[1])).collect();
    // A checked exception says no and comes before every rule that says yes.
    fitting.sort_by_key(|row| row[2] != "no");
    fitting.first().map_or(reposts, |row| row[2] == "yes")
}

/// The host of an address without `www.`; empty if there is none.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or("");
    host.strip_prefix("www.").unwrap_or(host)
}

/// Gives each document an id and adds it to table `origins`. The id is made from the title; a short hash of title,
/// address and date is added where two documents would share it, so no id depends on the order of the facts.
pub(super) fn add(documents: &BTreeSet<Document>, tables: &mut Tables) -> BTreeMap<Document, String> {
    let Some(schema) = Schema::of("origins") else { return BTreeMap::new() };
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for row in tables.rows("origins") {
        *taken.entry(row.text("origin")).or_default() += 1;
    }
    // The same document may be named in two ways, of which one says that it was read second-hand.
    let mut distinct: BTreeMap<[&str; 3], (&Document, bool)> = BTreeMap::new();
    for document in documents {
        let place = distinct.entry(document.place()).or_insert((document, false));
        place.1 |= document.secondary;
    }
    for (document, _) in distinct.values() {
        *taken.entry(slug(&document.title)).or_default() += 1;
    }
    let mut named = BTreeMap::new();
    for (place, (document, secondary)) in &distinct {
        let mut id = slug(&document.title);
        if taken.get(&id).is_some_and(|count| *count > 1) {
            id = format!("{id}-{}", sha256(place.join("\n").as_bytes()).get(..6).unwrap_or(""));
        }
        let mut row = Row::new(schema);
        row.set("origin", id.as_str());
        row.set("producer", document.producer.as_str());
        row.set("title", document.title.as_str());
        row.set("url", document.url.as_str());
        row.set("date", document.date.as_str());
        row.set("licence", "facts");
        row.set("redistributable", "facts");
        row.set("secondary", if *secondary { "yes" } else { "no" });
        tables.push(row);
        named.insert(*place, id);
    }
    let id = |document: &Document| named.get(&document.place()).cloned().unwrap_or_default();
    documents.iter().map(|document| (document.clone(), id(document))).collect()
}

/// A lower-case id from a title, cut at a word.
fn slug(title: &str) -> String {
    let mut id = String::new();
    for character in title.chars() {
        match character {
            'a'..='z' | '0'..='9' => id.push(character),
            'A'..='Z' => id.push(character.to_ascii_lowercase()),
            '\'' | '\u{2019}' => {}
            _ if id.ends_with('-') || id.is_empty() => {}
            _ => id.push('-'),
        }
    }
    if id.len() > LONGEST {
        let cut = id[..LONGEST].rfind('-').unwrap_or(LONGEST);
        id.truncate(cut);
    }
    let id = id.trim_end_matches('-');
    if id.is_empty() { "document".to_owned() } else { id.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;
    use crate::report::Report;

    fn mappings() -> Mappings {
        let mut mappings = Mappings::default();
        let mut report = Report::new();
        let secondary = b"title,hosts,secondary,why\n*copy)*,,yes,copy\n*(Reuters*,reuters.com,yes,agency elsewhere\n\
                          Tables kept by the agency (copy),,no,checked\n";
        mappings.add("secondary", Input::from_bytes("secondary.csv", secondary), &mut report);
        mappings.add("reposting_hosts", Input::from_bytes("hosts.csv", b"host,why\ndocslib.org,copies\n"), &mut report);
        let titles = b"printed,title,url,producer\nX (local copy),X,https://example.org/x,Ministry\n";
        mappings.add("titles", Input::from_bytes("titles.csv", titles), &mut report);
        assert!(report.is_empty());
        mappings
    }

    #[test]
    fn a_story_read_elsewhere_than_at_its_agency_is_second_hand() {
        let mappings = mappings();
        let secondary = |title: &str, url: &str| Document::new(title, url, "", &mappings).secondary;
        assert!(secondary("China limits graphite (Reuters)", "https://wtvbam.com/1"));
        assert!(!secondary("China limits graphite (Reuters)", "https://uk.reuters.com/1"));
        assert!(secondary("Material flow (2015 copy)", "https://expydoc.com/1"));
        assert!(!secondary("Tables kept by the agency (copy)", ""), "an exception comes first");
        assert!(!secondary("Annual report", "https://example.org"));
        assert!(secondary("Annual report", "https://www.docslib.org/1"), "a host of copies");
    }

    #[test]
    fn addresses_are_found_and_corrected() {
        let document =
            Document::new("Notice", "http://www.hmao2.com/x?key=1 (repost); https://b.org", "2023", &mappings());
        assert_eq!((document.url.as_str(), document.producer.as_str()), ("http://www.hmao2.com/x?key=1", "hmao2.com"));
        assert_eq!(Document::new("Talk", "background/000", "", &mappings()).url, "");
        let document = Document::new("X (local copy)", "", "", &mappings());
        assert_eq!((document.title.as_str(), document.producer.as_str()), ("X", "Ministry"));
    }

    #[test]
    fn ids_are_readable_and_differ_whatever_the_order() {
        let mappings = mappings();
        let one = Document::new("Rare earths: China's quota (TMR)", "https://a.org", "2011", &mappings);
        let two = Document::new("Rare earths: China's quota (TMR)", "https://b.org", "2011", &mappings);
        let mut tables = Tables::new();
        let ids = add(&BTreeSet::from([one.clone()]), &mut tables);
        assert_eq!(ids[&one], "rare-earths-chinas-quota-tmr");
        let mut tables = Tables::new();
        let ids = add(&BTreeSet::from([one.clone(), two.clone()]), &mut tables);
        assert_ne!(ids[&one], ids[&two]);
        assert!(ids[&one].starts_with("rare-earths-chinas-quota-tmr-") && ids[&one].len() == 28 + 7);
        assert_eq!(tables.rows("origins").len(), 2);
        assert_eq!(slug("希土類"), "document");
        assert!(slug(&"word ".repeat(40)).len() <= LONGEST);
    }
}
