//! A client of a running server: EC2 actions over one HTTP connection, and the question whose answer a toggle changes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    path::Path,
    time::Duration,
};

use vpcdns::{
    model::world::World,
    store::{Embedded, Store},
};

/// The chapter's VPC, and the service name of its interface endpoint.
pub const VPC: &str = "vpc-07de255d3a7c9c317";
pub const NAME: &str = "cloudformation.ap-northeast-2.amazonaws.com";
/// An address of that endpoint.
pub const PRIVATE: [u8; 4] = [10, 0, 0, 108];

/// One HTTP connection that stays open.
pub struct Client(BufReader<TcpStream>);

impl Client {
    pub fn new(server: SocketAddr) -> Self {
        Self::connect(server).unwrap()
    }

    /// `None` if the server is gone already.
    pub fn connect(server: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(server).ok()?;
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Some(Self(BufReader::new(stream)))
    }

    /// The status and the body; `None` if the server went away.
    pub fn post(&mut self, path: &str, body: &str) -> Option<(u16, String)> {
        self.exchange(&format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    /// The status and the body; `None` if the server went away.
    pub fn get(&mut self, path: &str) -> Option<(u16, String)> {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    }

    fn exchange(&mut self, request: &str) -> Option<(u16, String)> {
        self.0.get_mut().write_all(request.as_bytes()).ok()?;
        let mut line = String::new();
        self.0.read_line(&mut line).ok()?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut length = 0;
        loop {
            line.clear();
            if self.0.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let header = line.trim_end().to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if header.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).ok()?;
        Some((status, String::from_utf8(body).ok()?))
    }

    /// An EC2 action.
    pub fn ec2(&mut self, action: &str) -> Option<(u16, String)> {
        self.post("/", &format!("Action={action}&Version=2016-11-15"))
    }

    /// Sets DNS hostnames of the chapter's VPC; the status and the body.
    pub fn hostnames(&mut self, on: bool) -> (u16, String) {
        self.hostnames_of(VPC, on)
    }

    /// Sets DNS hostnames of a VPC; the status and the body.
    pub fn hostnames_of(&mut self, vpc: &str, on: bool) -> (u16, String) {
        self.ec2(&format!("ModifyVpcAttribute&VpcId={vpc}&EnableDnsHostnames.Value={on}")).unwrap()
    }
}

/// The text of an XML element.
pub fn element<'x>(xml: &'x str, name: &str) -> &'x str {
    let begin = format!("<{name}>");
    let rest = xml.split(&begin).nth(1).unwrap_or_else(|| panic!("no {name} in {xml}"));
    rest.split('<').next().unwrap()
}

/// The bytes of a query for the address of [`NAME`].
pub fn query() -> Vec<u8> {
    let mut bytes = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in NAME.split('.') {
        bytes.push(u8::try_from(label.len()).unwrap());
        bytes.extend(label.bytes());
    }
    bytes.extend([0, 0, 1, 0, 1]);
    bytes
}

/// Whether a server answers with the endpoint's address, over UDP and over TCP.
pub fn is_private(server: SocketAddr) -> [bool; 2] {
    answers_with(server, PRIVATE)
}

/// Whether a server answers [`NAME`] with an address, over UDP and over TCP.
pub fn answers_with(server: SocketAddr, address: [u8; 4]) -> [bool; 2] {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    socket.send_to(&query(), server).unwrap();
    let mut reply = [0; 512];
    let length = socket.recv(&mut reply).unwrap();
    let mut stream = TcpStream::connect(server).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let message = query();
    let prefix = u16::try_from(message.len()).unwrap().to_be_bytes();
    stream.write_all(&[&prefix, &message[..]].concat()).unwrap();
    let mut prefix = [0; 2];
    stream.read_exact(&mut prefix).unwrap();
    let mut stream_reply = vec![0; usize::from(u16::from_be_bytes(prefix))];
    stream.read_exact(&mut stream_reply).unwrap();
    [&reply[..length], &stream_reply].map(|reply| {
        assert_eq!((reply[0], reply[1], reply[3] & 15), (0x12, 0x34, 0));
        reply.windows(4).any(|window| window == address)
    })
}

/// What a folder holds, while no server runs on it.
pub fn kept(folder: &Path) -> World {
    Embedded::open(folder).unwrap().load().unwrap().unwrap()
}
