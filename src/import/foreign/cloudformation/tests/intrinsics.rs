//! Tests of intrinsics: the result of each, or the note if it has none.

use super::*;

#[test]
fn references() {
    gives(P, "!Ref P", "abc");
    gives(P, "{Ref: P}", "abc");
    gives(P, "{\"Ref\": \"L\"}", "[a, b, c]");
    gives(P, "!Ref U", "<parameter U>");
    gives(P, "[!Ref UL, !Ref U, 'x']", "[<parameter UL>, <parameter U>, x]");
    gives("", "!Ref AWS::Region", "ap-northeast-2");
    gives("", "!Ref AWS::AccountId", "123456789012");
    gives("", "!Ref AWS::Partition", "aws");
    gives("", "!Ref AWS::URLSuffix", "amazonaws.com");
    gives("", "!Ref AWS::StackName", "net");
    gives("", "!Ref AWS::NotificationARNs", "[]");
    gives("", "!Ref AWS::NoValue", "-");
    gives("", "[a, !Ref AWS::NoValue, {k: !Ref AWS::NoValue, l: 1}]", "[a, {l: 1}]");
    gives("", "!Ref X", "X");
    let (id, _) = value("", "!Ref AWS::StackId");
    assert!(id.starts_with("arn:aws:cloudformation:ap-northeast-2:123456789012:stack/net/"));
    let beijing =
        "Resources: {X: {Type: T, Properties: {P: !Ref AWS::Partition, S: !Ref AWS::URLSuffix}}}";
    let outcome = run("t", beijing, "cn-north-1", &[]);
    assert_eq!(outcome.get("X", "P"), "aws-cn");
    assert_eq!(outcome.get("X", "S"), "amazonaws.com.cn");
    assert_eq!(run("t", beijing, "us-gov-west-1", &[]).get("X", "P"), "aws-us-gov");
    notes(
        P,
        "!Ref Pp",
        "<a value that cannot be read>",
        "6:15 skipped: there is no parameter or resource `Pp`; did you mean `P`?",
    );
    notes(
        "",
        "!Ref AWS::Regoin",
        "<a value that cannot be read>",
        "6:15 skipped: there is no parameter or resource `AWS::Regoin`; did you mean `AWS::Region`?",
    );
}

#[test]
fn parameters() {
    let text = "Parameters:
  A: {Type: String, AllowedValues: [x, y]}
  B: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/ami}
  C: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /aws/list}
  D: {Type: String, Default: '{{resolve:ssm:/my/value:3}}'}
  E: {Type: Number, Default: 010}
  F: {Type: 'List<Number>', Default: ''}
  G: {Type: String, Default: [a]}
  H: {Type: String, Default: !Ref A}
  I: text
Resources:
  X:
    Type: T
    Properties: {A: !Ref A, A2: !Ref A, B: !Ref B, C: !Ref C, D: !Ref D, E: !Ref E, F: !Ref F, G: !Ref G, H: !Ref H, I: !Ref I}
";
    let outcome = eval(text);
    assert_eq!(
        show(&outcome.resource("X").properties),
        "{A: x, A2: x, B: <SSM parameter /aws/ami>, C: <SSM parameter /aws/list>, D: <SSM parameter /my/value:3>, E: 010, F: [], G: <parameter G>, H: <parameter H>, I: <parameter I>}"
    );
    assert_eq!(
        outcome.notes(),
        [
            "2:3 assumed: parameter `A` has no default; `x`, the first of its allowed values, is used",
            "8:30 skipped: parameter `G`: its value is not plain text",
            "9:35 skipped: parameter `H`: its value is not plain text",
            "10:3 skipped: parameter `I`: expected a map, found \"text\"",
        ]
    );
    let given =
        [("A", "z"), ("B", "ami-1"), ("C", "/other"), ("E", "1"), ("Ee", "2"), ("F", "1, 2")];
    let outcome = run("net", text, "ap-northeast-2", &given);
    let shown = show(&outcome.resource("X").properties);
    assert!(
        shown.starts_with("{A: z, A2: z, B: ami-1, C: <SSM parameter /other>, D: <SSM parameter /my/value:3>, E: 1, F: [1, 2],"),
        "{shown}"
    );
    assert_eq!(
        outcome.notes()[0],
        "1:1 skipped: the template has no parameter `Ee`; did you mean `E`?"
    );
}

#[test]
fn texts() {
    gives(P, "!Sub 'x-${P}-${AWS::Region}-${!Lit}-${'", "x-abc-ap-northeast-2-${Lit}-${");
    gives(P, "!Sub ['${A}${P}', {A: !Ref P}]", "abcabc");
    gives(P, "{\"Fn::Sub\": [\"${A.B}\", {\"A.B\": \"x\"}]}", "x");
    gives(P, "!Sub 'a-${U}'", "<Sub a-${U}>");
    gives(P, "{'Fn::Sub': 'a-${U}'}", "<Sub a-${U}>");
    gives(P, "!Sub 'b-${U}'", "<Sub b-${U}>");
    gives(P, "!Sub '${U}'", "<parameter U>");
    gives(P, "!Sub plain", "plain");
    notes(
        P,
        "!Sub '${L}'",
        "<a value that cannot be read>",
        "6:15 skipped: `${L}` is a list, which cannot be part of a text",
    );
    notes(
        P,
        "!Sub [a, b]",
        "<a value that cannot be read>",
        "6:15 skipped: `!Sub`: expected a text, or a list of a text and a map, found a list of 2",
    );
    notes(
        "",
        "!Sub 'a${VAR:-x}'",
        "<a value that cannot be read>",
        "6:15 skipped: there is no parameter or resource `VAR:-x`",
    );
    gives(P, "!Join ['.', [a, !Ref P, c]]", "a.abc.c");
    gives(P, "!Join [',', !Ref L]", "a,b,c");
    gives(P, "!Join [',', [a, !Ref U, !Ref UL]]", "<Join [,, [a, Ref U, Ref UL]]>");
    gives("", "!Join ['-', [a, !Ref AWS::NoValue, b]]", "a-b");
    notes(
        "",
        "!Join ['-', a]",
        "<a value that cannot be read>",
        "6:22 skipped: expected a list, found \"a\"",
    );
    gives(P, "!Split ['/', 'a/b']", "[a, b]");
    gives(P, "!Select [1, !Split ['.', !Sub '10.0.${P}']]", "0");
    gives(
        P,
        "!Split [',', {'Fn::ImportValue': !Sub '${P}-Net'}]",
        "<Split [,, ImportValue Sub ${P}-Net]>",
    );
    gives(P, "!ImportValue Net", "<import Net>");
    gives(P, "!ImportValue {'Fn::Sub': '${U}-x'}", "<import ${U}-x>");
    gives(P, "{'Fn::Base64': !Sub '#!${P}'}", "#!abc");
    gives(P, "!Base64 {Ref: P}", "abc");
    gives(P, "{'Fn::ToJsonString': {a: [1, !Ref P]}}", "{\"a\":[\"1\",\"abc\"]}");
    gives(P, "!ToJsonString {a: !Ref U}", "<ToJsonString {a: Ref U}>");
    gives(
        "",
        "'{{resolve:secretsmanager:db:SecretString:password}}'",
        "<secret db:SecretString:password>",
    );
    gives("", "!Sub 'x{{resolve:ssm-secure:/p:1}}'", "<text x{{resolve:ssm-secure:/p:1}}>");
    gives("", "!Sub '{{resolve:ssm:/p:1}}'", "<SSM parameter /p:1>");
    gives("", "'{{resolve:other:x}}'", "<dynamic reference other:x>");
    gives("", "'{{resolve:ssm:'", "{{resolve:ssm:");
    gives("", "!Transform {Name: 'AWS::Include', Parameters: {}}", "<transform AWS::Include>");
}

#[test]
fn lists_and_mappings() {
    gives(P, "!Select [1, [a, b]]", "b");
    gives(P, "!Select ['0', !Ref L]", "a");
    gives(P, "!Select [0, !Ref UL]", "<parameter UL 1>");
    gives(P, "!Select [0, [x, !Ref U]]", "x");
    notes(
        "",
        "!Select [2, [a]]",
        "<a value that cannot be read>",
        "6:19 skipped: there is no item 2 in a list of 1",
    );
    notes(
        "",
        "!Select [-1, [a]]",
        "<a value that cannot be read>",
        "6:19 skipped: expected an index from 0, found \"-1\"",
    );
    gives(P, "{'Fn::Length': !Ref L}", "3");
    gives(P, "!Length [a, b]", "2");
    gives("", "!GetAZs ''", "[ap-northeast-2a, ap-northeast-2b, ap-northeast-2c, ap-northeast-2d]");
    gives("", "!Select [0, !GetAZs ]", "ap-northeast-2a");
    gives("", "!Select [1, {'Fn::GetAZs': {Ref: 'AWS::Region'}}]", "ap-northeast-2b");
    gives("", "!Select [0, !GetAZs us-east-1]", "us-east-1a");
    notes(
        "",
        "!GetAZs us-esat-1",
        "<a value that cannot be read>",
        "6:18 skipped: there is no region `us-esat-1`; did you mean `us-east-1`, `us-east-2` or `us-west-1`?",
    );
    gives("", "!Select [1, !Cidr [10.0.0.0/16, 4, 8]]", "10.0.1.0/24");
    gives(P, "!Cidr [!Ref U, 4, 8]", "<Cidr [Ref U, 4, 8]>");
    notes(
        "",
        "!Cidr [10.0.0.0/30, 4, 8]",
        "<a value that cannot be read>",
        "6:16 skipped: 4 blocks of /24 do not fit into 10.0.0.0/30",
    );
    gives(M, "!FindInMap [M, one, cidr]", "10.0.0.0/16");
    gives(M, "{'Fn::FindInMap': [M, !Ref AWS::Region, ami]}", "x");
    gives(M, "!Select [1, !FindInMap [M, one, list]]", "b");
    gives(M, "!FindInMap [M, two, cidr, {DefaultValue: !Ref AWS::Region}]", "ap-northeast-2");
    gives(M, "!FindInMap [M, two, cidr, {DefaultValue: !Ref AWS::NoValue}]", "-");
    gives(P, "!FindInMap [M, !Ref U, cidr]", "<FindInMap [M, Ref U, cidr]>");
    notes(
        M,
        "!FindInMap [M, one, cdir]",
        "<mapping M.one.cdir>",
        "6:30 skipped: mapping `M.one` has no key `cdir`; did you mean `cidr`?",
    );
    notes(
        M,
        "!FindInMap [N, one, cidr]",
        "<mapping N.one.cidr>",
        "6:22 skipped: there is no mapping `N`; did you mean `M`?",
    );
    notes(
        "Mappings: {M: {a: {b: !Ref AWS::Region}}}",
        "!FindInMap [M, a, b]",
        "<a value that cannot be read>",
        "1:28 skipped: a mapping holds plain values only",
    );
}

#[test]
fn unknown_intrinsics_and_keys() {
    notes(
        "",
        "!Subb x",
        "<a value that cannot be read>",
        "6:16 skipped: there is no intrinsic `!Subb`; did you mean `!Sub`?",
    );
    notes(
        "",
        "{'Fn::Jion': [a]}",
        "<a value that cannot be read>",
        "6:11 skipped: there is no intrinsic `Fn::Jion`; did you mean `Fn::Join`?",
    );
    notes(
        "",
        "!unknown x",
        "<a value that cannot be read>",
        "6:19 skipped: there is no intrinsic `!unknown`",
    );
    notes(
        "",
        "{a: b, 'Fn::Sub': x}",
        "{a: b}",
        "6:17 skipped: `Fn::Sub` is not evaluated, because its map has other keys",
    );
    notes("", "{'Fn::ForEach::I': [a]}", "{}", "6:11 skipped: `Fn::ForEach::I` is not expanded");
    gives("", "{Condition: {a: b}, Ref: x}", "{Condition: {a: b}, Ref: x}");
    gives("", "!!str 010", "010");
    for name in [
        "Join",
        "Select",
        "Split",
        "FindInMap",
        "Cidr",
        "If",
        "Equals",
        "And",
        "Or",
        "Not",
        "GetAtt",
        "Ref",
        "Sub",
        "ImportValue",
        "Base64",
        "Length",
        "ToJsonString",
        "GetAZs",
    ] {
        let long = if name == "Ref" { name.to_owned() } else { format!("Fn::{name}") };
        for argument in [
            "",
            "[]",
            "{}",
            "[[]]",
            "[{}, {}]",
            "[a, b, c, d, e]",
            "{Ref: Nowhere}",
            "[!Ref AWS::NoValue, !Ref AWS::NoValue, x]",
        ] {
            let (value, _) = value("", &format!("{{'{long}': {argument}}}"));
            assert!(!value.is_empty() || argument == "[]", "{name} {argument}");
        }
    }
}
