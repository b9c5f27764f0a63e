//! What an app learns of a server before anybody signs in.

use kith::http::rate_limits::RateLimitSettings;

use kith::features::accounts::RelyingParty;

use crate::harness::TestApp;

#[tokio::test]
async fn a_server_says_what_it_can_do_and_how_much_it_takes() {
    let limits = RateLimitSettings {
        reads_per_minute: 600,
        writes_per_minute: 120,
        mails_per_hour: 60,
    };
    let app = TestApp::start_as(|parts| {
        parts.limits = limits;
        parts.optional.remove::<RelyingParty>();
    })
    .await;
    let mut server = app.anybody().get("/v1/server").await.is(200);
    assert_eq!(server["version"].take(), env!("CARGO_PKG_VERSION"));
    insta::assert_json_snapshot!(server, @r#"
    {
      "api_versions": [
        "v1"
      ],
      "docs_url": "https://kith.example/docs",
      "features": [
        "signups",
        "sign_in_codes",
        "totp",
        "access_tokens"
      ],
      "languages": [
        "en"
      ],
      "limits": {
        "array_items": 200,
        "body_bytes": 65536,
        "header_bytes": 16384,
        "mails_per_hour": 60,
        "page_size": 50,
        "page_size_max": 200,
        "password_min_length": 12,
        "reads_per_minute": 600,
        "tries_per_minute": 10,
        "uri_bytes": 8192,
        "writes_per_minute": 120
      },
      "name": "Kith",
      "openapi_url": "https://kith.example/openapi.json",
      "version": null
    }
    "#);
    for address in ["docs_url", "openapi_url"] {
        let address = server[address].as_str().unwrap();
        let path = address.strip_prefix("https://kith.example").unwrap();
        let status = app.anybody().get(path).await.status;
        assert!(
            status.is_success() || status.is_redirection(),
            "{address}: {status}"
        );
    }
}

#[tokio::test]
async fn what_is_switched_off_is_no_feature_and_what_has_no_limit_is_null() {
    let app = TestApp::start_as(|parts| {
        parts.signups_allowed = false;
        parts.tries_per_minute = 0;
        parts.optional.remove::<RelyingParty>();
        parts.cors_origins = vec!["https://app.example.org".parse().unwrap()];
    })
    .await;
    let server = app.anybody().get("/v1/server").await.is(200);
    assert_eq!(
        server["features"],
        serde_json::json!(["sign_in_codes", "totp", "access_tokens", "cross_origin"])
    );
    for limit in [
        "tries_per_minute",
        "reads_per_minute",
        "writes_per_minute",
        "mails_per_hour",
    ] {
        assert!(server["limits"][limit].is_null(), "{limit}");
    }
}
