//! Tests of conditions: their results, and the effect on values and resources.

use super::*;

#[test]
fn conditions() {
    let text = "Parameters: {Env: {Type: String, Default: prod}, U: {Type: String}, T: {Type: String, Default: True}}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Test: !Not [!Condition Prod]
  Both: {'Fn::And': [{Condition: Prod}, !Not [Condition: Test]]}
  Any: !Or [!Condition Test, !Equals [a, a]]
  Plain: !Equals [!Ref T, 'true']
  Open: !Equals [!Ref U, '']
  NotOpen: !Not [!Equals [!Ref U, '']]
  Decided: !Or [!Equals [!Ref U, ''], !Condition Prod]
  Undecided: !And [!Equals [!Ref U, ''], !Condition Prod]
  NoOpen: !Not [!Condition Open]
Resources:
  X:
    Type: T
    Properties:
      Both: !If [Both, 1, 0]
      Any: !If [Any, 1, 0]
      Plain: !If [Plain, 1, 0]
      NotOpen: {'Fn::If': [NotOpen, 1, 0]}
      Decided: !If [Decided, 1, 0]
      Undecided: !If [Undecided, 1, 0]
      NoOpen: !If [NoOpen, 1, 0]
      None: !If [Test, !Ref U, !Ref AWS::NoValue]
      List: [!If [Prod, {a: b}, !Ref AWS::NoValue], !If [Test, x, !Ref AWS::NoValue]]
      Text: !Equals [a, b]
  Out: {Type: AWS::EC2::VPC, Condition: Test}
  In: {Type: AWS::EC2::VPC, Condition: Prod}
  Y: {Type: T, Properties: {R: !Ref Out, A: !GetAtt Out.CidrBlock, I: !Ref In, S: !Sub '${Out}'}}
";
    let outcome = eval(text);
    assert_eq!(
        show(&outcome.resource("X").properties),
        "{Both: 1, Any: 1, Plain: 1, NotOpen: 0, Decided: 1, Undecided: 0, NoOpen: 1, List: [{a: b}], Text: false}"
    );
    let y = show(&outcome.resource("Y").properties);
    let out = "<`Out`, whose condition is false>";
    let id = &outcome.resource("In").id;
    assert_eq!(y, format!("{{R: {out}, A: {out}, I: {id}, S: {out}}}"));
    assert!(outcome.resources.iter().all(|it| it.name != "Out"));
    assert_eq!(
        outcome.notes(),
        [
            "8:3 assumed: condition `Open` depends on parameter U, which has no value; false is assumed",
            "9:3 assumed: condition `NotOpen` depends on parameter U, which has no value; false is assumed",
            "11:3 assumed: condition `Undecided` depends on parameter U, which has no value; false is assumed",
            "27:3 skipped: `Out` (AWS::EC2::VPC): its condition `Test` is false",
        ]
    );
}

#[test]
fn broken_conditions() {
    let text = "Conditions:
  A: !Condition B
  B: !Not [!Condition A]
  C: [x]
  D: !Equals [a]
  E: !And []
  F: !Equals [!Ref X, a]
  G: !Condition Nowhere
Resources:
  X:
    Type: T
    Properties: {A: !If [A, 1, 0], C: !If [C, 1, 0], D: !If [D, 1, 0], E: !If [E, 1, 0], F: !If [F, 1, 0], G: !If [G, 1, 0], H: !If [[A], 1, 0], I: !If [A, 1]}
  Y: {Type: T, Condition: [A]}
  Z: {Type: T, Condition: AA}
";
    let outcome = eval(text);
    assert_eq!(
        show(&outcome.resource("X").properties),
        "{A: 0, C: 0, D: 0, E: 0, F: 0, G: 0, H: <a value that cannot be read>, I: <a value that cannot be read>}"
    );
    let cannot = |position: &str, name: &str| {
        format!("{position} assumed: condition `{name}` cannot be read; false is assumed")
    };
    let found = "skipped: expected the name of a condition, found a list";
    assert_eq!(
        outcome.notes,
        [
            cannot("3:3", "B"),
            "3:23 skipped: condition `A` depends on itself".to_owned(),
            cannot("4:3", "C"),
            "4:6 skipped: expected a condition, found a list".to_owned(),
            cannot("5:3", "D"),
            "5:14 skipped: `!Equals`: expected a list of two values, found a list of 1".to_owned(),
            cannot("6:3", "E"),
            "6:11 skipped: `!And`: expected a list of conditions, found a list of 0".to_owned(),
            cannot("7:3", "F"),
            "7:20 skipped: a condition cannot refer to the resource `X`".to_owned(),
            cannot("8:3", "G"),
            "8:17 skipped: there is no condition `Nowhere`; false is assumed".to_owned(),
            format!("12:134 {found}"),
            "12:153 skipped: `!If`: expected a list of a condition's name and two values, found a list of 2".to_owned(),
            format!("13:27 {found}"),
            "14:3 skipped: `Z` (T): its condition `AA` is false".to_owned(),
            "14:27 skipped: there is no condition `AA`; false is assumed; did you mean `A`?".to_owned(),
        ]
    );
    assert!(outcome.resources.iter().any(|it| it.name == "Y"));
}
