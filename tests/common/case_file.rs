//! The form of a case file. What its lines mean is in `tests/cases/README.md`.

/// A line of a case file that begins a block, with the lines that belong to it.
pub enum Block {
    /// A comment or an empty line.
    Text(String),
    /// The World, in its lines.
    World(Vec<String>),
    /// A public zone, in its lines.
    Public(Vec<String>),
    /// A Change, and its refusal.
    Change { line: String, refused: Option<String> },
    /// A request for instance metadata and what is expected.
    Fetch { line: String, expected: Vec<String> },
    /// A question whose traffic is followed, and where it is expected to go.
    Way { from: String, name: String, expected: Vec<String> },
    /// A name that somebody types, and the hints that are expected.
    Hints { from: String, name: String, expected: Vec<String> },
    /// What is expected to be found in the World, or with `brought`, what the Changes since the last block bring.
    Findings { brought: bool, expected: Vec<String> },
    /// A question and what is expected.
    Ask { from: String, name: String, rtype: String, expected: Vec<String> },
}

/// Reads a case file.
pub fn read(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "world" => {
                let mut body = vec![line.to_owned()];
                while let Some(next) = lines.next_if(|next| next.starts_with(' ')) {
                    body.push(next.to_owned());
                }
                blocks.push(Block::World(body));
            }
            "public" => {
                let mut body = vec![line.to_owned()];
                while let Some(next) = lines.next_if(|next| next.starts_with(' ')) {
                    body.push(next.to_owned());
                }
                blocks.push(Block::Public(body));
            }
            "change" => {
                let refused = lines.next_if(|next| next.starts_with("refused ")).map(str::to_owned);
                blocks.push(Block::Change { line: rest.to_owned(), refused });
            }
            "ask" => {
                let mut parts = rest.split_whitespace();
                let mut part = || {
                    parts
                        .next()
                        .unwrap_or_else(|| panic!("ask FROM NAME TYPE, not `{line}`"))
                        .to_owned()
                };
                let (from, name, rtype) = (part(), part(), part());
                let mut expected = Vec::new();
                while let Some(next) = lines.next_if(|next| is_expectation(next)) {
                    expected.push(next.to_owned());
                }
                blocks.push(Block::Ask { from, name, rtype, expected });
            }
            "way" => {
                let (from, name) =
                    rest.split_once(' ').unwrap_or_else(|| panic!("way FROM NAME, not `{line}`"));
                let mut expected = Vec::new();
                while let Some(next) = lines.next_if(|next| {
                    ["goes ", "hop ", "assumed "].iter().any(|word| next.starts_with(word))
                }) {
                    expected.push(next.to_owned());
                }
                blocks.push(Block::Way { from: from.to_owned(), name: name.to_owned(), expected });
            }
            "hints" => {
                let (from, name) =
                    rest.split_once(' ').unwrap_or_else(|| panic!("hints FROM NAME, not `{line}`"));
                let mut expected = Vec::new();
                while let Some(next) = lines.next_if(|next| next.starts_with("hint ")) {
                    expected.push(next.to_owned());
                }
                let (from, name) = (from.to_owned(), name.to_owned());
                blocks.push(Block::Hints { from, name, expected });
            }
            "findings" | "brought" => {
                let mut expected = Vec::new();
                while let Some(next) =
                    lines.next_if(|next| next.starts_with("found ") || next.starts_with("names "))
                {
                    expected.push(next.to_owned());
                }
                blocks.push(Block::Findings { brought: word == "brought", expected });
            }
            "fetch" => {
                let mut expected = Vec::new();
                while let Some(next) =
                    lines.next_if(|next| next.starts_with("status ") || next.starts_with('|'))
                {
                    expected.push(next.to_owned());
                }
                blocks.push(Block::Fetch { line: rest.to_owned(), expected });
            }
            _ if line.is_empty() || line.starts_with('#') => {
                blocks.push(Block::Text(line.to_owned()));
            }
            _ => panic!("unknown line `{line}`"),
        }
    }
    blocks
}

fn is_expectation(line: &str) -> bool {
    ["reply ", "answer ", "soa ", "rules ", "size "].iter().any(|word| line.starts_with(word))
}
