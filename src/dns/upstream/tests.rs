//! The life of an upstream server: its health, its queue, and what it is spared.

use std::task::{Context, Poll, Waker};

use super::*;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

fn server() -> Arc<Upstream> {
    Servers::new(Vec::new()).get("192.0.2.53:53".parse().unwrap())
}

fn ago(time: Duration) -> Instant {
    Instant::now().checked_sub(time).unwrap()
}

/// Leave to ask; `None` if it has to be waited for.
fn admit(server: &Upstream) -> Option<Result<Leave, Closed>> {
    let admit = std::pin::pin!(server.admit());
    match admit.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => None,
    }
}

fn query(name: &str) -> Query {
    Query::query(name.parse().unwrap(), hickory_resolver::proto::rr::RecordType::A)
}

#[test]
fn a_server_that_refuses_a_packet_is_down_until_something_is_heard_of_it() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let server = server();
    assert_eq!(server.health(), Health::Up);
    server.refused(&Query::default());
    assert_eq!(server.health(), Health::Down);
    assert!(server.recovered().is_none());
    server.heard(None);
    assert_eq!(server.health(), Health::Up);
    assert!(server.recovered().is_some());
}

#[test]
fn a_server_is_down_after_three_timeouts_and_a_time_of_silence() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let (short, long) = (DOWN_AFTER / 2, DOWN_AFTER + Duration::from_millis(1));
    for (sent, timeouts, health) in [
        (long, 1, Health::Late),
        (long, 2, Health::Late),
        (long, 3, Health::Down),
        (short, 3, Health::Late),
        (short, 9, Health::Late),
    ] {
        let server = server();
        let sent = ago(sent);
        for _ in 0..timeouts {
            server.late(sent, &Query::default());
        }
        assert_eq!(server.health(), health, "{timeouts} timeouts");
        // It was never down, so it has not come back either.
        server.heard(None);
        assert_eq!(server.health(), Health::Up);
        assert_eq!(server.recovered().is_some(), health == Health::Down);
    }
}

#[test]
fn a_timeout_does_not_count_if_the_server_answered_others_meanwhile() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let server = server();
    server.heard(None);
    for _ in 0..9 {
        server.late(ago(DOWN_AFTER * 2), &Query::default());
    }
    assert_eq!(server.health(), Health::Up);
    assert!(!server.lock().probing);
}

#[test]
fn a_server_that_is_down_is_tried_by_a_few_and_others_fail_at_once() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let server = server();
    server.refused(&Query::default());
    let tries: Vec<_> = (0..TRIALS).map(|_| admit(&server).unwrap().unwrap()).collect();
    assert!(tries.iter().all(|leave| leave.trial));
    assert_eq!(admit(&server).unwrap().err(), Some(Closed::Down));
    drop(tries);
    assert!(admit(&server).unwrap().unwrap().trial);
}

#[test]
fn a_question_waits_while_the_window_is_full() {
    let server = server();
    let mut out: Vec<_> = (0..IN_FLIGHT).map(|_| admit(&server).unwrap().unwrap()).collect();
    assert!(out.iter().all(|leave| !leave.trial));
    assert!(admit(&server).is_none());
    out.pop();
    assert!(admit(&server).is_some_and(|leave| leave.is_ok()));
}

#[test]
fn a_server_that_goes_down_takes_the_queue_with_it() {
    let runtime = runtime();
    let server = server();
    let out: Vec<_> = (0..IN_FLIGHT).map(|_| admit(&server).unwrap().unwrap()).collect();
    runtime.block_on(async {
        let asks = Arc::clone(&server);
        let waiting = tokio::spawn(async move { asks.admit().await.map(|leave| leave.trial) });
        tokio::task::yield_now().await;
        server.refused(&Query::default());
        drop(out);
        assert_eq!(waiting.await.unwrap(), Ok(true));
    });
}

#[test]
fn a_server_without_edns_is_asked_with_edns_again_later() {
    let server = server();
    assert!(server.knows_edns());
    server.knows_no_edns();
    assert!(!server.knows_edns());
    server.lock().plain_until = Some(ago(Duration::from_millis(1)));
    assert!(server.knows_edns());
}

#[test]
fn a_loop_is_looked_for_once_in_a_second() {
    let server = server();
    assert!(server.may_look_for_loop());
    assert!(!server.may_look_for_loop());
    server.lock().canary = Some(ago(LEAST_BACKOFF));
    assert!(server.may_look_for_loop());
    assert!(!server.may_look_for_loop());
}

#[test]
fn a_server_in_a_loop_is_closed_longer_each_time() {
    let server = server();
    assert_eq!(server.closed(), None);
    let pauses: Vec<u64> = (0..10).map(|_| server.loops().as_secs()).collect();
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    assert_eq!(server.closed(), Some(Closed::Loop));
    assert_eq!(admit(&server).unwrap().err(), Some(Closed::Loop));
    server.lock().looping = Some((ago(Duration::from_millis(1)), LEAST_BACKOFF));
    assert_eq!(server.closed(), None);
    assert!(admit(&server).unwrap().is_ok());
}

#[test]
fn a_listener_of_this_process_is_never_asked() {
    let own = "127.0.0.1:53".parse().unwrap();
    let servers = Servers::new(vec![own]);
    assert_eq!(servers.get(own).closed(), Some(Closed::Loop));
    assert_eq!(servers.get("127.0.0.1:54".parse().unwrap()).closed(), None);
    assert!(Arc::ptr_eq(&servers.get(own), &servers.get(own)));
}

#[test]
fn the_wait_follows_the_round_trip() {
    let server = server();
    let wait = || server.wait().as_millis();
    assert_eq!(wait(), UNKNOWN.as_millis());
    // What is heard out of turn says nothing about the time.
    server.heard(None);
    assert_eq!(wait(), UNKNOWN.as_millis());
    // 100 + 4 * 50, then 100 + 4 * 37.5, then 112.5 + 4 * (28.125 + 25).
    for (measured, expected) in [(100, 300), (100, 250), (200, 325)] {
        server.heard(Some(Duration::from_millis(measured)));
        assert_eq!(wait(), expected);
    }
    server.heard(Some(Duration::from_secs(60)));
    assert_eq!(wait(), LONGEST.as_millis());
    let quick = RoundTrip::after(None, Duration::from_micros(50));
    assert_eq!(quick.wait(), SHORTEST);
    assert_eq!(longer(SHORTEST), SHORTEST * 2);
    assert_eq!(longer(LONGEST), LONGEST);
}

#[test]
fn the_background_probe_repeats_the_last_question_and_is_one() {
    let runtime = runtime();
    let _entered = runtime.enter();
    let server = server();
    // Nobody asks for a server that is up.
    server.wanted(&query("first.example."));
    assert!(server.wanted_in_trouble().is_none());
    server.refused(&query("first.example."));
    server.refused(&query("second.example."));
    assert!(server.lock().probing);
    assert_eq!(runtime.metrics().num_alive_tasks(), 1);
    assert_eq!(server.wanted_in_trouble(), Some(query("first.example.")));
    server.wanted(&query("third.example."));
    assert_eq!(server.wanted_in_trouble(), Some(query("third.example.")));
    server.heard(None);
    assert_eq!(server.wanted_in_trouble(), None);
    assert!(!server.lock().probing);
}

#[test]
fn clients_and_streams_have_a_limited_number_of_places() {
    let server = server();
    let slots: Vec<_> = (0..SLOTS).map(|_| server.slot().unwrap()).collect();
    assert!(server.slot().is_none());
    drop(slots);
    assert!(server.slot().is_some());
    runtime().block_on(async {
        let mut streams = Vec::new();
        for _ in 0..STREAMS {
            streams.push(server.stream().await.unwrap());
        }
        let more = tokio::time::timeout(Duration::from_millis(10), server.stream()).await;
        assert!(more.is_err());
    });
}
