//! `GET /facts/{id}`: a page that tells a fact: how sure it is, what it says, where it is said and what pins it.

use axum::{
    extract::Path,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use super::language::Spoken;
use crate::resolve::fact::{self, Fact};

/// The page of a fact.
pub(super) async fn fact(Path(id): Path<String>, Spoken(say): Spoken) -> Response {
    match fact::fact(&id) {
        Some(fact) => {
            let body = body(fact, &fact.meaning(say), &fact.told(say));
            Html(page(say.code(), &fact.id, &body)).into_response()
        }
        None => {
            let near = fact::near(&id);
            let text = match near.as_slice() {
                [] => say.fact_unknown(&id),
                near => say.fact_near(&id, near.join(", ")),
            };
            let body = format!("<p>{}</p>", escaped(&text));
            (StatusCode::NOT_FOUND, Html(page(say.code(), &id, &body))).into_response()
        }
    }
}

fn body(fact: &Fact, meaning: &str, told: &[(String, Vec<String>)]) -> String {
    let mut html = format!(
        "<p><strong>{}</strong>: {}</p>\n<p lang=\"en\">{}</p>\n",
        fact.tag.word(),
        escaped(meaning),
        escaped(&fact.line)
    );
    for (heading, lines) in told {
        html.push_str(&format!("<h2>{}</h2>\n<ul>\n", escaped(heading)));
        for line in lines {
            let text = escaped(line);
            html.push_str(&match line.starts_with("https://") {
                true => format!("<li><a href=\"{text}\" rel=\"noreferrer\">{text}</a></li>\n"),
                false => format!("<li>{text}</li>\n"),
            });
        }
        html.push_str("</ul>\n");
    }
    html
}

fn page(language: &str, title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} · vpcdns</title>\n<link rel=\"icon\" href=\"../icon.svg\" type=\"image/svg+xml\">\n\
         <link rel=\"stylesheet\" href=\"../page.css\">\n</head>\n<body class=\"fact-page\">\n<main>\n\
         <h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// A text as HTML shows it: it may hold what a visitor typed.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(letter),
        }
    }
    out
}
