//! The report as JUnit's XML, which most systems for continuous integration show: a suite for each file, a case for each
//! expectation.

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::checked::{Checked, Tested};

/// The report on some files.
pub fn junit(files: &[Tested]) -> Vec<u8> {
    let mut report = Report(Writer::new_with_indent(Vec::new(), b' ', 2));
    report.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
    let sum = files.iter().map(Count::of).fold(Count::default(), Count::plus);
    report.begin("testsuites", &[("name", "vpcdns test".to_owned())], &sum.attributes());
    for file in files {
        report.suite(file);
    }
    report.end("testsuites");
    let mut bytes = report.0.into_inner();
    bytes.push(b'\n');
    bytes
}

#[derive(Clone, Copy, Default)]
struct Count {
    tests: usize,
    failures: usize,
    errors: usize,
}

type Attribute = (&'static str, String);

impl Count {
    fn of(file: &Tested) -> Self {
        match &file.outcome {
            Ok(all) => Self {
                tests: all.len(),
                failures: all.iter().filter(|it| !it.met).count(),
                errors: 0,
            },
            Err(_) => Self { tests: 1, failures: 0, errors: 1 },
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
        }
    }

    fn attributes(self) -> [Attribute; 3] {
        [
            ("tests", self.tests.to_string()),
            ("failures", self.failures.to_string()),
            ("errors", self.errors.to_string()),
        ]
    }
}

struct Report(Writer<Vec<u8>>);

impl Report {
    /// Writing into memory does not fail.
    fn write(&mut self, event: Event<'_>) {
        let _ = self.0.write_event(event);
    }

    fn begin(&mut self, name: &str, attributes: &[Attribute], more: &[Attribute]) {
        let mut start = BytesStart::new(name);
        for (key, value) in attributes.iter().chain(more) {
            start.push_attribute((*key, legal(value).as_str()));
        }
        self.write(Event::Start(start));
    }

    fn end(&mut self, name: &str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    fn suite(&mut self, file: &Tested) {
        let name = ("name", file.file.clone());
        self.begin("testsuite", &[name], &Count::of(file).attributes());
        match &file.outcome {
            Ok(all) => all.iter().for_each(|it| self.case(file, it)),
            Err(problems) => {
                let case =
                    [("classname", file.file.clone()), ("name", "the file can be read".to_owned())];
                self.begin("testcase", &case, &[]);
                let message = problems.lines().next().unwrap_or_default().to_owned();
                self.told("error", message, "problem", problems);
                self.end("testcase");
            }
        }
        self.end("testsuite");
    }

    fn case(&mut self, file: &Tested, it: &Checked) {
        let step = if it.step_name.is_empty() {
            it.step.to_string()
        } else {
            format!("{} {}", it.step, it.step_name)
        };
        let attributes = [
            ("classname", format!("{} step {step}", file.file)),
            ("name", it.title()),
            ("file", file.file.clone()),
            ("line", it.line.to_string()),
        ];
        self.begin("testcase", &attributes, &[]);
        if !it.met {
            let message = format!("expected {}, got {}", it.expected, it.given);
            let because = it.because.iter().map(|text| format!("because {text}"));
            let lines: Vec<String> = because.chain(it.why.iter().cloned()).collect();
            self.told("failure", message, "expectation", &lines.join("\n"));
        }
        self.end("testcase");
    }

    fn told(&mut self, element: &'static str, message: String, kind: &str, text: &str) {
        self.begin(element, &[("message", message), ("type", kind.to_owned())], &[]);
        self.write(Event::Text(BytesText::new(&legal(text))));
        self.end(element);
    }
}

/// Text without the letters that XML 1.0 cannot hold. Line feeds of attributes become spaces when they are read.
fn legal(text: &str) -> String {
    let allowed = |letter: &char| {
        matches!(letter, '\t' | '\n')
            || (*letter >= ' ' && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
    };
    text.chars().map(|letter| if allowed(&letter) { letter } else { '\u{fffd}' }).collect()
}
