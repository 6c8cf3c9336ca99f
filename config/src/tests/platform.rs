//! `docs/platform.md` is written from the shipped platform: `UPDATE_EXPECT=1 cargo test -p tongjian-config` writes it anew.

use std::fmt::Write as _;

use expect_test::expect_file;

use crate::Config;
use crate::draft::{DepartmentDraft, FieldDraft, KindDraft, RelationEndDraft, Sensitivity, Share};

const HEAD: &str = "\
# The shipped platform: departments, kinds, fields · 出厂平台：部门、记录种类、字段

Written from `config/platform` by a test of the package `config`, which fails when this page is behind.
本页由 `config/platform` 生成；配置改了而本页没有改，测试即失败。

- *Key* 键: what a row is known by in its table. *Anchor* 锚: its rows make market subjects; rows of other tables find them.
- *Sharing* 共享: `unconditional` every department reads it 无条件共享; `conditional` by grant 有条件共享; `not_shared` nobody
  outside its department, absent from the graph's schema 不予共享.
- *Personal* 个人信息: leaves masked, cannot be filtered or ordered by 输出时脱敏，不能用作条件或排序.
- *Names of organisations* 单位名称: what has not the form of one may be a person and leaves masked; filtered by whole names alone,
  not ordered by 不像单位名称的，按姓名脱敏；只能按单位全称筛选，不能排序.
- *Indexed* 可查: may be filtered and ordered by 可作条件与排序.
";

fn platform() -> Config {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("platform");
    let judged = crate::judge(&dir, &crate::Overrides::default());
    judged.config.expect("the shipped platform is read")
}

#[test]
fn the_page_of_the_platform_is_its_configuration() {
    let config = platform();
    let mut page = HEAD.to_owned();
    departments(&mut page, &config);
    entities(&mut page, &config);
    relations(&mut page, &config);
    kinds(&mut page, &config);
    lists(&mut page, &config);
    expect_file!["../../../docs/platform.md"].assert_eq(&page);
}

fn kind_of<'c>(config: &'c Config, id: &'c str) -> &'c str {
    config.kinds.iter().find(|kind| kind.id == id).map_or(id, |kind| &kind.label_zh)
}

fn departments(page: &mut String, config: &Config) {
    let n_streams: usize =
        config.departments.iter().flat_map(|one| &one.sources).map(|source| source.streams.len()).sum();
    let _ = writeln!(
        page,
        "\n## Departments · 部门\n\n{} departments, {n_streams} tables.",
        config.departments.len()
    );
    for department in &config.departments {
        let DepartmentDraft { id, name_zh, name_en, sources, .. } = department;
        let _ = writeln!(page, "\n### {name_zh} · {name_en} (`{id}`)");
        for source in sources {
            let state = if source.is_enabled { "" } else { ", switched off 停用" };
            let _ = writeln!(page, "\nSource `{}`, `{}`{state}\n", source.id, source.engine.name());
            page.push_str("| table 表 | kind 种类 | key 键 | fields 字段 | |\n|---|---|---|---|---|\n");
            for stream in &source.streams {
                let anchor = stream.anchor.as_ref().map_or("", |_| "anchor 锚");
                let _ = writeln!(
                    page,
                    "| `{}` | {} `{}` | {} | {} | {anchor} |",
                    stream.name.replace('|', "\\|"),
                    kind_of(config, &stream.kind),
                    stream.kind,
                    stream.key.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "),
                    stream.fields.len(),
                );
            }
        }
    }
}

fn entities(page: &mut String, config: &Config) {
    page.push_str("\n## Entities · 实体\n");
    for entity in &config.entities {
        let _ = writeln!(
            page,
            "\n### {} · {} (`{}`)\n\n| field 字段 | | type 类型 | from 取自（依次） |\n|---|---|---|---|",
            entity.label_zh, entity.label_en, entity.id
        );
        for golden in &entity.fields {
            let FieldDraft { id, label_zh, field_type, .. } = &golden.field;
            let from = golden.from.iter().map(|from| format!("`{from}`")).collect::<Vec<_>>().join(", ");
            let _ = writeln!(
                page,
                "| `{id}` | {label_zh}{} | {} | {from} |",
                marks(&golden.field, None),
                typed(&golden.field, field_type)
            );
        }
    }
}

fn relations(page: &mut String, config: &Config) {
    page.push_str(
        "\n## Relations · 关系\n\n\
         | relation 关系 | | through 依据 | from · field 起点 | to · field 终点 | sharing 共享 |\n|---|---|---|---|---|---|\n",
    );
    for relation in &config.relations {
        let end = |end: &RelationEndDraft| format!("`{}` · `{}` {}", end.role, end.field, end.label_zh);
        let _ = writeln!(
            page,
            "| `{}` | {} · {} | `{}` | {} | {} | `{}` |",
            relation.id,
            relation.label_zh,
            relation.label_en,
            relation.kind,
            end(&relation.from),
            end(&relation.to),
            relation.share.as_str(),
        );
    }
}

fn kinds(page: &mut String, config: &Config) {
    let _ = writeln!(page, "\n## Kinds of records · 记录种类\n\n{} kinds.", config.kinds.len());
    for kind in &config.kinds {
        let KindDraft { id, plural, label_zh, label_en, share, roles, fields, .. } = kind;
        let _ = writeln!(
            page,
            "\n### {label_zh} · {label_en} (`{id}`, `{plural}`)\n\nSharing 共享: `{}`.",
            share.as_str()
        );
        for role in roles {
            let by: Vec<String> =
                role.identifiers.iter().map(|one| format!("`{}` ({})", one.field, one.scheme)).collect();
            let party =
                if role.is_party { ", decides whether the record is matched 决定记名" } else { "" };
            let scored = if role.scored.is_some() {
                "; weighed where no identifier decides 可加权匹配"
            } else {
                ""
            };
            let by =
                if by.is_empty() { String::new() } else { format!(", found by 依据 {}", by.join(", ")) };
            let _ = writeln!(page, "- `{}` → `{}`{party}{by}{scored}", role.id, role.entity);
        }
        page.push_str("\n| field 字段 | | type 类型 |\n|---|---|---|\n");
        for field in fields {
            let _ = writeln!(
                page,
                "| `{}` | {}{} | {} |",
                field.id,
                field.label_zh,
                marks(field, Some(*share)),
                typed(field, &field.field_type)
            );
        }
    }
}

fn typed(field: &FieldDraft, name: &str) -> String {
    match (&field.code_list, &field.scheme) {
        (Some(list), _) => format!("{name} `{list}`"),
        (None, Some(scheme)) => format!("{name} `{scheme}`"),
        (None, None) => name.to_owned(),
    }
}

fn marks(field: &FieldDraft, share: Option<Share>) -> String {
    let mut marks = Vec::new();
    match field.sensitivity {
        Some(Sensitivity::Personal) => marks.push("personal 个人信息".to_owned()),
        Some(Sensitivity::Organisation) => marks.push("names of organisations 单位名称".to_owned()),
        Some(Sensitivity::Public | Sensitivity::Internal) | None => {}
    }
    if field.is_indexed {
        marks.push("indexed 可查".to_owned());
    }
    if field.is_required {
        marks.push("required 必填".to_owned());
    }
    if let Some(own) = field.share.filter(|own| Some(*own) != share) {
        marks.push(format!("`{}`", own.as_str()));
    }
    if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) }
}

fn lists(page: &mut String, config: &Config) {
    page.push_str(
        "\n## Code lists · 代码表\n\n| list 代码表 | | edition 版本 | codes 代码数 |\n|---|---|---|---|\n",
    );
    for list in &config.lists {
        for edition in &list.editions {
            let _ = writeln!(
                page,
                "| `{}` | {} · {} | {} | {} |",
                list.id,
                list.label_zh,
                list.label_en,
                edition.name,
                edition.entries.len()
            );
        }
    }
    page.push_str(
        "\n## Translations · 代码对照\n\n| translation | into list 译入 | pairs 对数 |\n|---|---|---|\n",
    );
    for translation in &config.translations {
        let _ =
            writeln!(page, "| `{}` | `{}` | {} |", translation.id, translation.list, translation.map.len());
    }
    page.push_str("\n## Working days · 工作日\n\n| year 年 | off 放假 | worked 调休上班 |\n|---|---|---|\n");
    for calendar in &config.calendars {
        let _ = writeln!(
            page,
            "| {} | {} | {} |",
            calendar.year,
            calendar.off.join(" "),
            calendar.worked.join(" ")
        );
    }
}
