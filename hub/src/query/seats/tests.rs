use std::time::Duration;

use super::Seats;
use crate::query::QueryError;

#[tokio::test(start_paused = true)]
async fn a_caller_without_a_seat_waits_for_its_own_and_others_do_not() {
    let seats = Seats::new(2, Duration::from_secs(1));
    let (first, _second) = (seats.take("a").await.unwrap(), seats.take("a").await.unwrap());
    assert!(matches!(seats.take("a").await, Err(QueryError::Crowded { limit: 2 })));
    seats.take("b").await.unwrap();
    let (third, ()) = tokio::join!(seats.take("a"), async {
        tokio::time::sleep(Duration::from_millis(900)).await;
        drop(first);
    });
    third.unwrap();
}

#[tokio::test(start_paused = true)]
async fn somebody_has_always_one_seat() {
    Seats::new(0, Duration::ZERO).take("a").await.unwrap();
}
