use std::io::{Read, Write};
use std::net::TcpStream as Socket;

use serde_json::{Value, json};

use super::*;
use crate::cloud::{SECRET_ID, SECRET_KEY};
use crate::fault::{Effect, Fault};
use crate::signature;

const CREATE: &str = "CreateOrganizationMemberAuthIdentity";
const DEV: u64 = 100_000_000_001;

fn server() -> Server {
    Server::start(Cloud::new().with_member(DEV, "dev").with_identity(13, "auditor")).unwrap()
}

/// A signed request as bytes.
fn signed(server: &Server, action: &str, body: &Value) -> Vec<u8> {
    let headers = [
        ("Host", server.address().to_string()),
        ("Content-Type", "application/json".to_owned()),
        ("X-TC-Action", action.to_owned()),
        ("X-TC-Version", "2021-03-31".to_owned()),
        ("X-TC-Timestamp", now().timestamp().to_string()),
    ];
    let mut request = Request {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
        body: body.to_string().into_bytes(),
    };
    signature::authorize(&mut request, SECRET_ID, SECRET_KEY, "organization", "content-type;host");
    encode_request(&request)
}

fn plain(method: &str, route: &str, body: &str) -> Vec<u8> {
    encode_request(&Request {
        method: method.to_owned(),
        path: format!("/_simulator/{route}"),
        headers: vec![("Host".to_owned(), "localhost".to_owned())],
        body: body.as_bytes().to_vec(),
    })
}

fn encode_request(request: &Request) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.path);
    for (name, value) in &request.headers {
        bytes.extend([name.as_str(), ": ", value, "\r\n"]);
    }
    bytes.extend(["Content-Length: ", &request.body.len().to_string(), "\r\n\r\n"]);
    [bytes.into_bytes(), request.body.clone()].concat()
}

/// One reply: status, announced length, and as much of the body as came before the end.
fn receive(socket: &mut Socket) -> std::io::Result<(u16, usize, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let length = head.split("content-length: ").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    let mut body = Vec::new();
    socket.take(length as u64).read_to_end(&mut body)?;
    Ok((status, length, body))
}

fn exchange(socket: &mut Socket, request: &[u8]) -> std::io::Result<(u16, usize, Vec<u8>)> {
    socket.write_all(request)?;
    receive(socket)
}

fn json_of(reply: std::io::Result<(u16, usize, Vec<u8>)>) -> (u16, Value) {
    let (status, _, body) = reply.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

fn grant() -> Value {
    json!({ "MemberUins": [DEV], "IdentityIds": [13] })
}

#[test]
fn one_connection_carries_many_calls() {
    let server = server();
    let mut socket = Socket::connect(server.address()).unwrap();
    for (action, body) in [(CREATE, grant()), ("DescribeOrganization", json!({}))] {
        let request = signed(&server, action, &body);
        let (status, body) = json_of(exchange(&mut socket, &request));
        assert_eq!(status, 200);
        assert!(body["Response"].get("Error").is_none(), "{body}");
    }
    assert_eq!(server.connections(), 1);
    assert_eq!(server.cloud().snapshot(), [(DEV, 13)].into());
    assert!(server.cloud().journal().iter().all(|call| call.connection == 1));
}

#[test]
fn a_reset_is_a_real_one() {
    for (effect, granted) in [(Effect::ResetBefore, 0), (Effect::ResetAfterApply, 1)] {
        let server = server();
        server.cloud().fault(Fault::on(CREATE, effect));
        let mut socket = Socket::connect(server.address()).unwrap();
        let error = exchange(&mut socket, &signed(&server, CREATE, &grant())).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        assert_eq!(server.cloud().snapshot().len(), granted);
    }
}

#[test]
fn a_truncated_reply_announces_more_than_it_sends() {
    let server = server();
    server.cloud().fault(Fault::on(CREATE, Effect::Truncate));
    let mut socket = Socket::connect(server.address()).unwrap();
    let (status, announced, body) = exchange(&mut socket, &signed(&server, CREATE, &grant())).unwrap();
    assert_eq!(status, 200);
    assert_eq!(body.len(), announced / 2);
    assert_eq!(server.cloud().snapshot().len(), 1);
}

#[test]
fn a_stalled_reply_is_held_while_others_are_answered() {
    let server = server();
    server.cloud().fault(Fault::on(CREATE, Effect::StallAfterApply(Duration::from_hours(1))));
    let mut stalled = Socket::connect(server.address()).unwrap();
    stalled.write_all(&signed(&server, CREATE, &grant())).unwrap();
    let mut other = Socket::connect(server.address()).unwrap();
    while server.cloud().calls(CREATE) == 0 {
        let (status, _) = json_of(exchange(&mut other, &plain("GET", "calls", "")));
        assert_eq!(status, 200);
    }
    stalled.set_nonblocking(true).unwrap();
    assert_eq!(stalled.read(&mut [0]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn only_loopback_is_listened_on() {
    let error = Server::listen("0.0.0.0:0".parse().unwrap(), Cloud::new()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
#[should_panic(expected = "scripted fault never fired")]
fn dropping_the_server_verifies() {
    server().cloud().fault(Fault::any(Effect::Throttle));
}

#[test]
fn the_control_routes_change_and_show_the_cloud() {
    let server = server();
    let mut socket = Socket::connect(server.address()).unwrap();
    let mut call = |method: &str, route: &str, body: Value| {
        json_of(exchange(&mut socket, &plain(method, route, &body.to_string())))
    };
    let pair = json!({ "MemberUin": DEV, "IdentityId": 13 });
    for (route, status, in_use) in [
        ("grant", 1, false),
        ("bind", 1, true),
        ("stale", 2, true),
        ("unbind", 2, false),
        ("grant", 1, false),
    ] {
        assert_eq!(call("POST", route, pair.clone()), (200, json!({})));
        let row = json!({ "MemberUin": DEV, "IdentityId": 13, "Status": status, "InUse": in_use });
        assert_eq!(call("GET", "grants", Value::Null).1.to_string(), json!([row]).to_string(), "{route}");
    }
    assert_eq!(call("POST", "revoke", pair.clone()).0, 200);
    assert_eq!(call("GET", "grants", Value::Null).1, json!([]));

    assert_eq!(call("POST", "grant", json!({ "MemberUin": 5, "IdentityId": 13 })).0, 404);
    assert_eq!(call("POST", "grant", json!({ "MemberUin": DEV })).0, 400);
    assert_eq!(call("POST", "fault", json!({ "Effect": "Nonsense" })).0, 400);
    assert_eq!(call("GET", "nonsense", Value::Null).0, 404);

    assert_eq!(call("POST", "remove-identity", json!({ "IdentityId": 13 })).0, 200);
    assert_eq!(call("POST", "remove-member", json!({ "MemberUin": DEV })).0, 200);
    assert!(!server.cloud().knows(DEV, 1) && !server.cloud().knows(DEV, 13));
    assert!(server.cloud().journal().is_empty());
}

#[test]
fn faults_can_be_scripted_by_hand_and_read_back_from_the_journal() {
    let server = server();
    let mut socket = Socket::connect(server.address()).unwrap();
    let fault = json!({ "Effect": "Html", "Action": CREATE, "Status": 503, "Times": 1, "Nth": 1 });
    assert_eq!(json_of(exchange(&mut socket, &plain("POST", "fault", &fault.to_string()))).0, 200);
    let (status, _, _) = exchange(&mut socket, &signed(&server, CREATE, &grant())).unwrap();
    assert_eq!(status, 503);
    let (_, counts) = json_of(exchange(&mut socket, &plain("GET", "calls", "")));
    assert_eq!(counts.to_string(), json!({ CREATE: 1 }).to_string());
    let (_, journal) = json_of(exchange(&mut socket, &plain("GET", "journal", "")));
    assert_eq!((&journal[0]["Fault"], &journal[0]["Code"]), (&json!("Html"), &json!("<html 503>")));
    assert_eq!(json_of(exchange(&mut socket, &plain("DELETE", "journal", ""))).0, 200);
    assert_eq!(json_of(exchange(&mut socket, &plain("POST", "fault", r#"{"Effect":"Lag"}"#))).0, 200);
    assert_eq!(json_of(exchange(&mut socket, &plain("DELETE", "fault", ""))).0, 200);
    assert!(server.cloud().journal().is_empty());
}
