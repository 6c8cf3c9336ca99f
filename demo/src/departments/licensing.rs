//! 行政审批服务局: licences, in the columns of 双公示, dropped as CSV files in GBK.

use super::party::{self, Ways};
use crate::reasons;
use crate::table::{Cell, Column, Made, Table, text};
use crate::truth::Expected;
use crate::world::World;

/// 行政许可.
pub(super) const TABLE: Table = Table {
    source: "licensing",
    name: "xzxk",
    kind: "licence",
    comment: "行政许可",
    columns: COLUMNS,
    key: &["XK_XKBH"],
};

const COLUMNS: &[Column] = &[
    text("XK_XKBH", "许可编号"),
    text("XK_XDR_MC", "行政相对人名称"),
    text("XK_XDR_SHXYM", "统一社会信用代码"),
    text("XK_XDR_GSZC", "工商注册号"),
    text("XK_FRDB", "法定代表人"),
    text("XK_XKWS", "许可决定文书名称"),
    text("XK_WSH", "许可决定文书号"),
    text("XK_XKLB", "许可类别"),
    text("XK_NR", "许可内容"),
    text("XK_JDRQ", "许可决定日期"),
    text("XK_YXQZ", "有效期自"),
    text("XK_YXQZI", "有效期至"),
    text("XK_XKJG", "许可机关"),
    text("XK_ZT", "当前状态"),
    text("LXDH", "联系电话"),
];

const WAYS: Ways = Ways {
    label: "licence.way",
    code_check: "licence.code_check",
    by_number: "licence.by_registration_number",
    by_organisation: "",
    by_tax: "",
    by_name: "licence.by_name_only",
    stranger: "",
    ..Ways::NONE
};

/// The rows. Those of one year go to one file.
pub(super) fn rows(world: &World) -> Box<dyn Iterator<Item = Made> + '_> {
    Box::new((0..world.scaled(60_000)).flat_map(move |row| {
        let made = made(world, row);
        // The same licence number once more, with another content: only one of the two can be believed.
        let again = world.hit("licence.repeated_key", row).then(|| {
            let mut again = made.clone();
            again.cells[8] = "（重复上报）".into();
            again.expected = Expected::DeadLetter(vec![reasons::REPEATED_KEY]);
            again
        });
        std::iter::once(made).chain(again)
    }))
}

fn made(world: &World, row: u64) -> Made {
    let subject = world.some_subject("licence.subject", row);
    let party = party::party(world, &WAYS, row, &subject);
    let day = world.day("licence.day", row, 2015, 2019);
    let is_impossible = world.hit("licence.impossible_date", row);
    let bad_bytes = world.hit("licence.bad_bytes", row);
    let mut faults = Vec::new();
    if bad_bytes {
        faults.push(reasons::BAD_BYTES);
    }
    if is_impossible {
        faults.push(reasons::BAD_DATE);
    }
    let until = if world.hit("licence.open_ended", row) {
        "长期".to_owned()
    } else if world.hit("licence.far_end", row) {
        "9999-12-31".to_owned()
    } else if world.hit("licence.no_end", row) {
        "无".to_owned()
    } else {
        format!("{}-{:02}-{:02}", day.year() + 5, day.month(), day.day().min(28))
    };
    let (document, kind) = world.dice.pick(
        "licence.kind",
        row,
        &[
            ("食品经营许可证", "01"),
            ("药品经营许可证", "01"),
            ("公共场所卫生许可证", "01"),
            ("危险化学品经营许可证", "01"),
            ("建筑业企业资质证书", "03"),
        ],
    );
    // Two bytes that begin no GBK character.
    let name = if bad_bytes { Cell::Raw(vec![0xCE, 0xF7, 0xFF, 0xFF]) } else { gbk_only(&party.name).into() };
    let key = format!("JY1610131{row:08}");
    let cells = vec![
        key.clone().into(),
        name,
        party.uscc,
        party.number,
        gbk_only(&subject.legal_representative.name).into(),
        document.into(),
        format!("西高审批〔{}〕{}号", day.year(), row + 1).into(),
        kind.into(),
        gbk_only(&subject.scope).into(),
        (if is_impossible { format!("{}-04-31", day.year()) } else { day.to_string() }).into(),
        day.to_string().into(),
        until.into(),
        "西安高新区行政审批服务局".into(),
        "1".into(),
        subject.phone.into(),
    ];
    let expected = if faults.is_empty() { party.expected } else { Expected::DeadLetter(faults) };
    Made { cells, key, expected }
}

/// What GBK cannot write becomes `?`, as it did in the department's own system.
fn gbk_only(text: &str) -> String {
    text.chars()
        .map(|c| {
            let mut buffer = [0; 4];
            let (_, _, is_lossy) = encoding_rs::GBK.encode(c.encode_utf8(&mut buffer));
            if is_lossy { '?' } else { c }
        })
        .collect()
}
