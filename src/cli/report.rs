//! Prints a comparison of two worlds: a line that sums it up, what breaks, what mends, what moves.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::{
    Output, doctor, doctor_forms,
    form::{Finding, Form, Format, cell, fit, sarif},
    grid,
};
use crate::{
    language::Language,
    resolve::{
        consequence::{self, Severity},
        diff::{BrokenGroup, Difference, Group, Heading, Report},
    },
};

/// What the two worlds are called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides<'s> {
    pub(super) a: &'s str,
    pub(super) b: &'s str,
    /// The world that findings are shown at.
    pub(super) file: &'s str,
}

/// Prints a report in the form asked for. `more` are fields that only this command has in JSON.
pub(super) fn print(
    report: &Report,
    sides: Sides<'_>,
    form: &Form,
    more: serde_json::Value,
    output: &mut Output,
) {
    match form.format() {
        Format::Text => text(report, sides, form, output),
        Format::Markdown => {
            let cut = output.language().comment_cut();
            output.raw(fit(markdown(report, sides, form, output.language()), &cut).as_bytes());
        }
        Format::Json => json(report, more, output),
        Format::Sarif => {
            let log = sarif(findings(report), sides.file);
            output.line(&serde_json::to_string_pretty(&log).unwrap_or_default());
        }
    }
}

fn json(report: &Report, mut value: serde_json::Value, output: &mut Output) {
    if let Some(map) = value.as_object_mut() {
        let mut put = |key: &str, value: serde_json::Value| map.insert(key.to_owned(), value);
        put("summary", serde_json::to_value(&report.summary).unwrap_or_default());
        put("diff", serde_json::to_value(&report.diff).unwrap_or_default());
        put("breaks", serde_json::to_value(&report.breaks).unwrap_or_default());
        put(
            "consequences",
            serde_json::to_value(&report.consequences.findings).unwrap_or_default(),
        );
        put("mends", serde_json::to_value(&report.mends).unwrap_or_default());
        put("moves", serde_json::to_value(&report.moves).unwrap_or_default());
        put("assumed", report.assumed.clone().into());
        put("not_looked_at", report.not_looked_at.clone().into());
        if !report.asked.is_empty() {
            put("asked", serde_json::to_value(&report.asked).unwrap_or_default());
            put("unanswered", serde_json::to_value(&report.unanswered).unwrap_or_default());
        }
    }
    output.line(&serde_json::to_string_pretty(&value).unwrap_or_default());
}

fn text(report: &Report, sides: Sides<'_>, form: &Form, output: &mut Output) {
    let say = output.language();
    output.line(&output.bold(&report.summary.text));
    let (worse, notes): (Vec<_>, Vec<_>) =
        report.consequences.findings.iter().partition(|it| it.severity < Severity::Note);
    consequences(&worse, form, output);
    for place in &report.breaks {
        output.line("");
        output.line(&output.bad(&say.breaks_for(&place.from)));
        place.groups.iter().for_each(|group| broken(group, report, form, output));
    }
    for place in &report.mends {
        output.line("");
        output.line(&output.good(&say.mends_for(&place.from)));
        place.groups.iter().for_each(|group| broken(group, report, form, output));
    }
    moves(report, sides, form, output);
    consequences(&notes, form, output);
    unanswered(report, form, output);
    output.line("");
    for assumed in &report.assumed {
        output.line(&say.assumed_line(assumed));
    }
    output.line(&say.unseen(report.not_looked_at.join(", ")));
}

fn consequences(findings: &[&consequence::Finding], form: &Form, output: &mut Output) {
    for finding in findings {
        output.line("");
        doctor::print_one(finding, form.all, output);
    }
}

fn broken(group: &BrokenGroup, report: &Report, form: &Form, output: &mut Output) {
    let say = output.language();
    output.line("");
    output.line(&format!("  {}", counted(group.names.len(), &group.why, say)));
    if !group.cure.is_empty() {
        output.line(&format!("  {}", say.cure(&group.cure)));
    }
    for name in group.names.iter().take(form.most()) {
        output.line(&format!("    {}", with_count(name, report, say)));
    }
    rest(group.names.len(), form, output);
}

/// A name, and how often it was asked, if a query log tells.
fn with_count(name: &str, report: &Report, say: Language) -> String {
    match report.asked.get(name) {
        Some(count) => say.asked_times(name, count),
        None => name.to_owned(),
    }
}

fn marked(name: &str, report: &Report, say: Language) -> String {
    let code = format!("`{name}`");
    match report.asked.get(name) {
        Some(count) => say.asked_times(code, count),
        None => code,
    }
}

/// The names that were asked, and that the World cannot answer.
fn unanswered(report: &Report, form: &Form, output: &mut Output) {
    if report.unanswered.is_empty() {
        return;
    }
    let say = output.language();
    output.line("");
    output.line(&output.bold(&say.unanswered_title()));
    for it in report.unanswered.iter().take(form.most()) {
        output.line(&format!("    {}  {}", say.asked_times(&it.name, it.count), it.status));
    }
    rest(report.unanswered.len(), form, output);
}

/// Says how many names are not printed.
fn rest(count: usize, form: &Form, output: &mut Output) {
    if let Some(more) = count.checked_sub(form.most()).filter(|more| *more > 0) {
        output.line(&format!("    {}", output.language().more_names(more)));
    }
}

fn moves(report: &Report, sides: Sides<'_>, form: &Form, output: &mut Output) {
    let say = output.language();
    let diff = &report.diff;
    if diff.same {
        output.line("");
        output.line(&say.no_answer_differs(sides.a, sides.b));
    }
    let only = [(sides.a, &diff.only_in_a), (sides.b, &diff.only_in_b)];
    if !(diff.only_in_a.is_empty() && diff.only_in_b.is_empty()) {
        output.line("");
    }
    for (side, places) in only.into_iter().filter(|(_, places)| !places.is_empty()) {
        output.line(&say.only_in(side, shortened(places, form, say)));
    }
    for heading in &report.moves {
        output.line("");
        output.line(&output.bold(&say.asked_from(&heading.from)));
        for group in &heading.groups {
            output.line("");
            print_group(group, form, output);
        }
    }
}

fn shortened(places: &[String], form: &Form, say: Language) -> String {
    let few = places.iter().take(form.most()).cloned().collect::<Vec<_>>().join(", ");
    match places.len().checked_sub(form.most()).filter(|more| *more > 0) {
        Some(more) => format!("{few}, {}", say.more_names(more)),
        None => few,
    }
}

/// The differences of a group that are printed. Leaves out a line without records if the same name has another line:
/// NXDOMAIN and silence are the same for every type.
fn shown(group: &Group) -> Vec<&Difference> {
    let mut shown: Vec<&Difference> = Vec::new();
    for names in group.names.chunk_by(|one, other| one.name == other.name) {
        let before = shown.len();
        shown.extend(names.iter().filter(|it| !it.is_empty()));
        if shown.len() == before {
            shown.extend(names.first());
        }
    }
    shown
}

/// Those lines of the first names.
fn first<'g>(lines: &[&'g Difference], most: usize) -> Vec<&'g Difference> {
    let names = lines.chunk_by(|one, other| one.name == other.name);
    names.take(most).flatten().copied().collect()
}

fn causes(group: &Group) -> String {
    if group.before == group.after {
        group.before.clone()
    } else {
        format!("{} → {}", group.before, group.after)
    }
}

fn print_group(group: &Group, form: &Form, output: &mut Output) {
    let say = output.language();
    output.line(&format!("  {}", counted(group.count(), &causes(group), say)));
    let shown = first(&shown(group), form.most());
    let name = shown.iter().map(|it| it.name.len()).max().unwrap_or(0);
    let rtype = shown.iter().map(|it| it.rtype.len()).max().unwrap_or(0);
    let answers: Vec<String> = shown
        .iter()
        .map(|it| {
            let (before, after) = (it.before.text(), it.after.text());
            format!("{:rtype$}  {before} → {after}", it.rtype)
        })
        .collect();
    // Long names stand on a line of their own, so that what differs stays in sight.
    let width = answers.iter().map(|it| it.width()).max().unwrap_or(0);
    let apart = 4 + name + 2 + width > grid::WIDTH;
    for (it, answer) in shown.iter().zip(&answers) {
        if apart {
            output.line(&format!("    {}", it.name));
            output.line(&format!("      {answer}"));
        } else {
            output.line(&format!("    {:name$}  {answer}", it.name));
        }
    }
    rest(group.count(), form, output);
}

fn markdown(report: &Report, sides: Sides<'_>, form: &Form, say: Language) -> String {
    let mut text = format!("### {}\n", report.summary.text);
    for (title, list) in [(say.breaks_title(), &report.breaks), (say.mends_title(), &report.mends)]
    {
        if !list.is_empty() {
            let _ = writeln!(text, "\n#### {title}");
        }
        for place in list {
            place.groups.iter().for_each(|group| {
                broken_markdown(group, (report, &place.from), form, say, &mut text);
            });
        }
    }
    if !report.consequences.findings.is_empty() {
        text.push_str(&doctor_forms::findings(&report.consequences, say));
    }
    if report.diff.same {
        let _ = writeln!(text, "\n{}", say.no_answer_differs(sides.a, sides.b));
    }
    for (side, places) in [(sides.a, &report.diff.only_in_a), (sides.b, &report.diff.only_in_b)] {
        if !places.is_empty() {
            let _ = writeln!(text, "\n{}", say.only_in(side, shortened(places, form, say)));
        }
    }
    if !report.moves.is_empty() {
        let title = say.moves_title();
        let _ =
            writeln!(text, "\n<details>\n<summary>{title} ({})</summary>\n", report.summary.moves);
        for heading in &report.moves {
            heading_markdown(heading, form, say, &mut text);
        }
        text.push_str("\n</details>\n");
    }
    if !report.unanswered.is_empty() {
        let _ = writeln!(text, "\n{}\n", say.unanswered_title());
        for it in report.unanswered.iter().take(form.most()) {
            let name = say.asked_times(format!("`{}`", it.name), it.count);
            let _ = writeln!(text, "- {name}: {}", it.status);
        }
    }
    text.push('\n');
    for assumed in &report.assumed {
        let _ = writeln!(text, "_{}_  ", say.assumed_line(assumed));
    }
    let _ = writeln!(text, "_{}_", say.unseen(report.not_looked_at.join(", ")));
    text
}

fn broken_markdown(
    group: &BrokenGroup,
    (report, from): (&Report, &str),
    form: &Form,
    say: Language,
    text: &mut String,
) {
    let _ = writeln!(text, "\n**{from}**: {}\n", counted(group.names.len(), &group.why, say));
    for name in group.names.iter().take(form.most()) {
        let _ = writeln!(text, "- {}", marked(name, report, say));
    }
    if let Some(more) = group.names.len().checked_sub(form.most()).filter(|more| *more > 0) {
        let _ = writeln!(text, "- {}", say.more_names(more));
    }
    if !group.cure.is_empty() {
        let _ = writeln!(text, "\n{}", say.cure(&group.cure));
    }
}

fn heading_markdown(heading: &Heading, form: &Form, say: Language, text: &mut String) {
    let _ = writeln!(text, "\n**{}**", heading.from);
    for group in &heading.groups {
        let _ = writeln!(
            text,
            "\n{}\n\n| | | |\n|---|---|---|",
            counted(group.count(), &causes(group), say)
        );
        for it in first(&shown(group), form.most()) {
            let answers = format!("{} → {}", it.before.text(), it.after.text());
            let _ = writeln!(text, "| `{}` | {} | {} |", cell(&it.name), it.rtype, cell(&answers));
        }
        if let Some(more) = group.count().checked_sub(form.most()).filter(|more| *more > 0) {
            let _ = writeln!(text, "\n{}", say.more_names(more));
        }
    }
}

/// One finding for each group of names and place.
fn findings(report: &Report) -> Vec<Finding> {
    let mut findings = Vec::new();
    for found in &report.consequences.findings {
        let places: Vec<&str> = found.places.iter().map(|it| it.label.as_str()).collect();
        findings.push(Finding {
            rule: found.rule,
            level: doctor_forms::level(found.severity),
            text: format!("{}. {}", found.what, found.cure),
            place: places.join(", "),
        });
    }
    for (rule, level, list) in
        [("breaks", "error", &report.breaks), ("mends", "note", &report.mends)]
    {
        for place in list {
            findings.extend(place.groups.iter().map(|group| {
                Finding {
                    rule,
                    level,
                    text: format!("{}: {}. {}", group.why, group.names.join(", "), group.cure)
                        .trim_end()
                        .to_owned(),
                    place: place.from.clone(),
                }
            }));
        }
    }
    for heading in &report.moves {
        findings.extend(heading.groups.iter().map(|group| {
            let mut names: Vec<&str> = group.names.iter().map(|it| it.name.as_str()).collect();
            names.dedup();
            let text = format!("{}: {}", causes(group), names.join(", "));
            Finding { rule: "moves", level: "note", text, place: heading.from.clone() }
        }));
    }
    findings
}

/// A number of names, and what they have in common.
pub(super) fn counted(count: usize, what: &str, say: Language) -> String {
    match count {
        1 => say.one_name(what),
        _ => say.names(count, what),
    }
}
