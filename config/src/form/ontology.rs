//! `[kind.<id>]`, `[entity.<id>]` and `[relation.<id>]`.

use crate::{
    draft::{
        DayCount, EntityDraft, FieldDraft, Freshness, GoldenFieldDraft, IdentifierDraft, KindDraft, Origin,
        RelationDraft, RelationEndDraft, RoleDraft, ScoredDraft, Sensitivity, Share, TimelyDraft,
    },
    table::Table,
};

pub(super) fn kind(id: String, mut table: Table<'_>) -> KindDraft {
    if !table.has("share") {
        table.missing("share", "\"conditional\"");
    }
    if !table.has("field") {
        table.missing_as("field", &format!("[{}.field.name]", table.path));
    }
    let kind = KindDraft {
        plural: table.need_text("plural", "penalties"),
        label_zh: table.need_text("label_zh", "行政处罚"),
        label_en: table.need_text("label_en", "Penalty"),
        description_zh: table.text("description_zh"),
        description_en: table.text("description_en"),
        share: table.word("share", Share::WORDS).unwrap_or(Share::NotShared),
        roles: table.named_tables("role").into_iter().map(|(id, table)| role(id, table)).collect(),
        fields: table.named_tables("field").into_iter().map(|(id, table)| kind_field(id, table)).collect(),
        timely: table.tables("timely").into_iter().map(timely).collect(),
        id,
    };
    table.finish();
    kind
}

fn timely(mut table: Table<'_>) -> TimelyDraft {
    if !table.has("days") {
        table.missing("days", "7");
    }
    let timely = TimelyDraft {
        from: table.need_text("from", "decided_on"),
        to: table.text("to"),
        days: table.integer("days", 0, 3_660).unwrap_or_default(),
        count: table.word_or("count", DayCount::WORDS, "calendar").unwrap_or(DayCount::Calendar),
        since: table.day("since"),
        until: table.day("until"),
        basis: table.text("basis"),
    };
    table.finish();
    timely
}

fn role(id: String, mut table: Table<'_>) -> RoleDraft {
    let role = RoleDraft {
        id,
        label_zh: table.text("label_zh").unwrap_or_default(),
        label_en: table.text("label_en").unwrap_or_default(),
        entity: table.need_text("entity", "subject"),
        is_party: table.bool_or("party", false),
        identifiers: table.tables("identifiers").into_iter().map(identifier).collect(),
        name: table.text("name"),
        inverse: table.text("inverse"),
        scored: table.table("scored").map(scored),
    };
    table.finish();
    role
}

fn scored(mut table: Table<'_>) -> ScoredDraft {
    let scored = ScoredDraft {
        code: table.text("code"),
        former_names: table.text("former_names"),
        representative: table.text("representative"),
        phone: table.text("phone"),
        address: table.text("address"),
    };
    table.finish();
    scored
}

fn identifier(mut table: Table<'_>) -> IdentifierDraft {
    let identifier = IdentifierDraft {
        scheme: table.need_text("scheme", "uscc"),
        field: table.need_text("field", "party_uscc"),
    };
    table.finish();
    identifier
}

fn kind_field(id: String, mut table: Table<'_>) -> FieldDraft {
    let field = field(id, &mut table);
    table.finish();
    field
}

fn field(id: String, table: &mut Table<'_>) -> FieldDraft {
    FieldDraft {
        id,
        field_type: table.need_text("type", "text"),
        label_zh: table.need_text("label_zh", "名称"),
        label_en: table.need_text("label_en", "Name"),
        description_zh: table.text("description_zh"),
        description_en: table.text("description_en"),
        sensitivity: table.word("sensitivity", Sensitivity::WORDS),
        share: table.word("share", Share::WORDS),
        is_indexed: table.bool_or("index", false),
        is_required: table.bool_or("required", false),
        code_list: table.text("code_list"),
        scheme: table.text("scheme"),
        scale: table.integer("scale", 0, 9),
        currency: table.text("currency"),
        max_length: table.integer("max_length", 1, 1 << 24),
        freshness: table.word("freshness", Freshness::WORDS),
        deprecated: table.text("deprecated"),
    }
}

pub(super) fn entity(id: String, mut table: Table<'_>) -> EntityDraft {
    let entity = EntityDraft {
        id,
        plural: table.need_text("plural", "subjects"),
        label_zh: table.need_text("label_zh", "市场主体"),
        label_en: table.need_text("label_en", "Market subject"),
        description_zh: table.text("description_zh"),
        description_en: table.text("description_en"),
        origin: table.word_or("origin", Origin::WORDS, "anchor").unwrap_or(Origin::Anchor),
        is_market_subject: table.bool_or("market_subject", false),
        share: table.word_or("share", Share::WORDS, "unconditional").unwrap_or(Share::NotShared),
        fields: table.named_tables("field").into_iter().map(|(id, table)| golden_field(id, table)).collect(),
    };
    table.finish();
    entity
}

fn golden_field(id: String, mut table: Table<'_>) -> GoldenFieldDraft {
    let field = GoldenFieldDraft {
        field: field(id, &mut table),
        from: table.need_texts("from", "[\"registration.name\"]"),
    };
    table.finish();
    field
}

pub(super) fn relation(id: String, mut table: Table<'_>) -> RelationDraft {
    if !table.has("share") {
        table.missing("share", "\"conditional\"");
    }
    let relation = RelationDraft {
        id,
        label_zh: table.need_text("label_zh", "隶属"),
        label_en: table.need_text("label_en", "Branch"),
        description_zh: table.text("description_zh"),
        description_en: table.text("description_en"),
        share: table.word("share", Share::WORDS).unwrap_or(Share::NotShared),
        kind: table.need_text("kind", "registration"),
        from: relation_end(&mut table, "from", "{ role = \"party\", field = \"parents\", … }"),
        to: relation_end(&mut table, "to", "{ role = \"parent\", field = \"branches\", … }"),
    };
    table.finish();
    relation
}

fn relation_end(table: &mut Table<'_>, key: &'static str, example: &str) -> RelationEndDraft {
    if !table.has(key) {
        table.missing(key, example);
    }
    let Some(mut table) = table.table(key) else { return RelationEndDraft::default() };
    let end = RelationEndDraft {
        role: table.need_text("role", "parent"),
        field: table.need_text("field", "branches"),
        label_zh: table.need_text("label_zh", "分支机构"),
        label_en: table.need_text("label_en", "Branches"),
    };
    table.finish();
    end
}
