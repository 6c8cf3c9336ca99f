//! What the columns of a plan say of the subject of a row, and of people and organisations that are no subjects.

use super::plan::{Row, registered_code};
use crate::table::Cell;
use crate::truth::Expected;
use crate::world::{Category, Person};

impl Row<'_> {
    /// The name as this row writes it: now and then with blanks, other brackets, the kind of business behind it.
    pub(super) fn name(&self) -> Cell {
        let name = &self.party.name;
        match self.below("plan.name", 40) {
            0 => format!(" {name}\u{3000}"),
            1 if self.subject.category == Category::Individual => format!("{name}（个体工商户）"),
            2 => name.replacen("西安", "（西安）", 1),
            _ => name.clone(),
        }
        .into()
    }

    /// The credit code, if this row names its subject by it; now and then in lower case, full width, or with blanks.
    pub(super) fn code(&self) -> Cell {
        let Cell::Text(code) = &self.party.uscc else { return self.party.uscc.clone() };
        match self.below("plan.spelling", 50) {
            0 => code.to_lowercase(),
            1 => format!(" {} {}", code.get(..8).unwrap_or_default(), code.get(8..).unwrap_or_default()),
            2 => code.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c)).collect(),
            _ => code.clone(),
        }
        .into()
    }

    /// The registration number, likewise.
    pub(super) fn number(&self) -> Cell {
        self.party.number.clone()
    }

    /// The organisation code, likewise.
    pub(super) fn organisation(&self) -> Cell {
        self.party.organisation.clone()
    }

    /// The taxpayer's number: an old one, or the credit code.
    pub(super) fn tax(&self) -> Cell {
        or(&self.party.tax, &self.party.uscc)
    }

    /// Credit code or organisation code, in one column.
    pub(super) fn either(&self) -> Cell {
        or(&self.party.uscc, &self.party.organisation)
    }

    /// The number at social insurance, which ends in the organisation code.
    pub(super) fn social(&self) -> Cell {
        let code = match (&self.party.uscc, &self.party.organisation, &self.party.expected) {
            (Cell::Text(code), _, Expected::Subject(_) | Expected::Waiting) => code.get(8..17),
            (_, Cell::Text(code), _) => Some(code.as_str()),
            _ => None,
        };
        code.map(|code| format!("610131{}", code.replace('-', ""))).into()
    }

    /// The internal number of the registry.
    pub(super) fn pripid(&self) -> Cell {
        self.subject.pripid.clone().into()
    }

    /// The credit code, if the registry itself gives it.
    pub(super) fn registered_code(&self) -> Cell {
        registered_code(self.world, &self.subject)
    }

    /// The credit code, whatever this row names its subject by: part of a key.
    pub(super) fn own_key(&self) -> Cell {
        self.subject.uscc.clone().into()
    }

    /// The number of a pollution permit: the credit code, three digits and a letter.
    pub(super) fn permit_number(&self) -> Cell {
        format!("{}001P", self.subject.uscc).into()
    }

    pub(super) fn legal(&self) -> Cell {
        self.subject.legal_representative.name.clone().into()
    }

    pub(super) fn legal_id(&self) -> Cell {
        self.subject.legal_representative.id.clone().into()
    }

    pub(super) fn phone(&self) -> Cell {
        self.subject.phone.clone().into()
    }

    pub(super) fn address(&self) -> Cell {
        self.subject.address.clone().into()
    }

    /// The name of some other subject.
    pub(super) fn other_name(&self, label: &str) -> Cell {
        self.world.subject(self.below(label, self.world.n_subjects)).name.into()
    }

    /// A project of the subject.
    pub(super) fn project(&self, what: &str) -> Cell {
        format!("{}{what}", self.subject.name).into()
    }

    /// A mark of the subject.
    pub(super) fn brand(&self) -> Cell {
        self.subject.name.chars().skip(2).take(2).collect::<String>().into()
    }

    /// The industry as GB/T 4754-2011 coded it.
    pub(super) fn industry_2011(&self) -> Cell {
        CODED_2011
            .iter()
            .find(|(today, _)| *today == self.subject.industry)
            .map_or(self.subject.industry, |(_, then)| then)
            .into()
    }

    /// The result of a spot check, as they are distributed.
    pub(super) fn spot_result(&self) -> Cell {
        match self.below("spot.result", 1000) {
            0..937 => "未发现问题",
            937..965 => "通过登记的住所(经营场所)无法联系",
            965..984 => "隐瞒真实情况、弄虚作假",
            984..987 => "未按规定公示应当公示的信息",
            987..990 => "不配合检查情节严重",
            _ => "发现问题已责令改正",
        }
        .into()
    }

    /// The name of a social organisation.
    pub(super) fn body_name(&self) -> Cell {
        let field = ["软件行业", "餐饮", "养老服务", "科技创新", "志愿服务", "环境保护"];
        let what = ["协会", "商会", "服务中心", "促进会"];
        let place = |list: &[&'static str], label| self.world.dice.pick(label, self.row, list);
        format!("西安高新区{}{}第{}", place(&field, "body.field"), place(&what, "body.what"), self.row + 1)
            .into()
    }

    /// The credit code of a social organisation, which begins with 5.
    pub(super) fn body_code(&self) -> Cell {
        codes::OrganisationCode::compose(&format!("MJ{:06}", self.row))
            .and_then(|code| codes::Uscc::compose(&format!("52610131{code}")))
            .map(|code| code.to_string())
            .ok()
            .into()
    }

    /// The name of a Party organisation.
    pub(super) fn organisation_name(&self) -> Cell {
        format!("中共{}支部委员会", self.subject.name).into()
    }

    /// The number of the Party organisation this row is about.
    pub(super) fn branch(&self) -> Cell {
        self.party.local.clone()
    }

    fn person(&self) -> Person {
        self.world.person(self.below("plan.person", self.world.n_persons()))
    }

    pub(super) fn person_name(&self) -> Cell {
        self.person().name.into()
    }

    pub(super) fn gender(&self) -> Cell {
        (if self.person().id.as_bytes().get(16).is_some_and(|digit| digit % 2 == 1) { "男" } else { "女" })
            .into()
    }

    /// An ID number, of 15 digits in old rows.
    pub(super) fn person_id(&self) -> Cell {
        let person = self.person();
        let short = if self.below("plan.short_id", 12) == 0 { person.short_id() } else { None };
        short.unwrap_or(person.id).into()
    }

    pub(super) fn mobile(&self) -> Cell {
        format!("139{:08}", self.below("plan.mobile", 100_000_000)).into()
    }
}

fn or(one: &Cell, other: &Cell) -> Cell {
    if *one == Cell::Null { other.clone() } else { one.clone() }
}

/// Industries whose code changed with GB/T 4754-2017: today's, and that of 2011.
const CODED_2011: &[(&str, &str)] = &[
    ("4415", "4414"),
    ("4790", "4700"),
    ("5011", "5010"),
    ("5431", "5430"),
    ("6513", "6510"),
    ("7243", "7233"),
    ("7251", "7240"),
    ("7291", "7271"),
    ("8030", "7930"),
    ("8040", "7940"),
    ("8111", "8011"),
    ("8391", "8291"),
    ("9013", "8913"),
    ("9019", "8919"),
];
