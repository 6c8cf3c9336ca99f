//! What is told of streams that the configuration has no more: nothing but their records.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalogue::{Catalogue, Role};
use crate::query::plan::{ListPlan, Plan, Select, Target};
use crate::query::quality::{Dimensions, FindingQuestion, QualityQuestion};
use crate::query::{Query, QueryLimits};

use super::world::{World, asker, ontology};

#[tokio::test]
async fn a_stream_taken_out_is_neither_counted_nor_measured() {
    let world = World::new(4).await;
    let configured = BTreeSet::from([("scjg".to_owned(), "dj".to_owned())]);
    let catalogue = Catalogue::new(Arc::new(ontology())).with_configured(configured);
    let (store, audit, clock) = (world.store.clone(), world.audit.clone(), world.clock.clone());
    let query = Query::new(store, Arc::new(catalogue), audit, clock, QueryLimits::default());
    let steward = asker(Role::Steward);

    let streams = query.streams(&steward).await.unwrap();
    let named: Vec<&str> = streams.iter().map(|stream| stream.name.as_str()).collect();
    assert_eq!(named, ["dj"]);
    assert_eq!(query.sources(&steward).await.unwrap().len(), 1);
    let status = query.status(&steward).await.unwrap();
    assert!(status.iter().all(|one| one.department == "scjg") && !status.is_empty());
    let (department, source, stream) = (None, None, None);
    let question = QualityQuestion { department, source, stream, wanted: Dimensions::all() };
    let departments = query.quality(&steward, &question).await.unwrap();
    let measured: Vec<&str> = departments.iter().map(|department| department.id.as_str()).collect();
    assert_eq!(measured, ["scjg"]);
    let question = FindingQuestion { first: 200, ..FindingQuestion::default() };
    let found = query.quality_findings(&steward, &question).await.unwrap();
    assert!(found.iter().all(|finding| finding.stream == "dj"));

    let list = ListPlan::first(50, Select::default());
    let plan = Plan { target: Target::Records("penalty".into()), ids: None, list, as_of: None };
    assert_eq!(query.run(&steward, "penalties", plan).await.unwrap().rows.rows.len(), 6);
}
