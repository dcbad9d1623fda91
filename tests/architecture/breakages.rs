//! Ways to break the rules of ARCHITECTURE.md, each in a handful of small files, and that each is noticed.

use crate::{check::check, tree::Sources};

const DOCUMENT: &str = "
| room | may use |
|---|---|
| `catalog` | |
| `model` | `catalog` |
| `dns` | `model` |
| `lib` | `dns` |
| `main` | `lib` |

| file | uses | why the circle stands |
|---|---|---|
| `src/model/world.rs` | `src/model/` | the World holds what its Changes change |
";

const FILES: &[(&str, &str)] = &[
    ("src/main.rs", "fn main() { vpcdns::run() }"),
    ("src/lib.rs", "pub mod catalog; pub mod dns; pub mod model; pub fn run() { dns::serve() }"),
    ("src/catalog/mod.rs", "pub mod region; pub use region::Region;"),
    ("src/catalog/region.rs", "pub struct Region;"),
    ("src/model/mod.rs", "pub mod subnet; pub mod vpc; pub mod world;"),
    ("src/model/subnet.rs", "use super::vpc::Vpc; pub struct Subnet(Vpc);"),
    (
        "src/model/vpc.rs",
        "use crate::catalog::Region; pub struct Vpc(Region); fn of(_: super::world::World) {}",
    ),
    ("src/model/world.rs", "use super::vpc::Vpc; pub struct World(Vpc);"),
    (
        "src/dns/mod.rs",
        "mod socket; pub struct Server(crate::model::world::World); pub fn serve() { socket::bind() }",
    ),
    ("src/dns/socket.rs", "pub(in crate::dns) fn bind() {}"),
];

/// The files, with more text at the end of some, or more files.
fn with(more: &[(&str, &str)]) -> Sources {
    let mut sources: Sources =
        FILES.iter().map(|(path, text)| ((*path).to_owned(), format!("{text}\n"))).collect();
    for (path, text) in more {
        *sources.entry((*path).to_owned()).or_default() += text;
    }
    sources
}

#[track_caller]
fn finds(more: &[(&str, &str)], document: &str, expected: &str) {
    let found = check(&with(more), document);
    assert!(found.iter().any(|it| it.contains(expected)), "not {expected:?} in {found:#?}");
}

/// That what is added to a file of `model` is noticed as a use of `dns`.
#[track_caller]
fn is_a_use_of_dns(text: &str) {
    finds(&[("src/model/vpc.rs", text)], DOCUMENT, "src/model/vpc.rs:2: `model` may not use `dns`");
}

#[track_caller]
fn is_well(more: &[(&str, &str)]) {
    assert_eq!(check(&with(more), DOCUMENT), [""; 0]);
}

#[test]
fn the_files_are_well_as_they_are() {
    is_well(&[]);
}

#[test]
fn a_bare_name_in_a_group() {
    is_a_use_of_dns("use crate::{dns};");
    is_a_use_of_dns("use crate::{catalog::Region as R, dns::{self as d}};");
}

#[test]
fn two_steps_up() {
    is_a_use_of_dns("use super::super::dns::Server;");
    is_a_use_of_dns("mod inside { use super::super::super::dns::Server; }");
}

#[test]
fn after_something_for_tests() {
    is_a_use_of_dns("#[cfg(test)] mod tests {} fn of(_: crate::dns::Server) {}");
    is_a_use_of_dns("#[cfg(not(test))] use crate::dns::Server;");
    is_a_use_of_dns("#[cfg(any(test, unix))] use crate::dns::Server;");
}

#[test]
fn in_a_macro() {
    is_a_use_of_dns("fn port() { println!(\"{}\", crate::dns::serve()) }");
    is_a_use_of_dns("made! { use super::{super::{dns as d}}; }");
    is_a_use_of_dns("macro_rules! made { ($name:ident) => { $crate::dns::serve($name::new()) } }");
    is_a_use_of_dns("fn port() { crate::dns::port!() }");
}

#[test]
fn in_the_body_of_a_function() {
    is_a_use_of_dns("fn port() { <crate::dns::Server as Default>::default(); }");
    is_a_use_of_dns("fn port() { match 1 { 1 => { use crate::dns as d; d::serve() } _ => {} } }");
}

#[test]
fn in_a_pattern_or_a_generic_argument() {
    is_a_use_of_dns("fn port(s: Vec<u8>) { if let crate::dns::Server(_) = s {} }");
    is_a_use_of_dns("fn port() { Vec::<crate::dns::Server>::new(); }");
}

#[test]
fn under_another_name() {
    is_a_use_of_dns("use crate as c; fn port() { c::dns::serve() }");
    is_a_use_of_dns("use super::super as up; type Server = up::dns::Server;");
    is_a_use_of_dns("extern crate self as own; type Server = own::dns::Server;");
}

#[test]
fn by_a_glob() {
    is_a_use_of_dns("use crate::*; fn port() { dns::serve() }");
    is_a_use_of_dns("use crate::dns::*;");
    is_a_use_of_dns("fn port() { use super::super::*; println!(\"{}\", dns::serve()) }");
}

#[test]
fn through_somebody_who_may() {
    let via = [
        ("src/dns/mod.rs", "pub use crate::model as below;"),
        ("src/lib.rs", "use dns::Server as S;"),
    ];
    is_well(&via);
    let uses = [via[1], ("src/model/vpc.rs", "type Server = crate::S;")];
    finds(
        &uses,
        DOCUMENT,
        "src/model/vpc.rs:2: `model` may not use `dns`, but uses crate::dns::Server",
    );
    let parent = [
        ("src/model/mod.rs", "use super::dns as d;"),
        ("src/model/vpc.rs", "type S = super::d::Server;"),
    ];
    finds(
        &parent,
        DOCUMENT,
        "src/model/vpc.rs:2: `model` may not use `dns`, but uses crate::dns::Server",
    );
}

#[test]
fn in_an_attribute() {
    is_a_use_of_dns("struct Text { #[serde(with = \"crate::dns\")] text: String }");
    is_a_use_of_dns("#[derive(crate::dns::Server)] struct Text;");
    is_a_use_of_dns("#[cfg_attr(unix, derive(super::super::dns::Server))] struct Text;");
}

#[test]
fn a_line_that_nobody_uses() {
    let document = DOCUMENT.replace("| `model` | `catalog` |", "| `model` | `catalog`, `dns` |");
    finds(&[], &document, "`model` does not use `dns`");
    let document = DOCUMENT.replace("| `main` |", "| `store` | |\n| `main` |");
    finds(&[], &document, "there is no room `store`");
}

#[test]
fn a_room_without_a_line() {
    let more = [("src/lib.rs", "mod store;"), ("src/store.rs", "use crate::model::vpc::Vpc;")];
    finds(&more, DOCUMENT, "`store` has no line; today it would be | `store` | `model` |");
    let more = [("src/dns/mod.rs", "mod tls;"), ("src/dns/tls/mod.rs", "use super::Server;")];
    finds(&more, DOCUMENT, "`dns/tls` has no line; today it would be | `dns/tls` | `dns` |");
}

#[test]
fn a_new_circle() {
    let more = [("src/model/vpc.rs", "use super::subnet::Subnet;")];
    finds(
        &more,
        DOCUMENT,
        "circle:\n    src/model/subnet.rs:1 uses crate::model::vpc::Vpc\n    src/model/vpc.rs:2",
    );
    let more = [("src/dns/socket.rs", "fn of(_: super::Server) {}")];
    finds(
        &more,
        DOCUMENT,
        "circle:\n    src/dns/mod.rs:1 uses crate::dns::socket::bind\n    src/dns/socket.rs:2",
    );
}

#[test]
fn rooms_in_a_circle() {
    let document = DOCUMENT.replace("| `model` | `catalog` |", "| `model` | `catalog`, `dns` |");
    let more = [("src/model/subnet.rs", "use crate::dns::Server;")];
    finds(&more, &document, "these rooms use each other in a circle: {\"dns\", \"model\"}");
}

#[test]
fn a_circle_that_is_no_more() {
    let line = "| `src/model/subnet.rs` | `src/model/vpc.rs` | it was so |\n";
    finds(&[], &format!("{DOCUMENT}{line}").replace("\n\n\n", "\n"), "no circle needs the line");
    let line = "| `src/model/world.rs` | `src/model/` | |";
    let document = DOCUMENT.replace("the World holds what its Changes change |", "|");
    assert!(document.contains(line));
    finds(&[], &document, "has two files and a reason");
}

#[test]
fn a_file_that_is_not_read() {
    finds(
        &[("src/model/lost.rs", "use crate::dns;")],
        DOCUMENT,
        "src/model/lost.rs: no `mod` leads here",
    );
    finds(&[("src/model/vpc.rs", "mod lost;")], DOCUMENT, "no file for `mod lost`");
    finds(
        &[("src/model/vpc.rs", "#[path = \"../dns/mod.rs\"] mod d;")],
        DOCUMENT,
        "has a path of its own",
    );
    finds(&[("src/model/vpc.rs", "fn fn")], DOCUMENT, "src/model/vpc.rs:2: expected identifier");
}

#[test]
fn a_feature_is_no_path() {
    is_well(&[("src/lib.rs", "#[cfg_attr(feature = \"model\", derive(Clone))] pub struct Text;")]);
}

#[test]
fn what_is_for_tests_is_free() {
    is_well(&[("src/model/vpc.rs", "#[cfg(test)] mod tests { use crate::dns::Server; }")]);
    is_well(&[("src/model/vpc.rs", "#[cfg(all(test, unix))] use crate::dns::Server;")]);
    is_well(&[("src/model/vpc.rs", "impl Vpc { #[cfg(test)] fn of(_: crate::dns::Server) {} }")]);
    is_well(&[("src/model/vpc.rs", "fn port() { #[cfg(test)] crate::dns::serve(); }")]);
    is_well(&[("src/model/vpc.rs", "#[cfg_attr(test, derive(crate::dns::Made))] struct Text;")]);
    is_well(&[
        ("src/model/vpc.rs", "#[cfg(test)] mod tests;"),
        ("src/model/vpc/tests.rs", "mod more; use crate::dns::Server;"),
        ("src/model/vpc/tests/more.rs", "use crate::dns::Server;"),
    ]);
}

#[test]
fn what_is_no_use_is_free() {
    is_well(&[(
        "src/model/vpc.rs",
        "/// [`Server`](crate::dns::Server)\n// crate::dns\npub struct Text;",
    )]);
    is_well(&[("src/model/vpc.rs", "fn text() -> &'static str { \"crate::dns::Server\" }")]);
    is_well(&[(
        "src/model/vpc.rs",
        "fn text() { let dns = 1; println!(\"{}\", dns.vpcdns::<u8>()) }",
    )]);
    // A function may have the name of a module.
    is_well(&[
        ("src/model/mod.rs", "pub use world::vpc;"),
        ("src/model/subnet.rs", "use super::Second;"),
        ("src/model/vpc.rs", "fn of() { super::Third::new() }"),
        ("src/model/world.rs", "pub fn vpc() {}"),
        ("src/model/mod.rs", "pub use vpc::{Vpc as Second, Vpc as Third};"),
    ]);
    is_well(&[("src/model/mod.rs", "fn of(world: u8) { let vpc = world; vpc.run() }")]);
}
