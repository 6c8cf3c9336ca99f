//! Relations: what their form may be.

use expect_test::expect;

use super::problems::check;

#[test]
fn relations_have_two_ends() {
    check(
        "--- tongjian.toml
--- ontology/a.toml
[relation.branch]
label_zh = \"隶属\"
kind = \"registration\"
from = { role = \"party\", feild = \"parents\", label_zh = \"隶属企业\", label_en = \"Parents\" }
[relation.branch.to]
role = [\"parent\"]
field = \"branches\"
label_zh = \"分支机构\"
label_en = \"Branches\"
[relation.Bad]
",
        expect![[r#"
            …/ontology/a.toml:1:11: [TJ-C005] the required key `share` is missing
              1 | [relation.branch]
                |           ^^^^^^
              = add share = "conditional"
            …/ontology/a.toml:1:11: [TJ-C005] the required key `label_en` is missing
              1 | [relation.branch]
                |           ^^^^^^
              = add label_en = "Branch"
            …/ontology/a.toml:4:1: [TJ-C005] the required key `field` is missing
              4 | from = { role = "party", feild = "parents", label_zh = "隶属企业", label_en = "Parents" }
                | ^^^^
              = add field = "branches"
            …/ontology/a.toml:4:26: [TJ-C001] unknown key `feild`
              4 | from = { role = "party", feild = "parents", label_zh = "隶属企业", label_en = "Parents" }
                |                          ^^^^^
              = did you mean `field`?
            …/ontology/a.toml:6:8: [TJ-C004] wrong type: "…" is expected here, this is [ … ]
              6 | role = ["parent"]
                |        ^^^^^^^^^^
            …/ontology/a.toml:10:11: [TJ-C019] `Bad` is not an id: a lower-case letter, then lower-case letters, digits and underscores
              10 | [relation.Bad]
                 |           ^^^
            …/ontology/a.toml:10:11: [TJ-C005] the required key `share` is missing
              10 | [relation.Bad]
                 |           ^^^
              = add share = "conditional"
            …/ontology/a.toml:10:11: [TJ-C005] the required key `label_zh` is missing
              10 | [relation.Bad]
                 |           ^^^
              = add label_zh = "隶属"
            …/ontology/a.toml:10:11: [TJ-C005] the required key `label_en` is missing
              10 | [relation.Bad]
                 |           ^^^
              = add label_en = "Branch"
            …/ontology/a.toml:10:11: [TJ-C005] the required key `kind` is missing
              10 | [relation.Bad]
                 |           ^^^
              = add kind = "registration"
            …/ontology/a.toml:10:11: [TJ-C005] the required key `from` is missing
              10 | [relation.Bad]
                 |           ^^^
              = add from = { role = "party", field = "parents", … }
            …/ontology/a.toml:10:11: [TJ-C005] the required key `to` is missing
              10 | [relation.Bad]
                 |           ^^^
              = add to = { role = "parent", field = "branches", … }"#]],
    );
}
