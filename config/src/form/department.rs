//! `[department]` and `[[departments]]`.

use crate::{draft::DepartmentDraft, table::Table};

pub(super) fn department(mut table: Table<'_>) -> DepartmentDraft {
    let id = table.need_id("id", "market");
    let path = format!("department.{id}");
    table.judge.once("department", &id, &path, table.at);
    table.rename(path);
    let department = DepartmentDraft {
        id,
        name_zh: table.need_text("name_zh", "市场监督管理局"),
        name_en: table.need_text("name_en", "Market Regulation Bureau"),
        short_zh: table.text("short_zh"),
        sources: Vec::new(),
    };
    table.finish();
    department
}
