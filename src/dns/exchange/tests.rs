//! What is taken for an answer, what is passed over, and what an error says of a server.

use std::sync::atomic::{AtomicU32, Ordering};

use hickory_resolver::proto::rr::{
    Name, RData, Record,
    rdata::{A, NS, SOA},
};

use super::*;
use crate::dns::{loops::Loops, upstream::Servers};

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn query() -> Query {
    Query::query(name("www.example."), HickoryType::A)
}

fn record(data: RData) -> Record {
    Record::from_rdata(name("example."), 60, data)
}

/// A reply with this code that is authoritative, recursive, or neither.
fn reply(code: ResponseCode, authoritative: bool, recursive: bool) -> Message {
    let mut reply = Message::response(1, OpCode::Query);
    reply.metadata.response_code = code;
    reply.metadata.authoritative = authoritative;
    reply.metadata.recursion_available = recursive;
    reply
}

#[test]
fn what_is_an_answer() {
    let soa = SOA::new(name("ns.example."), name("host.example."), 1, 2, 3, 4, 5);
    let soa = || record(RData::SOA(soa.clone()));
    let ns = || record(RData::NS(NS(name("ns.example."))));
    let a = || record(RData::A(A::new(192, 0, 2, 1)));
    let is_answer = |reply: &Message| problem(reply).is_none();

    let nxdomain = reply(ResponseCode::NXDomain, false, false);
    assert!(is_answer(&nxdomain));
    for code in [
        ResponseCode::Refused,
        ResponseCode::ServFail,
        ResponseCode::FormErr,
        ResponseCode::NotImp,
        ResponseCode::NotAuth,
    ] {
        let mut reply = reply(code, true, true);
        reply.answers.push(a());
        assert!(!is_answer(&reply), "{code}");
    }
    for (authoritative, recursive) in [(false, false), (true, false), (false, true), (true, true)] {
        let empty = || reply(ResponseCode::NoError, authoritative, recursive);
        // Neither authoritative nor a resolver, and with nothing to say: lame.
        assert_eq!(is_answer(&empty()), authoritative || recursive);
        let mut full = empty();
        full.answers.push(a());
        full.authorities.push(ns());
        assert!(is_answer(&full));
        let mut negative = empty();
        negative.authorities.extend([ns(), soa()]);
        assert!(is_answer(&negative));
        let mut referral = empty();
        referral.authorities.push(ns());
        assert_eq!(problem(&referral), Some("a referral"));
    }
}

/// A server on loopback that treats each packet as told: it gets the number of the packet and the question, and
/// gives what to send back.
async fn served(
    answers: impl Fn(u32, Message) -> Vec<Vec<u8>> + Send + 'static,
) -> (SocketAddr, Arc<AtomicU32>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (address, count) = (socket.local_addr().unwrap(), Arc::new(AtomicU32::new(0)));
    let heard = Arc::clone(&count);
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        loop {
            let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
            let question = Message::from_vec(&buffer[..length]).unwrap();
            let number = heard.fetch_add(1, Ordering::SeqCst);
            for packet in answers(number, question) {
                socket.send_to(&packet, from).await.unwrap();
            }
        }
    });
    (address, count)
}

/// The reply of an upstream server to a question, with an address.
fn answered(question: &Message, address: [u8; 4]) -> Message {
    let mut reply = reply(ResponseCode::NoError, false, true);
    reply.metadata.id = question.metadata.id;
    reply.queries.clone_from(&question.queries);
    let data = RData::A(A::from(std::net::Ipv4Addr::from(address)));
    reply.answers.push(Record::from_rdata(name("www.example."), 60, data));
    reply
}

async fn ask(address: SocketAddr) -> Result<Message, Unheard> {
    let server = Servers::new(Vec::new()).get(address);
    ask_it(&server).await
}

async fn ask_it(server: &Arc<Upstream>) -> Result<Message, Unheard> {
    let watched = Watched {
        loops: Arc::new(Loops::new()),
        name: crate::model::name::Name::parse("www.example").unwrap(),
        returned: Arc::default(),
    };
    let until = Instant::now() + Duration::from_secs(20);
    look_up(&[Arc::clone(server)], &query(), until, &watched).await
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn packets_with_other_ids_are_passed_over() {
    block_on(async {
        let (address, _) = served(|_, question| {
            let mut forged = answered(&question, [192, 0, 2, 66]);
            forged.metadata.id ^= 1;
            let mut far = answered(&question, [192, 0, 2, 67]);
            far.metadata.id ^= 0x100;
            let own = answered(&question, [192, 0, 2, 1]);
            vec![
                vec![],
                vec![7],
                forged.to_vec().unwrap(),
                far.to_vec().unwrap(),
                own.to_vec().unwrap(),
            ]
        })
        .await;
        let reply = ask(address).await.unwrap();
        assert_eq!(reply.answers[0].data, RData::A(A::new(192, 0, 2, 1)));
    });
}

#[test]
fn a_reply_to_another_question_is_a_failure() {
    type Spoil = fn(&mut Message);
    let spoils: [Spoil; 4] = [
        |reply| reply.queries = vec![Query::query(name("other.example."), HickoryType::A)],
        |reply| reply.queries.clear(),
        |reply| reply.metadata.message_type = MessageType::Query,
        |reply| reply.metadata.op_code = OpCode::Status,
    ];
    for (number, spoil) in spoils.into_iter().enumerate() {
        block_on(async {
            let (address, count) = served(move |_, question| {
                let mut reply = answered(&question, [192, 0, 2, 1]);
                spoil(&mut reply);
                vec![reply.to_vec().unwrap()]
            })
            .await;
            assert_eq!(ask(address).await.err(), Some(Unheard::Failed), "case {number}");
            assert_eq!(count.load(Ordering::SeqCst), 1);
        });
    }
}

#[test]
fn a_server_that_knows_no_edns_is_asked_without_and_remembered() {
    for leaves_the_question_out in [false, true] {
        block_on(async {
            let (address, count) = served(move |_, question| {
                let mut reply = answered(&question, [192, 0, 2, 1]);
                if question.edns.is_some() {
                    reply.answers.clear();
                    reply.metadata.response_code = ResponseCode::FormErr;
                    if leaves_the_question_out {
                        reply.queries.clear();
                    }
                }
                vec![reply.to_vec().unwrap()]
            })
            .await;
            let server = Servers::new(Vec::new()).get(address);
            assert_eq!(ask_it(&server).await.unwrap().answers.len(), 1);
            assert_eq!(count.load(Ordering::SeqCst), 2);
            assert_eq!(ask_it(&server).await.unwrap().answers.len(), 1);
            assert_eq!(count.load(Ordering::SeqCst), 3);
        });
    }
}

#[test]
fn a_question_is_sent_again_to_the_only_server() {
    block_on(async {
        let (address, count) = served(|number, question| match number {
            0 | 1 => vec![],
            _ => vec![answered(&question, [192, 0, 2, 1]).to_vec().unwrap()],
        })
        .await;
        let server = Servers::new(Vec::new()).get(address);
        assert!(ask_it(&server).await.is_ok());
        assert_eq!(count.load(Ordering::SeqCst), 3);
        assert_eq!(server.health(), Health::Up);
    });
}

#[test]
fn questions_sent_together_are_not_all_sent_again_together() {
    block_on(async {
        let (address, _) = served(|_, _| vec![]).await;
        let server = Servers::new(Vec::new()).get(address);
        let mut waits: Vec<Duration> = (0..64)
            .map(|_| {
                let mut exchange = Exchange::new(Arc::clone(&server), &query(), true);
                exchange.open().unwrap();
                exchange.spread_wait()
            })
            .collect();
        let wait = server.wait();
        waits.sort();
        assert!(waits[0] >= wait.mul_f64(0.75) && waits[63] <= wait.mul_f64(1.25));
        assert!(waits[63] - waits[0] > wait.mul_f64(0.2), "{waits:?}");
    });
}

#[test]
fn what_an_error_says_of_a_server() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _entered = runtime.enter();
    for (kind, unheard, health) in [
        (io::ErrorKind::Other, Unheard::Failed, Health::Up),
        (io::ErrorKind::NotConnected, Unheard::Failed, Health::Up),
        (io::ErrorKind::ConnectionRefused, Unheard::Failed, Health::Down),
        (io::ErrorKind::HostUnreachable, Unheard::Failed, Health::Down),
        (io::ErrorKind::NetworkUnreachable, Unheard::Failed, Health::Down),
        (io::ErrorKind::PermissionDenied, Unheard::Failed, Health::Down),
        (io::ErrorKind::OutOfMemory, Unheard::Busy, Health::Up),
    ] {
        let server = Servers::new(Vec::new()).get("192.0.2.53:53".parse().unwrap());
        let exchange = Exchange::new(Arc::clone(&server), &query(), true);
        assert_eq!(exchange.refused(&kind.into()), unheard, "{kind}");
        assert_eq!(server.health(), health, "{kind}");
    }
}
