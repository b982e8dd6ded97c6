//! Decides whether the announcement for scripts is private, stays the same over restarts, and goes away.

use super::*;

fn home() -> SocketAddr {
    "127.0.0.1:4477".parse().expect("address")
}

#[test]
fn scripts_find_the_daemon_and_its_token_outlives_it() {
    let folder = tempfile::tempdir().expect("folder");
    let token = publish(folder.path(), home()).expect("published");
    let announced = std::fs::read_to_string(folder.path().join(DAEMON_FILE)).expect("announcement");
    let announced: serde_json::Value = serde_json::from_str(&announced).expect("JSON");
    let expected = serde_json::json!({
        "schema": 1, "http": "127.0.0.1:4477", "pid": std::process::id(), "token_file": "cli.token",
    });
    assert_eq!(announced, expected);
    assert_eq!(std::fs::read_to_string(folder.path().join(TOKEN_FILE)).expect("token"), token);
    unpublish(folder.path());
    unpublish(folder.path());
    assert!(!folder.path().join(DAEMON_FILE).exists());
    assert_eq!(publish(folder.path(), home()).expect("published again"), token);
}

#[test]
fn a_token_that_was_cut_off_is_replaced() {
    let folder = tempfile::tempdir().expect("folder");
    for broken in [&b"short"[..], b"", &[0xff; 64]] {
        std::fs::write(folder.path().join(TOKEN_FILE), broken).expect("write");
        assert_eq!(publish(folder.path(), home()).expect("published").len(), 64);
    }
}

#[cfg(unix)]
#[test]
fn only_this_user_may_read_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("folder");
    publish(folder.path(), home()).expect("published");
    for name in [DAEMON_FILE, TOKEN_FILE] {
        let mode = std::fs::metadata(folder.path().join(name)).expect("metadata").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn an_address_is_taken_once_and_is_this_computers() {
    let first = bind("127.0.0.1:0".parse().expect("address")).expect("a free port");
    let taken = first.local_addr().expect("address");
    assert!(matches!(bind(taken), Err(WebError::PortInUse { address }) if address == taken));
    assert!(matches!(bind("0.0.0.0:0".parse().expect("address")), Err(WebError::NotLocal { .. })));
    assert!(matches!(bind("192.0.2.1:0".parse().expect("address")), Err(WebError::NotLocal { .. })));
}
